package live

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/reports"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// told is an event as a viewer sees it.
type told struct {
	kind, id string
	news     struct {
		news
		Block json.RawMessage `json:"block"`
		Patch json.RawMessage `json:"patch"`
	}
}

// watch opens the stream of events, as one who has a state already.
func watch(t *testing.T, s *Server, have string) (next func() told, status int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL()+"events", nil)
	must(t, err)
	request.Header.Set("Last-Event-ID", have)
	reply, err := http.DefaultClient.Do(request)
	must(t, err)
	t.Cleanup(func() { _ = reply.Body.Close() })
	lines := bufio.NewReader(reply.Body)
	return func() told {
		t.Helper()
		var e told
		for {
			line, err := lines.ReadString('\n')
			if errors.Is(err, io.EOF) {
				return told{kind: "gone"}
			}
			must(t, err)
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
			switch {
			case name == "event":
				e.kind = value
			case name == "id":
				e.id = value
			case name == "data":
				must(t, json.Unmarshal([]byte(value), &e.news))
			case line == "\n" && e.kind != "":
				return e
			}
		}
	}, reply.StatusCode
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// begun is a server of a run that goes on.
func begun(t *testing.T) (*Server, *Feed) {
	t.Helper()
	s, err := Listen(t.Context(), ":0")
	must(t, err)
	s.every = 10 * time.Millisecond
	feed := NewFeed(manifest(30))
	s.Serve(feed, "abc")
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		select {
		case <-s.stop:
		default:
			s.Close()
		}
	})
	return s, feed
}

func observe(feed *Feed, entries []record.Entry) {
	for _, e := range entries {
		feed.Observe(e)
	}
}

func get(t *testing.T, method, url, host string) (status int, body string, header http.Header) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	must(t, err)
	request.Host = host
	reply, err := http.DefaultClient.Do(request)
	must(t, err)
	defer func() { _ = reply.Body.Close() }()
	text, err := io.ReadAll(reply.Body)
	must(t, err)
	return reply.StatusCode, string(text), reply.Header
}

// TestViewerIsToldOfARun from before its first second to its verdict, and keeps what it was told in a map of panels that in
// the end is the page.
func TestViewerIsToldOfARun(t *testing.T) {
	s, feed := begun(t)
	random := rand.New(rand.NewPCG(3, 4))
	next, _ := watch(t, s, "")
	first := next()
	if first.kind != "change" || first.news.Drawn || first.news.Run != "abc" || len(first.news.Fragments) < len(reports.Panels()) || len(first.news.Block) == 0 {
		t.Fatalf("the first event is %+v", first)
	}
	panels := map[string]string{}
	keep := func(e told) {
		for _, f := range e.news.Fragments {
			panels[f.ID] = f.HTML
		}
	}
	keep(first)
	patches := 0
	for n := range 4 {
		observe(feed, second(random, n, 5))
		for wanted := fmt.Sprintf(">%d<", 5*(n+1)); !strings.Contains(panels["panel-operations"], wanted); {
			e := next()
			if !e.news.Drawn || e.kind != "change" {
				t.Fatalf("an event in the run is %+v", e)
			}
			if len(e.news.Patch) > 0 {
				patches++
			}
			keep(e)
		}
	}
	if patches < 2 {
		t.Errorf("%d patches in four seconds, the first of which needs everything", patches)
	}

	m := manifest(4)
	m.Ended = record.Complete
	feed.Observe(record.Entry{Manifest: &m})
	closed := make(chan struct{})
	go func() { s.Close(); close(closed) }()
	last := next()
	for keep(last); last.kind == "change"; keep(last) {
		last = next()
	}
	if last.kind != "end" || !strings.HasPrefix(last.news.Note, "The run is over: ") || next().kind != "gone" {
		t.Errorf("the last event is %+v", last)
	}
	<-closed
	summary, exhibits := feed.stand()
	page := reports.NewPage(summary, exhibits)
	for _, name := range reports.Panels() {
		if want, err := page.Panel(name); err != nil || panels[name] != want {
			t.Errorf("%s of a viewer is\n%s\nthe report's is\n%s", name, panels[name], want)
		}
	}
	if _, err := new(net.Dialer).DialContext(t.Context(), "tcp", s.listener.Addr().String()); err == nil {
		t.Error("somebody still listens after the end")
	}
}

func TestViewerWhoComesAgain(t *testing.T) {
	s, feed := begun(t)
	random := rand.New(rand.NewPCG(5, 6))
	observe(feed, second(random, 0, 5))
	next, _ := watch(t, s, "17")
	all := next()
	if len(all.news.Block) == 0 || !all.news.Drawn {
		t.Fatalf("who was away is told %+v, want everything", all)
	}
	again, _ := watch(t, s, all.id)
	observe(feed, second(random, 1, 5))
	change := again()
	for len(change.news.Patch) == 0 && len(change.news.Block) == 0 { // it may be told before that it has company
		change = again()
	}
	if len(change.news.Block) > 0 {
		t.Errorf("who has missed nothing is told %+v, want what has changed alone", change)
	}
}

func TestViewerWhoComesAtTheEnd(t *testing.T) {
	s, feed := begun(t)
	m := manifest(1)
	m.Ended = record.Interrupted
	feed.Observe(record.Entry{Manifest: &m})
	next, _ := watch(t, s, "")
	if e := next(); e.kind != "end" || len(e.news.Block) == 0 || next().kind != "gone" {
		t.Errorf("is told %+v", e)
	}
}

func TestSlowViewersAreLetGo(t *testing.T) {
	var v viewers
	slow, quick := v.add([]byte("first")), v.add(nil)
	for n := range mostBehind + 3 {
		v.tell(fmt.Append(nil, n))
		if e := <-quick.events; string(e) != fmt.Sprint(n) {
			t.Errorf("the quick one is told %s, want %d", e, n)
		}
	}
	taken := 0
	for range slow.events {
		taken++
	}
	if now, dropped, _ := v.count(); taken != mostBehind || now != 1 || dropped != 1 {
		t.Errorf("the slow one took %d events, %d are left, %d were let go", taken, now, dropped)
	}
	for v.add(nil) != nil {
		continue
	}
	if now, _, refused := v.count(); now != mostViewers || refused != 1 {
		t.Errorf("%d viewers and %d refused", now, refused)
	}
	v.dismiss()
	if _, more := <-quick.events; more {
		t.Error("dismissed, and told more")
	}
}

func TestTooManyViewers(t *testing.T) {
	s, _ := begun(t)
	for s.viewers.add(nil) != nil {
		continue
	}
	if _, status := watch(t, s, ""); status != http.StatusServiceUnavailable {
		t.Errorf("one viewer too many is answered %d", status)
	}
	if note := s.note(true, ""); note != "Live · 64 viewers · 0 too slow, 2 too many" {
		t.Errorf("the page says %q", note)
	}
}

// TestNothingIsReckonedForNobody in virtual time.
func TestNothingIsReckonedForNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Server{feed: NewFeed(manifest(30)), every: secondly, stop: make(chan struct{})}
		s.ended.Go(s.publish)
		time.Sleep(10*time.Second + time.Millisecond)
		if s.last != nil {
			t.Error("a page was made for nobody")
		}
		one := s.viewers.add(nil)
		random := rand.New(rand.NewPCG(1, 1))
		for n := range 4 {
			observe(s.feed, second(random, n, 1))
			time.Sleep(secondly)
		}
		if got := len(one.events); got != 3 { // the first was the page itself
			t.Errorf("%d events in four seconds, want 3", got)
		}
		time.Sleep(5 * secondly)
		if got := len(one.events); got != 3 {
			t.Errorf("%d events although nothing had changed, want 3", got)
		}
		s.viewers.dismiss()
		close(s.stop)
		s.ended.Wait()
	})
}

func TestGuard(t *testing.T) {
	s, _ := begun(t)
	port := s.URL()[strings.LastIndex(s.URL(), ":")+1:]
	port = strings.TrimSuffix(port, "/")
	for _, c := range []struct {
		method, path, host string
		want               int
	}{
		{"GET", "", "127.0.0.1:" + port, 200},
		{"HEAD", "", "localhost:" + port, 200},
		{"GET", "", "[::1]:" + port, 200},
		{"GET", "", "localhost", 200},
		{"GET", "", "evil.example:" + port, 421},
		{"GET", "events", "evil.example", 421},
		{"GET", "", "127.0.0.1.evil.example", 421},
		{"GET", "", "10.0.0.7:" + port, 421},
		{"POST", "", "localhost", 405},
		{"OPTIONS", "events", "localhost", 405},
		{"GET", "other", "localhost", 404},
	} {
		status, body, header := get(t, c.method, s.URL()+c.path, c.host)
		if status != c.want {
			t.Errorf("%s /%s at %s is answered %d %s, want %d", c.method, c.path, c.host, status, body, c.want)
		}
		if header.Get("Access-Control-Allow-Origin") != "" || status == 200 && header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s /%s has the headers %v", c.method, c.path, header)
		}
	}
	_, page, _ := get(t, "GET", s.URL(), "localhost")
	for _, want := range []string{"default-src 'none'", "connect-src 'self'", `const page = {"drawn":false,"have":`, "new EventSource", "with scripts it would be live"} {
		if !strings.Contains(page, want) && !strings.Contains(page, strings.ReplaceAll(want, "'", "&#39;")) {
			t.Errorf("the page does not have %q", want)
		}
	}
	if local("muster.acme.example:80") || !local("LOCALHOST") {
		t.Error("what is local is not known")
	}
}

func TestListen(t *testing.T) {
	s, err := Listen(t.Context(), ":0")
	must(t, err)
	if !s.loopback || !strings.HasPrefix(s.URL(), "http://127.0.0.1:") {
		t.Errorf("without a host it listens at %s", s.URL())
	}
	if _, err := Listen(t.Context(), s.listener.Addr().String()); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("a taken address: %v", err)
	}
	s.Close()
	all, err := Listen(t.Context(), "0.0.0.0:0")
	must(t, err)
	defer all.Close()
	if all.loopback || !strings.HasPrefix(all.URL(), "http://127.0.0.1:") {
		t.Errorf("at all addresses: %s, loopback %t", all.URL(), all.loopback)
	}
}
