package live

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/netutil"

	"github.com/passmuster/muster/internal/httpd"
)

// How the page is served.
const (
	secondly     = time.Second      // events come so often
	silence      = 15 * time.Second // after which a viewer is sent a sign of life
	writeWithin  = 10 * time.Second // for one answer or event to be taken
	headerWithin = 5 * time.Second
	idleFor      = 30 * time.Second
	closeWithin  = 2 * time.Second // for viewers to take the last event
	mostConns    = 4 * mostViewers
)

// Server shows one run to viewers. What has changed is reckoned once a second for all of them together, and not at all
// while there is none. Safe for concurrent use.
type Server struct {
	feed     *Feed
	run      string
	listener net.Listener
	http     *http.Server
	loopback bool          // it listens on loopback alone
	every    time.Duration // between two events
	viewers  viewers
	stop     chan struct{}
	ended    sync.WaitGroup

	mu    sync.Mutex // guards what follows; held while a state is made
	last  *state     // nil before the first
	made  time.Time  // when
	doing string     // what goes on, in a few words; may be empty
	whole []byte     // the page of last; nil when nobody asked
}

// Listen takes an address; one without a host is of loopback alone. Nothing is served before Serve.
func Listen(ctx context.Context, address string) (*Server, error) {
	if strings.HasPrefix(address, ":") {
		address = "127.0.0.1" + address
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("serve the live page: %w", err)
	}
	s := &Server{listener: l, every: secondly, stop: make(chan struct{})}
	tcp, is := l.Addr().(*net.TCPAddr)
	s.loopback = is && tcp.IP.IsLoopback()
	return s, nil
}

// URL is where the page is.
func (s *Server) URL() string {
	host, port, _ := net.SplitHostPort(s.listener.Addr().String())
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1" // which is one of the many
	}
	return "http://" + net.JoinHostPort(host, port) + "/"
}

// Serve begins to serve the run that a feed tells of, under a name that no other run has. It must be called once.
func (s *Server) Serve(feed *Feed, run string) {
	s.feed, s.run = feed, run
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.page)
	mux.HandleFunc("GET /events", s.events)
	s.http = &http.Server{Handler: s.guard(mux), ReadHeaderTimeout: headerWithin, IdleTimeout: idleFor, MaxHeaderBytes: 16 << 10}
	httpd.Impatient(s.http)
	s.ended.Go(func() { _ = s.http.Serve(netutil.LimitListener(s.listener, mostConns)) }) // it ends when it is told to
	s.ended.Go(s.publish)
}

// Doing says in a few words what goes on, for the page to show.
func (s *Server) Doing(words string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.doing = words
}

// Close tells viewers how the run has ended and ends the server, which takes two seconds at most, and next to nothing
// without viewers. It returns how many viewers were let go because they were too slow or too many.
func (s *Server) Close() (dropped, refused int) {
	if s.http == nil {
		_ = s.listener.Close()
		return 0, 0
	}
	close(s.stop)
	_ = s.advance(true) // what cannot be rendered was told by the report before
	s.viewers.dismiss()
	ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close()
	}
	s.ended.Wait()
	_, dropped, refused = s.viewers.count()
	return dropped, refused
}
