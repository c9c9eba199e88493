package dashboard

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// life gives one snapshot of the made-up life after the other.
func life() Source {
	n := -1
	return func(time.Time) Snapshot {
		n++
		return fixture(n)
	}
}

// screen is what a viewer receives. A write takes from gate first, if there is one.
type screen struct {
	header http.Header
	gate   chan struct{}

	mu     sync.Mutex
	status int
	events []string
}

func (s *screen) Header() http.Header    { return s.header }
func (s *screen) WriteHeader(status int) { s.status = status }
func (s *screen) Flush()                 {}
func (s *screen) Write(p []byte) (int, error) {
	if s.gate != nil {
		<-s.gate
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, string(p))
	return len(p), nil
}

func (s *screen) seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.events...)
}

// watch has a screen watch the board until ctx ends; the channel is closed when the stream has ended.
func watch(ctx context.Context, b *Board) (*screen, chan struct{}) { return watchThrough(ctx, b, nil) }

func watchThrough(ctx context.Context, b *Board, gate chan struct{}) (*screen, chan struct{}) {
	s, over := &screen{header: http.Header{}, gate: gate}, make(chan struct{})
	go func() {
		defer close(over)
		b.ServeLive(s, httptest.NewRequestWithContext(ctx, http.MethodGet, "/live", nil))
	}()
	return s, over
}

func begin(t *testing.T) *Board {
	t.Helper()
	b, err := Start(About{}, life())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestViewersGetTheViewAtOnceAndOneMoreEachSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := begin(t)
		ctx, leave := context.WithCancel(t.Context())
		first, over := watch(ctx, b)
		synctest.Wait()
		if got := first.seen(); len(got) != 1 || !strings.Contains(got[0], `<strong class=\"figure\">0</strong>`) {
			t.Fatalf("at once a viewer sees %d events: %.300q", len(got), got)
		}
		time.Sleep(3 * interval)
		synctest.Wait()
		if got := first.seen(); len(got) != 4 || !strings.Contains(got[3], `<strong class=\"figure\">3,600</strong>`) {
			t.Errorf("after three seconds a viewer has seen %d events", len(got))
		}
		if got := first.header.Get("Content-Type"); got != "text/event-stream; charset=utf-8" {
			t.Errorf("the stream is %s", got)
		}
		leave()
		<-over
		if len(b.viewers) != 0 {
			t.Error("a viewer who left is still served")
		}
		b.Close()
	})
}

func TestCloseEndsEveryStreamAndTheSampling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := begin(t)
		_, over := watch(t.Context(), b)
		_, too := watch(t.Context(), b)
		synctest.Wait()
		b.Close()
		b.Close() // again, to no effect
		<-over
		<-too
		points := len(b.history)
		time.Sleep(5 * interval)
		if len(b.history) != points {
			t.Error("a closed board goes on sampling")
		}
	})
}

func TestSlowViewersGetTheNewestAndKeepNobodyWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := begin(t)
		gate := make(chan struct{})
		slow, _ := watchThrough(t.Context(), b, gate)
		time.Sleep(2 * interval) // one event is being written, the next one waits and is replaced
		synctest.Wait()
		quick, _ := watch(t.Context(), b)
		time.Sleep(3 * interval)
		synctest.Wait()
		if got := quick.seen(); len(got) != 4 {
			t.Errorf("beside a slow viewer another sees %d events, want 4", len(got))
		}
		close(gate)
		synctest.Wait()
		got := slow.seen()
		if len(got) != 2 || !strings.Contains(got[1], `<strong class=\"figure\">6,000</strong>`) || b.skipped != 4 {
			t.Errorf("the slow viewer saw %d events and %d were skipped, want 2 and 4", len(got), b.skipped)
		}
		b.Close()
	})
}

func TestViewersAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := begin(t)
		for range maxViewers {
			watch(t.Context(), b)
		}
		synctest.Wait()
		late, over := watch(t.Context(), b)
		<-over
		if late.status != http.StatusServiceUnavailable || late.seen()[0] != "too many viewers: at most 32\n" {
			t.Errorf("one viewer too many is answered %d %q", late.status, late.seen())
		}
		b.Close()
	})
}

func TestPageIsServedWithItsPolicy(t *testing.T) {
	b := begin(t)
	defer b.Close()
	got := httptest.NewRecorder()
	b.ServePage(got, httptest.NewRequest(http.MethodGet, "/", nil))
	if got.Code != http.StatusOK || !strings.Contains(got.Body.String(), "</html>") {
		t.Errorf("status %d, %d bytes", got.Code, got.Body.Len())
	}
	for name, want := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
		"Referrer-Policy": "no-referrer", "Content-Security-Policy": b.page.policy,
	} {
		if got.Header().Get(name) != want {
			t.Errorf("%s is %q, want %q", name, got.Header().Get(name), want)
		}
	}
	if !strings.HasPrefix(b.page.policy, "default-src 'none'; ") || strings.Contains(b.page.policy, "unsafe") {
		t.Errorf("the policy is %s", b.page.policy)
	}
}
