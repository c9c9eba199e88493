package reference

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/scram"
	"go.uber.org/goleak"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 15 * time.Second // far beyond anything that a healthy server needs

// takes accepts events: by HTTP at /take, with the body as both id and value; by Kafka any value but "bad".
type takes struct{ mutant string }

func (takes) Handles(m *contract.Message) bool {
	return m.Transport == contract.Kafka || m.Path == "/take"
}

func (h takes) Respond(_ time.Time, m *contract.Message) contract.Answer {
	var a contract.Answer
	if m.Transport == contract.Kafka {
		if v := m.Records[0].Value; string(v) == "panic" {
			panic("as told")
		} else if string(v) != "bad" {
			a.Accepted = []contract.Record{{Key: v, Value: v}}
		}
		return a
	}
	a.Reply = contract.Reply{Status: http.StatusAccepted, Header: []contract.Field{{Name: "X-Mutant", Value: h.mutant}}, Body: m.Body}
	if len(m.Body) > 0 && len(m.Body) <= maxBody {
		a.Accepted = []contract.Record{{Key: m.Body, Value: m.Body}}
	}
	return a
}

// tells has insights, says what it was asked, breaks, and waits, each at a path of its own.
type tells struct{ entered, leave chan struct{} }

func (tells) Handles(m *contract.Message) bool {
	return m.Transport == contract.HTTP && m.Path != "/take" && m.Path != "/nobody"
}

func (h tells) Respond(_ time.Time, m *contract.Message) contract.Answer {
	ok := contract.Reply{Status: http.StatusOK}
	switch m.Path {
	case insightsPath:
		ok.Body, _ = json.Marshal(contract.Insights{ConcurrentPlayers: 4711})
	case "/echo":
		ok.Body, _ = json.Marshal(m)
	case "/empty":
		ok.Status = http.StatusNoContent
	case "/nonsense":
		ok.Status = 7
	case "/panic":
		panic("as told")
	case "/wait":
		h.entered <- struct{}{}
		<-h.leave
	}
	return contract.Answer{Reply: ok}
}

func halves(h tells) []Half {
	return []Half{
		{
			Name: "takes", Mutants: []contract.Mutant{{Name: "take-wrongly", Clause: "fake/take/rightly", Wrong: "takes wrongly"}},
			New: func(_ *target.Target, mutant string) (contract.Responder, error) { return takes{mutant}, nil },
		},
		{
			Name: "tells",
			New: func(_ *target.Target, mutant string) (contract.Responder, error) {
				if mutant != "" {
					return nil, errors.New("told of a mutant that is not its own")
				}
				return h, nil
			},
		},
	}
}

// start starts a server with the fake halves and closes it when the test ends.
func start(t *testing.T, opts Options) *Server {
	t.Helper()
	return startWith(t, opts, tells{})
}

func startWith(t *testing.T, opts Options, h tells) *Server {
	t.Helper()
	return startHalves(t, opts, halves(h))
}

func startHalves(t *testing.T, opts Options, all []Half) *Server {
	t.Helper()
	s, err := Start(t.Context(), opts, all)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		if err := s.Close(context.Background()); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// kafka connects to a topic as the target says; change may make it otherwise.
func kafka(t *testing.T, k *target.Kafka, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	opts = append(opts, kgo.SeedBrokers(k.Brokers...), kgo.RecordDeliveryTimeout(patience), kgo.UnknownTopicRetries(1),
		kgo.DisableFetchSessions(), kgo.DisableClientMetrics())
	if k.TLS != nil {
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(k.TLS.CA) {
			t.Fatal("the target's CA is no certificate")
		}
		opts = append(opts, kgo.DialTLSConfig(&tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}))
	}
	if k.SASL != nil {
		login := scram.Auth{User: k.SASL.Username, Pass: k.SASL.Password.Reveal()}
		opts = append(opts, kgo.SASL(login.AsSha256Mechanism()))
	}
	c, err := kgo.NewClient(opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// send produces the values, one after the other, to the ingress topic.
func send(t *testing.T, s *Server, values ...string) {
	t.Helper()
	k := s.Target().Ingest.Kafka
	c := kafka(t, k)
	for _, v := range values {
		if err := c.ProduceSync(t.Context(), &kgo.Record{Topic: k.Topic, Key: []byte("any"), Value: []byte(v)}).FirstErr(); err != nil {
			t.Fatalf("produce %q: %v", v, err)
		}
	}
}

// accepted reads the n records of the accepted topic and counts the copies of each key. It then closes the server, to
// be sure that no more than n were ever going to be stored.
func accepted(t *testing.T, s *Server, n int) map[string]int {
	t.Helper()
	k := s.Target().Ingest.Readback.Kafka
	c := kafka(t, k, kgo.ConsumeTopics(k.Topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	copies := map[string]int{}
	for read := 0; read < n; {
		fetches := c.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatalf("read back: %v, after %v", err, copies)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			if string(r.Key) != string(r.Value) {
				t.Errorf("record keyed %q holds %q", r.Key, r.Value)
			}
			copies[string(r.Key)]++
			read++
		})
	}
	c.Close() // while there is a broker to take leave of
	if err := s.Close(ctx); err != nil {
		t.Errorf("close: %v", err)
	}
	if stored := s.Stats().Broker; stored.Stored+stored.PipedOut != int64(n) {
		t.Errorf("%d records stored by HTTP and %d by Kafka, want %d together", stored.Stored, stored.PipedOut, n)
	}
	return copies
}
