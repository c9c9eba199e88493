package httpdriver_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/internal/transport/drivertest"
	"github.com/passmuster/muster/internal/transport/httpdriver"
)

var _ transport.Reader = (*httpdriver.Reader)(nil)

// journal is a log that is served whole, or in ranges.
type journal struct {
	ranges bool

	mu   sync.Mutex // guards text
	text string
}

func (j *journal) add(text string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.text += text
}

func (j *journal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.ranges {
		http.ServeContent(w, r, "log.ndjson", time.Time{}, strings.NewReader(j.text))
		return
	}
	_, _ = w.Write([]byte(j.text))
}

func read(t testing.TB, from string) *httpdriver.Reader {
	t.Helper()
	r, err := httpdriver.NewReader(context.Background(), from)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// ids reads to the end of the log and returns what came.
func ids(t rapid.TB, r *httpdriver.Reader) []string {
	t.Helper()
	var got []string
	if err := r.Read(context.Background(), func(s contract.Stored) error {
		got = append(got, s.ID)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return got
}

func line(id string) string { return fmt.Sprintf("{\"id\":%q, \"n\": 12345678901234567890}\n", id) }

func TestReaderYieldsWhatCameSinceInOrder(t *testing.T) {
	defer goleak.VerifyNone(t)
	for _, ranges := range []bool{true, false} {
		t.Run(fmt.Sprintf("ranges %v", ranges), func(t *testing.T) {
			j := &journal{ranges: ranges, text: line("before")}
			server := httptest.NewServer(j)
			defer server.Close()
			r := read(t, server.URL)
			defer r.Close()
			if got := ids(t, r); got != nil {
				t.Errorf("at once: %v, want none: what was there before does not count", got)
			}
			j.add(line("a") + line("b"))
			if got := ids(t, r); !slices.Equal(got, []string{"a", "b"}) {
				t.Errorf("then: %v, want a and b", got)
			}
			j.add(line("a"))
			if got := ids(t, r); !slices.Equal(got, []string{"a"}) {
				t.Errorf("again: %v, want one more a", got)
			}
			if got := ids(t, r); got != nil {
				t.Errorf("at last: %v, want none", got)
			}
		})
	}
}

func TestReaderTellsValuesAsTheyAreServed(t *testing.T) {
	j := &journal{ranges: true}
	server := httptest.NewServer(j)
	defer server.Close()
	r := read(t, server.URL)
	defer r.Close()
	j.add("\n" + line("a") + "\r\n")
	var got []contract.Stored
	if err := r.Read(t.Context(), func(s contract.Stored) error { got = append(got, s); return nil }); err != nil {
		t.Fatal(err)
	}
	want := `{"id":"a", "n": 12345678901234567890}`
	if len(got) != 1 || !bytes.Equal(got[0].Value, []byte(want)) || got[0].Partition != 1 {
		t.Errorf("got %+v, want one %s of partition 1", got, want)
	}
}

// Wherever the log is cut at a moment, each event comes once and in order.
func TestReaderMissesNothingHoweverTheLogGrows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		j := &journal{ranges: rapid.Bool().Draw(t, "ranges")}
		server := httptest.NewServer(j)
		defer server.Close()
		r, err := httpdriver.NewReader(context.Background(), server.URL)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		var text string
		var want, got []string
		for i := range rapid.IntRange(1, 8).Draw(t, "events") {
			want = append(want, fmt.Sprint("event-", i))
			text += line(want[i])
		}
		for text != "" {
			n := rapid.IntRange(1, len(text)).Draw(t, "bytes")
			j.add(text[:n])
			text = text[n:]
			got = append(got, ids(t, r)...)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

func TestReaderGoesOnAfterAnErrorOfItsCaller(t *testing.T) {
	j := &journal{ranges: true}
	server := httptest.NewServer(j)
	defer server.Close()
	r := read(t, server.URL)
	defer r.Close()
	j.add(line("a") + line("b"))
	full := errors.New("full")
	if err := r.Read(t.Context(), func(contract.Stored) error { return full }); !errors.Is(err, full) {
		t.Errorf("got %v, want the caller's error", err)
	}
	if got := ids(t, r); !slices.Equal(got, []string{"b"}) {
		t.Errorf("then: %v, want b", got)
	}
}

func TestReaderRefusesWhatIsNoGrowingLog(t *testing.T) {
	answers := func(status int, header, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Range", header)
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	for name, c := range map[string]struct {
		then http.HandlerFunc
		want string
	}{
		"shorter":          {answers(200, "", line("a")[:9]), "want one that only grows"},
		"shorter by range": {answers(416, "bytes */5", ""), "want one that only grows"},
		"another range":    {answers(206, "bytes 0-9/10", line("a")), "from byte"},
		"gone":             {answers(404, "", ""), "status 404"},
		"not JSON":         {answers(200, "", line("a")+"<html>\n"), "<html>"},
		"id not a string":  {answers(200, "", line("a")+"{\"id\":7}\n"), "id"},
	} {
		t.Run(name, func(t *testing.T) {
			now := answers(200, "", line("a"))
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { now(w, r) }))
			defer server.Close()
			r := read(t, server.URL)
			defer r.Close()
			now = c.then
			err := r.Read(t.Context(), func(contract.Stored) error { return nil })
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), server.URL) {
				t.Errorf("got %v, want the URL and %q", err, c.want)
			}
		})
	}
}

func TestReaderNeedsAnAddressThatAnswers(t *testing.T) {
	for _, address := range []string{"", "events", "ftp://127.0.0.1/events", "http://" + drivertest.DeadAddress(t)} {
		if r, err := httpdriver.NewReader(t.Context(), address); err == nil {
			r.Close()
			t.Errorf("%q is taken for a log", address)
		}
	}
}
