package live

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// guard refuses what is not meant for this server, and says to browsers what must not be done with its answers.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.loopback && !local(r.Host) {
			http.Error(w, "the live page of a run on this machine goes by an address of this machine, or by localhost", http.StatusMisdirectedRequest)
			return
		}
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Content-Security-Policy", "frame-ancestors 'none'") // what the page's own policy cannot say
		next.ServeHTTP(w, r)
	})
}

// local says whether a request was sent to a name that only this machine has. Any other name may be somebody's who has
// it lead here, so that his page could read this one.
func local(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	ip := net.ParseIP(name)
	return strings.EqualFold(name, "localhost") || ip != nil && ip.IsLoopback()
}

// page answers with the whole page.
func (s *Server) page(w http.ResponseWriter, _ *http.Request) {
	html, err := s.html()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeWithin))
	_, _ = w.Write(html) // whoever has gone needs no answer
}

// html is the page as of a second ago at most.
func (s *Server) html() ([]byte, error) {
	if err := s.advance(false); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.whole == nil {
		html, err := s.last.html()
		if err != nil {
			return nil, err
		}
		s.whole = html
	}
	return s.whole, nil
}

// enter lets a viewer in that has a state already, perhaps.
func (s *Server) enter(have string) (*viewer, error) {
	if err := s.advance(false); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var first []byte
	if have != strconv.FormatUint(s.last.id, 10) || s.last.over {
		var err error
		if first, err = s.last.event(nil); err != nil {
			return nil, err
		}
	}
	one := s.viewers.add(first)
	if one == nil {
		return nil, errTooMany
	}
	if s.last.over { // that was all
		s.viewers.remove(one)
		close(one.events)
	}
	return one, nil
}

var errTooMany = errors.New("too many viewers: at most " + strconv.Itoa(mostViewers) + " are told of a run")

// events tells a viewer of every change until one of both goes.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	have := r.Header.Get("Last-Event-ID")
	if have == "" {
		have = r.URL.Query().Get("have")
	}
	one, err := s.enter(have)
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	defer s.viewers.remove(one)
	w.Header().Set("Content-Type", "text/event-stream")
	out := stream{w, http.NewResponseController(w)}
	if out.write([]byte("retry: 1000\n\n")) != nil {
		return
	}
	out.follow(r.Context(), one.events)
}

// stream writes events to one viewer.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

// follow writes events until there will be no more, or nobody takes them.
func (s stream) follow(ctx context.Context, events <-chan []byte) {
	quiet := time.NewTimer(silence)
	defer quiet.Stop()
	for {
		next := []byte(": still here\n\n")
		select {
		case e, more := <-events:
			if !more {
				return
			}
			next = e
		case <-quiet.C:
		case <-ctx.Done():
			return
		}
		if s.write(next) != nil {
			return
		}
		quiet.Reset(silence)
	}
}

// write hands something over within a bounded time.
func (s stream) write(b []byte) error {
	if err := s.control.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return err
	}
	if _, err := s.w.Write(b); err != nil {
		return err
	}
	return s.control.Flush()
}
