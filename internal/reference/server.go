package reference

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"golang.org/x/net/netutil"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/httpd"
	"github.com/passmuster/muster/internal/reference/dashboard"
	"github.com/passmuster/muster/internal/target"
	"github.com/passmuster/muster/internal/transport/kafkadriver/broker"
	"github.com/passmuster/muster/internal/transport/snsdriver/endpoint"
)

const (
	readHeaderTimeout = 10 * time.Second
	exchangeTimeout   = time.Minute      // for a whole request, and for a whole reply
	idleTimeout       = 90 * time.Second // below the 150 s of a heartbeat, as with most servers: clients must re-dial
	maxHeaderBytes    = 64 << 10
	drainTimeout      = 5 * time.Second  // what requests in flight are given at the end
	closeTimeout      = 15 * time.Second // what all of Close is given
)

// Server is one running reference. It is safe for concurrent use; the caller closes it.
type Server struct {
	opts    Options
	manners manners
	target  *target.Target
	halves  []contract.Responder
	judges  []contract.Judge // of clients; none unless asked for
	book    *book            // what they found; nil without judges
	traffic traffic
	board   *dashboard.Board
	broker  *broker.Broker
	sns     *endpoint.Endpoint
	http    *http.Server
	counts  counts

	done   chan struct{} // closed when HTTP is served no longer
	died   error         // why, before Close was called; read after done
	closed sync.Once
	failed error // what Close returned
}

// Start starts serving and returns once every door is open. An address in use, an unknown mutant and a half that
// cannot be made are errors, and leave nothing running. The server lives until Close, beyond the end of ctx.
func Start(ctx context.Context, opts Options, halves []Half) (*Server, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	host, told, err := choose(opts.Mutant, halves)
	if err != nil {
		return nil, err
	}
	listener, err := listen(ctx, opts.HTTPAddr)
	if err != nil {
		return nil, err
	}
	s := &Server{opts: opts, manners: host, done: make(chan struct{})}
	err = s.start(ctx, listener.Addr(), halves, told)
	if err == nil {
		err = s.openBoard()
	}
	if err != nil {
		return nil, errors.Join(err, s.abandon(ctx), listener.Close())
	}
	go s.serve(listener)
	return s, nil
}

// start brings up everything but the HTTP door.
func (s *Server) start(ctx context.Context, addr net.Addr, halves []Half, told []string) error {
	secrets := draw(s.opts.Seed, s.opts.Players)
	var err error
	s.broker, err = broker.Start(ctx, broker.Config{
		Addr:     s.opts.KafkaAddr,
		Topics:   map[string]int32{ingressTopic: partitions, acceptedTopic: partitions},
		Username: username,
		Password: secrets.password.Reveal(),
		Allow:    s.manners.allows(secrets.password.Reveal()),
		Refuse:   s.manners.refuse,
	})
	if err != nil {
		return err
	}
	s.target = describe(s.opts, secrets, "http://"+reachable(addr), s.broker.Addr(), s.broker.CAPEM())
	for i, h := range halves {
		half, err := h.New(s.target, told[i])
		if err != nil {
			return fmt.Errorf("start reference: %w", err)
		}
		s.halves = append(s.halves, half)
		if s.opts.CheckClients && h.Judge != nil {
			judge, err := h.Judge(s.target)
			if err != nil {
				return fmt.Errorf("start reference: make the %s judge: %w", h.Name, err)
			}
			s.judges = append(s.judges, judge)
		}
	}
	s.book = newBook(s.judges)
	if err := s.openSNS(s.target.Ingest.SNS); err != nil {
		return err
	}
	s.http = s.newHTTP()
	return s.broker.Pipe(ingressTopic, acceptedTopic, s.ingress())
}

// newHTTP is the server of the HTTP doors. It speaks HTTP/2 as well, by prior knowledge, for who rehearses with it.
func (s *Server) newHTTP() *http.Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{
		Protocols:         protocols,
		Handler:           http.HandlerFunc(s.door),
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       exchangeTimeout,
		WriteTimeout:      exchangeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          log.New(&s.counts.wire, "", 0),
	}
	httpd.Impatient(server)
	return server
}

// abandon closes what a failed start got to, also when ctx, having ended, was the reason of the failure.
func (s *Server) abandon(ctx context.Context) error {
	if s.broker == nil {
		return nil
	}
	if s.sns != nil {
		s.sns.Close()
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	return s.broker.Close(ctx)
}

// serve runs the HTTP door until Close, or until it dies.
func (s *Server) serve(l net.Listener) {
	defer close(s.done)
	if err := s.http.Serve(netutil.LimitListener(l, s.opts.MaxConnections)); !errors.Is(err, http.ErrServerClosed) {
		s.died = fmt.Errorf("serve http on %s: %w", l.Addr(), err)
	}
}

// Target returns what the server is, as a target. The caller must not change it.
func (s *Server) Target() *target.Target { return s.target }

// Done is closed when HTTP is served no longer, be it by Close or because the server died; Err tells which.
func (s *Server) Done() <-chan struct{} { return s.done }

// Err returns why the server died, or nil while it lives and after an orderly Close.
func (s *Server) Err() error {
	select {
	case <-s.done:
		return s.died
	default:
		return nil
	}
}

// Close takes no more connections, lets requests in flight be answered, then ends the broker. It is over within 15 s,
// or when ctx ends, and reports what could not be finished. From the second time on it returns the same.
func (s *Server) Close(ctx context.Context) error {
	s.closed.Do(func() {
		ctx, cancel := context.WithTimeout(ctx, closeTimeout)
		defer cancel()
		s.board.Close() // ends the streams of viewers, which would not end of themselves
		drained := s.drain(ctx)
		s.sns.Close()
		s.failed = errors.Join(drained, s.broker.Close(ctx))
	})
	return s.failed
}

// drain gives requests in flight their time, which is less than that of Close, so that the broker has some left.
func (s *Server) drain(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, drainTimeout)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = errors.Join(fmt.Errorf("close reference: requests were cut off: %w", err), s.http.Close())
	}
	<-s.done
	return err
}

// listen takes the address, and says plainly when it is taken.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("listen for http on %s: address already in use", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("listen for http on %s: %w", addr, err)
	}
	return l, nil
}

// reachable returns the address as clients on this machine dial it: loopback, where it stands for all addresses.
func reachable(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if ok && tcp.IP.IsUnspecified() {
		return (&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: tcp.Port}).String()
	}
	return addr.String()
}
