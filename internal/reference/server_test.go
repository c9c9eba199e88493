package reference

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
)

func post(t *testing.T, url, body string) (int, string) {
	t.Helper()
	resp, err := http.Post(url, "text/plain", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(got)
}

func TestEventsByEitherDoorEndInOneTopic(t *testing.T) {
	var mu sync.Mutex
	seen := map[contract.Transport]int{}
	s := start(t, Options{OnHandled: func(h Handled) {
		mu.Lock()
		defer mu.Unlock()
		seen[h.Message.Transport] += h.Accepted
	}})
	if status, body := post(t, s.Target().Ingest.HTTP.BaseURL+"/take", "by-http"); status != 202 || body != "by-http" {
		t.Errorf("POST /take answered %d %q", status, body)
	}
	send(t, s, "by-kafka", "bad", "panic", "after")
	got := accepted(t, s, 3)
	if want := map[string]int{"by-http": 1, "by-kafka": 1, "after": 1}; !maps.Equal(got, want) {
		t.Errorf("accepted: %v, want %v", got, want)
	}
	mu.Lock()
	defer mu.Unlock()
	if want := map[contract.Transport]int{contract.HTTP: 1, contract.Kafka: 2}; !maps.Equal(seen, want) {
		t.Errorf("the observer saw %v accepted, want %v", seen, want)
	}
	stats := s.Stats()
	if stats.Records != 4 || stats.Refused != 2 || stats.Panics != 1 || stats.Requests != 1 {
		t.Errorf("stats are %+v", stats)
	}
}

func TestWhatTheDoorAnswers(t *testing.T) {
	s := start(t, Options{})
	base := s.Target().Playtime.BaseURL
	for _, c := range []struct {
		name, path, body string
		status           int
		answer           string
	}{
		{"a reply of a half", "/echo", "", 200, ""},
		{"an empty reply", "/empty", "", 204, ""},
		{"nobody's path", "/nobody", "x", 404, "no such path: /nobody\n"},
		{"a half that panics", "/panic", "", 500, "the reference failed\n"},
		{"a status that is none", "/nonsense", "", 500, "the reference answered with status 7\n"},
		{"a body over the bound, cut one byte above it", "/take", strings.Repeat("x", maxBody+100), 202, strings.Repeat("x", maxBody+1)},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, answer := post(t, base+c.path, c.body)
			if status != c.status {
				t.Errorf("status %d, want %d", status, c.status)
			}
			if c.answer != "" && answer != c.answer {
				t.Errorf("answer of %d bytes, %.60q; want %.60q", len(answer), answer, c.answer)
			}
		})
	}
	if stats := s.Stats(); stats.Panics != 1 || stats.Unknown != 1 {
		t.Errorf("stats are %+v, want 1 panic and 1 unknown path", stats)
	}
}

func TestRequestsReachTheHalvesWhole(t *testing.T) {
	s := start(t, Options{})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, s.Target().Playtime.BaseURL+"/echo?a=1&b=%20", strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header["X-Two"] = []string{"second", "first"}
	req.Header.Set("Authorization", "Bearer t")
	req.Host = "game.example"
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var m contract.Message
	if err := json.NewDecoder(resp.Body).Decode(&m); err != nil {
		t.Fatal(err)
	}
	if m.Transport != contract.HTTP || m.Method != http.MethodPut || m.Path != "/echo" || m.Query != "a=1&b=%20" || string(m.Body) != "body" {
		t.Errorf("the half was asked %+v", m)
	}
	if host, _ := m.Get("host"); host != "game.example" {
		t.Errorf("Host is %q", host)
	}
	var names []string
	for _, f := range m.Header {
		names = append(names, f.Name+"="+f.Value)
	}
	list := strings.Join(names, " ")
	if !strings.Contains(list, "X-Two=second X-Two=first") || !strings.HasPrefix(list, "Accept-Encoding") {
		t.Errorf("headers are %s; want them by name, values in their order", list)
	}
}

func TestPageAndHealth(t *testing.T) {
	s := start(t, Options{Mutant: "take-wrongly"})
	for path, wants := range map[string][]string{
		"/healthz": {"ok\n"},
		"/":        {"4,711", "take-wrongly", s.Target().Ingest.Kafka.Brokers[0], "</html>"},
	} {
		resp, err := http.Get(s.Target().Playtime.BaseURL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.Body.Close() != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("GET %s: status %d, %v", path, resp.StatusCode, err)
		}
		for _, want := range wants {
			if !bytes.Contains(body, []byte(want)) {
				t.Errorf("GET %s does not show %q", path, want)
			}
		}
		if bytes.Contains(body, []byte(s.Target().Playtime.MetricsKey.Reveal())) {
			t.Errorf("GET %s shows a secret", path)
		}
	}
}

func TestAddressesInUse(t *testing.T) {
	first := start(t, Options{})
	http := strings.TrimPrefix(first.Target().Playtime.BaseURL, "http://")
	kafka := first.Target().Ingest.Kafka.Brokers[0]
	for _, c := range []struct {
		opts Options
		want string
	}{
		{Options{HTTPAddr: http}, "listen for http on " + http + ": address already in use"},
		{Options{KafkaAddr: kafka}, "listen for kafka on " + kafka + ": address already in use"},
	} {
		if _, err := Start(t.Context(), c.opts, nil); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}

func TestCloseAnswersRequestsInFlight(t *testing.T) {
	h := tells{entered: make(chan struct{}), leave: make(chan struct{})}
	s := startWith(t, Options{}, h)
	answered := make(chan int)
	go func() {
		resp, err := http.Get(s.Target().Playtime.BaseURL + "/wait")
		if err != nil {
			t.Errorf("request in flight: %v", err)
			close(answered)
			return
		}
		_ = resp.Body.Close()
		answered <- resp.StatusCode
	}()
	<-h.entered
	closed := make(chan error)
	go func() { closed <- s.Close(context.Background()) }()
	<-s.Done() // no more requests are taken; the one in flight is not cut off
	close(h.leave)
	if status := <-answered; status != 200 {
		t.Errorf("request in flight got status %d, want 200", status)
	}
	if err := <-closed; err != nil {
		t.Errorf("close: %v", err)
	}
	if err := s.Err(); err != nil {
		t.Errorf("an orderly end is told as %v", err)
	}
}

func TestCloseIsOverWhenItsTimeIs(t *testing.T) {
	h := tells{entered: make(chan struct{}), leave: make(chan struct{})}
	s, err := Start(t.Context(), Options{}, halves(h))
	if err != nil {
		t.Fatal(err)
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		if resp, err := http.Get(s.Target().Playtime.BaseURL + "/wait"); err == nil {
			_ = resp.Body.Close()
			t.Error("a request that was cut off was answered")
		}
	}()
	<-h.entered
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := s.Close(ctx); err == nil || !strings.Contains(err.Error(), "requests were cut off") {
		t.Errorf("close: %v, want it to say that requests were cut off", err)
	}
	<-gone
	close(h.leave)
}

func TestAClosedServerIsNoDeadOne(t *testing.T) {
	s := start(t, Options{})
	select {
	case <-s.Done():
		t.Errorf("a live server is done: %v", s.Err())
	default:
	}
	if err := s.Err(); err != nil {
		t.Errorf("a live server died of %v", err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
	<-s.Done()
	if err := s.Err(); err != nil {
		t.Errorf("a closed server died of %v", err)
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	s := start(t, Options{MaxConnections: 1})
	addr := strings.TrimPrefix(s.Target().Ingest.HTTP.BaseURL, "http://")
	dial := func() net.Conn {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		_, err = io.WriteString(c, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	answered := func(c net.Conn) chan error {
		done := make(chan error, 1)
		go func() {
			_, err := bufio.NewReader(c).ReadString('\n')
			done <- err
		}()
		return done
	}
	first := dial()
	if err := <-answered(first); err != nil {
		t.Fatal(err)
	}
	second := answered(dial())
	select {
	case err := <-second:
		t.Errorf("a connection over the bound was served (%v)", err)
	case <-time.After(50 * time.Millisecond): // it is not: there is no event to wait for
	}
	_ = first.Close()
	if err := <-second; err != nil {
		t.Errorf("the connection that waited was not served: %v", err)
	}
}
