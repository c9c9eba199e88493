// Package faultproxy is a TCP proxy on loopback that makes a good network bad: slow, narrow, broken off or silent.
//
// Connections flow in and are carried to one address, with the faults that were asked for. What befalls the n-th
// connection follows from the seed and n alone. The package imports nothing of the project.
package faultproxy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

const dialWithin = 5 * time.Second // bounds the connection to the upstream

// Counts are what happened so far.
type Counts struct{ Connections, Resets, Cuts uint64 }

// Proxy carries connections until it is closed. It is safe for concurrent use.
type Proxy struct {
	faults   Faults
	upstream string
	listener net.Listener

	life context.Context
	end  context.CancelFunc
	busy sync.WaitGroup

	connections, resets, cuts atomic.Uint64
}

// Start listens on a free port of 127.0.0.1 and carries what comes to upstream, a host:port. Close the proxy.
func Start(upstream string, f Faults) (*Proxy, error) {
	if err := f.check(); err != nil {
		return nil, fmt.Errorf("start fault proxy: %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start fault proxy: %w", err)
	}
	p := &Proxy{faults: f, upstream: upstream, listener: listener}
	p.life, p.end = context.WithCancel(context.Background())
	p.busy.Go(p.accept)
	return p, nil
}

// Addr is where the proxy listens, as host:port.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Counts returns what happened so far.
func (p *Proxy) Counts() Counts {
	return Counts{Connections: p.connections.Load(), Resets: p.resets.Load(), Cuts: p.cuts.Load()}
}

// Close cuts every connection and returns when all of them are gone.
func (p *Proxy) Close() error {
	p.end()
	err := p.listener.Close()
	p.busy.Wait()
	return err
}

// accept carries one connection after the other until the listener is closed.
func (p *Proxy) accept() {
	for {
		conn, err := p.listener.Accept()
		if err != nil {
			return // closed
		}
		n := p.connections.Add(1)
		p.busy.Go(func() { p.carry(conn.(*net.TCPConn), p.faults.fate(n)) }) //nolint:forcetypeassert // a TCP listener accepts nothing else
	}
}

// carry takes bytes there and back until one side ends, a fault ends both, or the proxy is closed.
func (p *Proxy) carry(client *net.TCPConn, f fate) {
	ctx, end := context.WithCancelCause(p.life)
	defer end(nil)
	if p.faults.Blackhole {
		<-ctx.Done()
		_ = client.Close()
		return
	}
	dialer := net.Dialer{Timeout: dialWithin}
	upstream, err := dialer.DialContext(ctx, "tcp", p.upstream)
	if err != nil {
		_ = client.Close()
		return
	}
	sever := sync.OnceFunc(func() {
		if errors.Is(context.Cause(ctx), errReset) {
			_ = client.SetLinger(0) // closing is then a reset
		}
		_ = client.Close()
		_ = upstream.Close()
	})
	defer sever()
	defer context.AfterFunc(ctx, sever)() // a write may be stuck
	var both sync.WaitGroup
	both.Go(func() { end(p.tell(p.stream(ctx, upstream, client, limit{f.resetAt, errReset}))) })
	both.Go(func() { end(p.tell(p.stream(ctx, client, upstream, limit{f.cutAt, errCut}))) })
	both.Wait()
}

// tell counts why a direction ended.
func (p *Proxy) tell(why error) error {
	switch {
	case errors.Is(why, errReset):
		p.resets.Add(1)
	case errors.Is(why, errCut):
		p.cuts.Add(1)
	}
	return why
}
