package broker

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall"
	"time"
)

// listener gives the broker its connections: those of the network, each behind TLS, and those of this very process,
// which need no wire. It knows every connection that is open, so that closing it leaves none.
type listener struct {
	net.Listener
	tls  *tls.Config
	gate *gate

	accepted chan net.Conn
	closing  chan struct{}
	close    sync.Once

	mu   sync.Mutex
	open map[*tracked]struct{}
	idle sync.WaitGroup // the accept loop and every open connection
}

// listen takes the address at once, so that a port in use is found before anything else is started.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("listen for kafka on %s: address already in use", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("listen for kafka on %s: %w", addr, err)
	}
	return l, nil
}

// newListener starts accepting from inner.
func newListener(inner net.Listener, server *tls.Config, g *gate) *listener {
	l := &listener{
		Listener: inner, tls: server, gate: g,
		accepted: make(chan net.Conn), closing: make(chan struct{}), open: map[*tracked]struct{}{},
	}
	l.idle.Add(1)
	go l.acceptLoop()
	return l
}

// acceptLoop hands every connection of the network over until the listener is closed. A passing fault, such as no
// file descriptor being left, must not end the broker: it tries again after a pause.
func (l *listener) acceptLoop() {
	defer l.idle.Done()
	for {
		conn, err := l.Listener.Accept()
		switch {
		case err == nil:
			l.hand(l.track(l.secure(conn)))
		case errors.Is(err, net.ErrClosed):
			return
		default:
			select {
			case <-time.After(50 * time.Millisecond):
			case <-l.closing:
				return
			}
		}
	}
}

// hand gives conn to whoever accepts, or closes it when nobody will any more.
func (l *listener) hand(conn net.Conn) bool {
	select {
	case l.accepted <- conn:
		return true
	case <-l.closing:
		_ = conn.Close() // nobody has used it
		return false
	}
}

// secure puts TLS, the guard against bytes that are not Kafka, and the shim on a connection of the network.
func (l *listener) secure(conn net.Conn) net.Conn {
	e := &entry{gate: l.gate}
	if l.gate.allow.Plaintext {
		return newShim(&sniffed{Conn: conn, tls: l.tls, plain: e.unencrypted}, l.closing, e)
	}
	return newShim(tls.Server(conn, l.tls), l.closing, e)
}

// Addr returns the address as clients on this machine dial it, which the broker also tells them: loopback, where it
// listens on all addresses.
func (l *listener) Addr() net.Addr {
	addr := l.Listener.Addr()
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: tcp.Port}
	}
	return addr
}

// Accept returns the next connection, of the network or of this process.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.accepted:
		return conn, nil
	case <-l.closing:
		return nil, net.ErrClosed
	}
}

// dial connects from within the process, past the network and past TLS. Its form is that of kgo.Dialer.
func (l *listener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	tracked := l.track(server)
	select {
	case l.accepted <- tracked:
		return client, nil
	case <-l.closing:
	case <-ctx.Done():
	}
	_ = tracked.Close() // nobody has used it
	return nil, fmt.Errorf("dial embedded broker: %w", net.ErrClosed)
}

// Close stops listening. Open connections stay until the broker, or wait, closes them.
func (l *listener) Close() error {
	l.close.Do(func() { close(l.closing) })
	return l.Listener.Close()
}

// wait closes what is still open and returns when nothing is, or when ctx ends.
func (l *listener) wait(ctx context.Context) error {
	l.mu.Lock()
	conns := make([]net.Conn, 0, len(l.open))
	for c := range l.open {
		conns = append(conns, c)
	}
	l.mu.Unlock()
	for _, c := range conns {
		_ = c.Close() // the other side may have been faster
	}
	quiet := make(chan struct{})
	go func() { l.idle.Wait(); close(quiet) }()
	select {
	case <-quiet:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("close kafka listener: connections still open: %w", ctx.Err())
	}
}

// track notes conn as open until it is closed.
func (l *listener) track(conn net.Conn) *tracked {
	t := &tracked{Conn: conn, of: l}
	l.mu.Lock()
	l.open[t] = struct{}{}
	l.mu.Unlock()
	l.idle.Add(1)
	return t
}

// tracked is a connection that tells its listener when it is closed.
type tracked struct {
	net.Conn
	of   *listener
	once sync.Once
}

// Close closes the connection; from the second time on it does nothing.
func (t *tracked) Close() error {
	var err error
	t.once.Do(func() {
		err = t.Conn.Close()
		t.of.mu.Lock()
		delete(t.of.open, t)
		t.of.mu.Unlock()
		t.of.idle.Done()
	})
	return err
}
