package snsdriver_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/internal/transport/drivertest"
	"github.com/passmuster/muster/internal/transport/snsdriver"
	"github.com/passmuster/muster/internal/transport/snsdriver/endpoint"
)

const short = 300 * time.Millisecond // the deadline where a test waits for it

func TestDriver(t *testing.T) {
	drivertest.Run(t, func(*testing.T) drivertest.Fixture {
		return drivertest.Fixture{Render: render, Live: live, Hanging: hanging, Dead: dead, Cases: cases()}
	})
}

func live(t *testing.T) (transport.Driver, func() []string) {
	to, taken := start(t, endpoint.Config{})
	return open(t, snsdriver.Config{SNS: to}), taken.ids
}

// hanging opens a driver to a server that reads requests and never answers.
func hanging(t *testing.T) (transport.Driver, <-chan struct{}) {
	reached := make(chan struct{}, 1)
	to := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case reached <- struct{}{}:
		default:
		}
		<-r.Context().Done()
	})
	return open(t, snsdriver.Config{SNS: to, Timeout: short}), reached
}

func dead(t *testing.T) transport.Driver {
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return open(t, snsdriver.Config{SNS: sns("http://"+address, "events")})
}

func cases() []drivertest.Case {
	text := func(s string) func(*contract.Message) { return func(m *contract.Message) { m.Body = []byte(s) } }
	plain := func(t *testing.T) transport.Driver {
		to, _ := start(t, endpoint.Config{})
		return open(t, snsdriver.Config{SNS: to})
	}
	disturbed := func(code string) func(*testing.T) transport.Driver {
		return func(t *testing.T) transport.Driver {
			to, _ := start(t, endpoint.Config{Disturb: func(string, int) string { return code }})
			return open(t, snsdriver.Config{SNS: to})
		}
	}
	departing := func(d contract.Departure) func(*testing.T) transport.Driver {
		return func(t *testing.T) transport.Driver {
			to, _ := start(t, endpoint.Config{})
			return open(t, snsdriver.Config{SNS: to, Departure: d})
		}
	}
	answering := func(status int, body string) func(*testing.T) transport.Driver {
		return func(t *testing.T) transport.Driver {
			return open(t, snsdriver.Config{SNS: serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(status)
				_, _ = io.WriteString(w, body)
			})})
		}
	}
	hangup := func(t *testing.T) transport.Driver {
		return open(t, snsdriver.Config{SNS: serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })})
	}
	return []drivertest.Case{
		{Name: "throttled", Open: disturbed("Throttled"), Outcome: contract.Failed, Class: contract.ClassRateLimited, Status: 429},
		{Name: "endpoint's own fault", Open: disturbed("InternalError"), Outcome: contract.Failed, Class: contract.ClassServer, Status: 500},
		{Name: "policy", Open: disturbed("AuthorizationError"), Outcome: contract.Failed, Class: contract.ClassAuth, Status: 403},
		{Name: "unsigned", Open: departing(contract.Unsigned), Outcome: contract.Failed, Class: contract.ClassAuth, Status: 403},
		{Name: "wrong secret", Open: departing(contract.WrongSecret), Outcome: contract.Failed, Class: contract.ClassAuth, Status: 403},
		{Name: "unknown access key", Open: departing(contract.UnknownAccessKey), Outcome: contract.Failed, Class: contract.ClassAuth, Status: 403},
		{Name: "unknown topic", Open: departing(contract.UnknownTopic), Outcome: contract.Failed, Class: contract.ClassTopic, Status: 404},
		{Name: "empty", Open: plain, Message: text(""), Outcome: contract.Failed, Class: contract.ClassRejected, Status: 400},
		{Name: "illegal character", Open: plain, Message: text("[\"\x01\"]"), Outcome: contract.Failed, Class: contract.ClassRejected, Status: 400},
		{Name: "not UTF-8", Open: plain, Message: text("[\"\xff\"]"), Outcome: contract.Failed, Class: contract.ClassRejected, Status: 400},
		{Name: "too large for the topic", Open: plain, Message: text(strings.Repeat("x", 256<<10+1)), Outcome: contract.Failed, Class: contract.ClassTooLarge, Status: 400},
		{Name: "too large for any topic", Open: plain, Message: text(strings.Repeat("x", 2<<20+1)), Outcome: contract.NeverSent, Class: contract.ClassTooLarge},
		{Name: "plain 503", Open: answering(503, "busy"), Outcome: contract.Failed, Class: contract.ClassServer, Status: 503},
		{Name: "plain 403", Open: answering(403, "<html>no</html>"), Outcome: contract.Failed, Class: contract.ClassAuth, Status: 403},
		{Name: "redirect", Open: answering(302, ""), Outcome: contract.Failed, Class: contract.ClassRejected, Status: 302},
		{Name: "success that is no XML", Open: answering(200, "fine"), Outcome: contract.Indeterminate, Class: contract.ClassProtocol, Status: 200},
		{Name: "hang-up", Open: hangup, Outcome: contract.Indeterminate, Class: contract.ClassReset},
	}
}

// render makes a message of an array of one event with this id, in the memory of m.
func render(m *contract.Message, id string) {
	m.Operation, m.Transport = "test.sns", contract.SNS
	m.Body = append(append(append(m.Body[:0], `[{"id":"`...), id...), `"}]`...)
}

// taken collects what an endpoint accepted.
type taken struct {
	mu     sync.Mutex
	bodies []string
}

func (k *taken) accept(_ context.Context, m *contract.Message) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.bodies = append(k.bodies, string(m.Body))
	return nil
}

// ids lists the ids of all events, in the order of their coming.
func (k *taken) ids() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	var ids []string
	for _, body := range k.bodies {
		var events []struct{ ID string }
		if json.Unmarshal([]byte(body), &events) != nil {
			ids = append(ids, "no events: "+body)
		}
		for _, e := range events {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

// start starts an endpoint with the topic events for the length of the test.
func start(t *testing.T, cfg endpoint.Config) (target.SNS, *taken) {
	t.Helper()
	var k taken
	cfg.AccessKeyID, cfg.SecretAccessKey, cfg.Topics = accessKey, secret, []string{"events"}
	if cfg.Accept == nil {
		cfg.Accept = k.accept
	}
	cfg.URL = "http://127.0.0.1"
	e, err := endpoint.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return serve(t, e.ServeHTTP), &k
}

func serve(t *testing.T, h http.HandlerFunc) target.SNS {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = nil
	s.Start()
	t.Cleanup(s.Close)
	return sns(s.URL, "events")
}

const (
	accessKey = "AKIAMUSTEREXAMPLE"
	secret    = "not/a+secret"
)

func sns(url, topic string) target.SNS {
	return target.SNS{
		TopicARN: "arn:aws:sns:us-east-1:123456789012:" + topic, Region: "us-east-1", EndpointURL: url,
		Credentials: &target.AWSCredentials{AccessKeyID: accessKey, SecretAccessKey: secret},
	}
}

// open makes a driver. The suite, or the test, closes it.
func open(t *testing.T, cfg snsdriver.Config) *snsdriver.Driver {
	t.Helper()
	d, err := snsdriver.New(t.Context(), cfg)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return d
}
