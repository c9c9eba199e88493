//go:build integration

package apachekafka

import (
	"net"
	"sync"
)

// gate relays connections to the broker, and can hold back what the broker answers. The broker advertises the gate.
type gate struct {
	net.Listener
	to string // where the broker listens; set before serve

	mu   sync.Mutex
	tell func() // while answers are held back: hears of everything that clients say
}

func newGate() (*gate, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	return &gate{Listener: l}, err
}

// hold keeps every answer from now on from its client, on connections that are open and on those to come, until the
// returned function is called. A connection of which an answer was held back is of no use any more.
func (g *gate) hold(tell func()) func() {
	set := func(tell func()) {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.tell = tell
	}
	set(tell)
	return func() { set(nil) }
}

func (g *gate) held() func() {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.tell
}

// serve relays until the gate is closed.
func (g *gate) serve() {
	for {
		client, err := g.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", g.to)
		if err != nil {
			_ = client.Close()
			continue
		}
		go g.relay(server, client, func(tell func()) bool { tell(); return true })
		go g.relay(client, server, func(func()) bool { return false })
	}
}

// relay copies until one side ends, and ends the other. While the gate holds, through says whether bytes pass.
func (g *gate) relay(to, from net.Conn, through func(tell func()) bool) {
	defer func() { _, _ = to.Close(), from.Close() }()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if tell := g.held(); n > 0 && (tell == nil || through(tell)) {
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
