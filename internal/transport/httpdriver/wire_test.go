package httpdriver_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/internal/transport/drivertest"
	"github.com/passmuster/muster/internal/transport/httpdriver"
)

// TestWire shows the very bytes of requests.
func TestWire(t *testing.T) {
	for _, tc := range []struct {
		name    string
		agent   string
		message contract.Message
		want    []string
	}{
		{
			name: "post with exactly the given headers",
			message: contract.Message{Method: "POST", Path: "/a/b%2Fc", Query: "x=1&y=%20", Body: []byte("body"), Header: []contract.Field{
				{Name: "x-lower", Value: "1"}, {Name: "Host", Value: "other.example"}, {Name: "content-length", Value: "99"},
			}},
			want: []string{"POST /base/a/b%2Fc?x=1&y=%20 HTTP/1.1", "Host: other.example", "Content-Length: 4", "x-lower: 1", "", "body"},
		},
		{
			name:    "get with the driver's agent",
			agent:   "muster/1",
			message: contract.Message{Method: "GET", Path: "/time"},
			want:    []string{"GET /base/time HTTP/1.1", "Host: HOST", "User-Agent: muster/1", "", ""},
		},
		{
			name:    "a message's own agent wins, repeated headers stay",
			agent:   "muster/1",
			message: contract.Message{Method: "POST", Path: "/", Header: []contract.Field{{Name: "user-agent", Value: "game"}, {Name: "A", Value: "1"}, {Name: "A", Value: "2"}}},
			want:    []string{"POST /base/ HTTP/1.1", "Host: HOST", "User-Agent: game", "Content-Length: 0", "A: 1", "A: 2", "", ""},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			addr, heard := drivertest.Wiretap(t)
			d := open(t, "http://"+addr+"/base/", httpdriver.Config{UserAgent: tc.agent})
			defer drivertest.Close(t, d)
			if r := transport.Exchange(context.Background(), d, &tc.message); r.Outcome != contract.Acknowledged {
				t.Fatalf("reply %+v, want acknowledged", r)
			}
			want := strings.ReplaceAll(strings.Join(tc.want, "\r\n"), "HOST", addr)
			if got := <-heard; got != want {
				t.Errorf("on the wire:\n%q\nwant:\n%q", got, want)
			}
		})
	}
}

func TestRepliesAreKeptWithinBounds(t *testing.T) {
	const long = 3 << 20
	base := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Date"] = nil
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Add("A", "1")
		w.Header().Add("A", "2")
		_, _ = w.Write(make([]byte, long))
	})
	keeper, dropper := open(t, base, httpdriver.Config{KeepReplies: true}), open(t, base, httpdriver.Config{})
	defer drivertest.Close(t, keeper)
	defer drivertest.Close(t, dropper)
	kept, dropped := post(keeper, "one"), post(dropper, "one")
	if len(kept.Body) != 1<<20 {
		t.Errorf("kept %d bytes of body, want 1 MiB", len(kept.Body))
	}
	if got, _ := kept.Get("content-type"); got != "text/plain" || len(kept.Header) != 3 {
		t.Errorf("kept header %v, want A twice and Content-Type", kept.Header)
	}
	if dropped.Body != nil || dropped.Header != nil || dropped.Status != http.StatusOK {
		t.Errorf("dropper's reply has status %d, header %v and %d bytes, want 200 and nothing", dropped.Status, dropped.Header, len(dropped.Body))
	}
}

// TestConnectionsAreReused sends more than one message, with bodies in the replies, over one connection.
func TestConnectionsAreReused(t *testing.T) {
	const messages = 5
	from := make(chan string, messages)
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		from <- r.RemoteAddr
		_, _ = w.Write(make([]byte, 100_000))
	})
	d := open(t, base, httpdriver.Config{Connections: 1})
	defer drivertest.Close(t, d)
	post(d, "one")
	first := <-from
	for range messages - 1 {
		post(d, "one")
		if next := <-from; next != first {
			t.Errorf("message came from %s, want from %s as the first", next, first)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for name, cfg := range map[string]httpdriver.Config{
		"no url":        {},
		"scheme":        {BaseURL: "ftp://a.example"},
		"no host":       {BaseURL: "http:///a"},
		"query":         {BaseURL: "http://a.example/?key=secret"},
		"user":          {BaseURL: "http://user:secret@a.example/"},
		"malformed":     {BaseURL: "http://a.example:secret/"},
		"ca":            {BaseURL: "https://a.example", CA: []byte("no pem")},
		"connections":   {BaseURL: "http://a.example", Connections: -1},
		"negative time": {BaseURL: "http://a.example", Timeout: -1},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := httpdriver.New(cfg)
			if err == nil {
				t.Fatal("New accepted it")
			}
			if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q tells a secret or is not one line", err)
			}
		})
	}
}
