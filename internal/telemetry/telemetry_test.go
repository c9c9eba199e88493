package telemetry

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/passmuster/muster/internal/record"
)

// patience bounds every wait for something that must happen.
const patience = 30 * time.Second

// told collects what is told, from any goroutine.
type told struct {
	mu    sync.Mutex
	lines []string
}

func (t *told) tell(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines, fmt.Sprintf(format, args...))
}

func (t *told) all() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.lines
}

func open(t *testing.T, c Config) (*Telemetry, *told) {
	t.Helper()
	said := &told{}
	c.Tell = said.tell
	telemetry, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return telemetry, said
}

// get scrapes over the wire.
func get(t *testing.T, url string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func TestServesScrapes(t *testing.T) {
	c := identity()
	c.Metrics = "127.0.0.1:0"
	telemetry, said := open(t, c)
	whole(telemetry.State)
	code, body := get(t, telemetry.URL())
	if problems, err := promlint.New(strings.NewReader(body)).Lint(); code != http.StatusOK || err != nil || len(problems) > 0 {
		t.Errorf("got %d, %v, %v", code, problems, err)
	}
	if got := value(parse(t, body), "muster_actions_planned_total", "operation", "ingest.kafka"); got != 4 {
		t.Errorf("planned by Kafka: %g, want 4", got)
	}
	if code, _ := get(t, strings.TrimSuffix(telemetry.URL(), "/metrics")+"/elsewhere"); code != http.StatusNotFound {
		t.Errorf("elsewhere: got %d, want 404", code)
	}
	if _, err := Open(t.Context(), Config{Metrics: strings.TrimPrefix(strings.TrimSuffix(telemetry.URL(), "/metrics"), "http://")}); err == nil || !strings.HasPrefix(err.Error(), "serve metrics: listen tcp 127.0.0.1:") {
		t.Errorf("an address that is taken: got %v", err)
	}
	telemetry.Close(t.Context())
	if _, err := net.DialTimeout("tcp", strings.TrimPrefix(strings.TrimSuffix(telemetry.URL(), "/metrics"), "http://"), patience); err == nil {
		t.Error("it still listens after Close")
	}
	if lines := said.all(); len(lines) > 0 {
		t.Errorf("told %q, want nothing", lines)
	}
}

// The end of the run waits for one scrape that sees it, and no longer.
func TestLingersForTheLastScrape(t *testing.T) {
	c := identity()
	c.Metrics, c.Linger = "127.0.0.1:0", time.Hour
	telemetry, said := open(t, c)
	m := record.Manifest{Ended: record.Running}
	telemetry.Observe(record.Entry{Manifest: &m})
	get(t, telemetry.URL()) // sees no end
	closed := make(chan struct{})
	m.Ended = record.Complete
	telemetry.Observe(record.Entry{Manifest: &m})
	go func() { telemetry.Close(context.Background()); close(closed) }()
	for deadline := time.Now().Add(patience); len(said.all()) == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not wait, or says nothing of it")
		}
	}
	if _, body := get(t, telemetry.URL()); !strings.Contains(body, `state="complete"} 1`) {
		t.Errorf("scraped %s, want the end", body)
	}
	select {
	case <-closed:
	case <-time.After(patience):
		t.Fatal("it still waits although the end was scraped")
	}
}

// Where there is nothing to wait for Close returns at once; it would take an hour, and the test fail, if it did not.
func TestLingersForNothing(t *testing.T) {
	c := identity()
	c.Metrics, c.Linger = "127.0.0.1:0", time.Hour
	running, ended := record.Manifest{Ended: record.Running}, record.Manifest{Ended: record.Complete}
	interrupted, interrupt := context.WithCancel(context.Background())
	interrupt()
	for name, end := range map[string]func(*Telemetry){
		"a run that never began": func(telemetry *Telemetry) { telemetry.Close(context.Background()) },
		"a run that never ended": func(telemetry *Telemetry) {
			telemetry.Observe(record.Entry{Manifest: &running})
			telemetry.Close(context.Background())
		},
		"a run that was interrupted": func(telemetry *Telemetry) {
			telemetry.Observe(record.Entry{Manifest: &ended})
			telemetry.Close(interrupted)
		},
		"an end that was seen": func(telemetry *Telemetry) {
			telemetry.Observe(record.Entry{Manifest: &ended})
			get(t, telemetry.URL())
			telemetry.Close(context.Background())
		},
	} {
		telemetry, said := open(t, c)
		end(telemetry)
		if lines := said.all(); len(lines) > 0 {
			t.Errorf("%s: told %q, want nothing", name, lines)
		}
	}
}
