package h1_test

import (
	"strings"
	"testing"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/internal/transport/drivertest"
	"github.com/passmuster/muster/internal/transport/httpdriver/h1"
)

// TestWire shows the very bytes of requests, in every mode.
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
				{Name: "x-lower", Value: "1"}, {Name: "Host", Value: "other.example"}, {Name: "content-length", Value: "99"}, {Name: "A", Value: "2"},
			}},
			want: []string{"POST /base/a/b%2Fc?x=1&y=%20 HTTP/1.1", "Host: other.example", "x-lower: 1", "A: 2", "Content-Length: 4", "", "body"},
		},
		{
			name:    "get with the driver's agent",
			agent:   "muster/1",
			message: contract.Message{Path: "/time"},
			want:    []string{"GET /base/time HTTP/1.1", "Host: HOST", "User-Agent: muster/1", "", ""},
		},
		{
			name:  "a message's own agent wins, repeated headers stay, order is kept",
			agent: "muster/1",
			message: contract.Message{Method: "POST", Path: "/", Header: []contract.Field{
				{Name: "Z", Value: "1"}, {Name: "user-agent", Value: "game"}, {Name: "A", Value: "1"}, {Name: "A", Value: "2"},
			}},
			want: []string{"POST /base/ HTTP/1.1", "Host: HOST", "Z: 1", "user-agent: game", "A: 1", "A: 2", "Content-Length: 0", "", ""},
		},
		{
			name:    "a path with what must be escaped",
			message: contract.Message{Method: "DELETE", Path: "/a b/ü;v=1"},
			want:    []string{"DELETE /base/a%20b/%C3%BC;v=1 HTTP/1.1", "Host: HOST", "", ""},
		},
	} {
		for mode, cfg := range map[string]h1.Config{"pooled": {}, "player": {PerPlayer: true}, "pipelined": {Pipeline: 2}} {
			t.Run(tc.name+"/"+mode, func(t *testing.T) {
				addr, heard := drivertest.Wiretap(t)
				cfg.BaseURL, cfg.UserAgent = "http://"+addr+"/base/", tc.agent
				d := open(t, cfg)
				defer drivertest.Close(t, d)
				if r := transport.Exchange(t.Context(), d, &tc.message); r.Outcome != contract.Acknowledged {
					t.Fatalf("reply %+v, want acknowledged", r)
				}
				want := strings.ReplaceAll(strings.Join(tc.want, "\r\n"), "HOST", addr)
				if got := <-heard; got != want {
					t.Errorf("on the wire:\n%q\nwant:\n%q", got, want)
				}
			})
		}
	}
}

// TestUnsendable has messages that cannot be put on the wire as they are: nothing is dialled for them.
func TestUnsendable(t *testing.T) {
	for name, m := range map[string]contract.Message{
		"method":        {Method: "GET /x"},
		"path":          {Path: "/%zz"},
		"query":         {Path: "/", Query: "a b"},
		"header name":   {Path: "/", Header: []contract.Field{{Name: "a:", Value: "b"}}},
		"header value":  {Path: "/", Header: []contract.Field{{Name: "a", Value: "b\r\nc: d"}}},
		"header's null": {Path: "/", Header: []contract.Field{{Name: "a", Value: "b\x00"}}},
	} {
		d := open(t, h1.Config{BaseURL: "http://127.0.0.1:1"})
		r := transport.Exchange(t.Context(), d, &m)
		if r.Outcome != contract.NeverSent || r.Class != contract.ClassGenerator || strings.ContainsAny(r.Detail, "\r\n") {
			t.Errorf("%s: %+v, want never sent, by the generator's fault, in one line", name, r)
		}
		if l := d.Meter(); l.Dials != 0 {
			t.Errorf("%s: %d dials, want none", name, l.Dials)
		}
		drivertest.Close(t, d)
	}
}

func TestNewRefuses(t *testing.T) {
	for name, cfg := range map[string]h1.Config{
		"no url":         {},
		"scheme":         {BaseURL: "ftp://a.example"},
		"user":           {BaseURL: "http://user:secret@a.example/"},
		"ca":             {BaseURL: "https://a.example", CA: []byte("no pem")},
		"connections":    {BaseURL: "http://a.example", Connections: -1},
		"negative idle":  {BaseURL: "http://a.example", Idle: -1},
		"pipe of player": {BaseURL: "http://a.example", PerPlayer: true, Pipeline: 2},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := h1.New(cfg)
			if err == nil {
				t.Fatal("New accepted it")
			}
			if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q tells a secret or is not one line", err)
			}
		})
	}
}
