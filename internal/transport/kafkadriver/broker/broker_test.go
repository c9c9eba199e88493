package broker

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"
	"go.uber.org/goleak"

	"github.com/passmuster/muster/internal/contract"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 15 * time.Second // far beyond anything that a healthy broker needs

var told = User{Name: "game", Password: "open-sesame"}

func config() Config {
	return Config{Topics: map[string]int32{"events": 3, "accepted": 2}, Username: told.Name, Password: told.Password}
}

func start(t *testing.T, cfg Config) *Broker {
	t.Helper()
	b, err := Start(t.Context(), cfg)
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	t.Cleanup(func() {
		if err := b.Close(context.Background()); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return b
}

// outsider connects over the network. A nil user does not authenticate, a nil pool does not encrypt.
func outsider(t *testing.T, b *Broker, who *User, encrypt bool, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	opts = append(opts, kgo.SeedBrokers(b.Addr()), kgo.RecordDeliveryTimeout(patience), kgo.UnknownTopicRetries(1),
		kgo.DisableFetchSessions(), kgo.DisableClientMetrics())
	if encrypt {
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(b.CAPEM()) {
			t.Fatal("CAPEM is no certificate")
		}
		opts = append(opts, kgo.DialTLSConfig(&tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}))
	}
	if who != nil {
		login := scram.Auth{User: who.Name, Pass: who.Password}.AsSha256Mechanism()
		if who.Plain {
			login = plain.Auth{User: who.Name, Pass: who.Password}.AsMechanism()
		}
		opts = append(opts, kgo.SASL(login))
	}
	c, err := kgo.NewClient(opts...)
	if err != nil {
		t.Fatalf("client: %v", err)
	}
	t.Cleanup(c.Close)
	return c
}

func produce(t *testing.T, c *kgo.Client, topic string, keys ...string) {
	t.Helper()
	for _, k := range keys {
		if err := c.ProduceSync(t.Context(), &kgo.Record{Topic: topic, Key: []byte(k), Value: []byte("value of " + k)}).FirstErr(); err != nil {
			t.Fatalf("produce %s: %v", k, err)
		}
	}
}

// read returns the keys of the first n records of the topic, sorted.
func read(t *testing.T, b *Broker, topic string, n int) []string {
	t.Helper()
	c := outsider(t, b, &told, true, kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var keys []string
	for len(keys) < n {
		fetches := c.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatalf("read %s: got %d of %d records: %v", topic, len(keys), n, err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			if want := "value of " + string(r.Key); string(r.Value) != want {
				t.Errorf("record %s has value %q, want %q", r.Key, r.Value, want)
			}
			keys = append(keys, string(r.Key))
		})
	}
	slices.Sort(keys)
	return keys
}

// reaches says whether a client gets an answer within a moment. A refusing broker closes the connection, which the
// client takes for a passing fault, so its patience is the test's.
func reaches(t *testing.T, c *kgo.Client) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	return c.Ping(ctx) == nil
}

func record(key string) contract.Record {
	return contract.Record{Key: []byte(key), Value: []byte("value of " + key)}
}

func TestWhatClientsProduceIsPipedAndWhatTheProcessStoresIsKept(t *testing.T) {
	b := start(t, config())
	pass := func(r contract.Record) []contract.Record {
		switch string(r.Key) {
		case "refused":
			return nil
		case "doubled":
			return []contract.Record{r, r}
		}
		return []contract.Record{r}
	}
	if err := b.Pipe("events", "accepted", pass); err != nil {
		t.Fatal(err)
	}
	produce(t, outsider(t, b, &told, true), "events", "a", "refused", "doubled", "b")
	if err := b.Store(t.Context(), "accepted", []contract.Record{record("c"), record("d")}); err != nil {
		t.Fatal(err)
	}
	want := []string{"a", "b", "c", "d", "doubled", "doubled"}
	if got := read(t, b, "accepted", len(want)); !slices.Equal(got, want) {
		t.Errorf("accepted holds %v, want %v", got, want)
	}
	if got, want := b.Stats(), (Stats{Stored: 2, PipedIn: 4, PipedOut: 4}); got != want {
		t.Errorf("stats are %+v, want %+v", got, want)
	}
}

func TestPipeKeepsTheOrderOfEachPartition(t *testing.T) {
	cfg := config()
	cfg.Topics = map[string]int32{"events": 1, "accepted": 1}
	b := start(t, cfg)
	var seen []string
	done := make(chan struct{})
	if err := b.Pipe("events", "accepted", func(r contract.Record) []contract.Record {
		if seen = append(seen, string(r.Key)); len(seen) == 50 {
			close(done)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	var want []string
	for i := range 50 {
		want = append(want, fmt.Sprintf("%02d", i))
	}
	produce(t, outsider(t, b, &told, true), "events", want...)
	<-done
	if !slices.Equal(seen, want) {
		t.Errorf("piped in the order %v, want %v", seen, want)
	}
}

func TestManyStoreAtOnce(t *testing.T) {
	b := start(t, config())
	const callers, each = 32, 20
	var all sync.WaitGroup
	for caller := range callers {
		all.Go(func() {
			for i := range each {
				if err := b.Store(t.Context(), "accepted", []contract.Record{record(fmt.Sprintf("%d-%d", caller, i))}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	keys := read(t, b, "accepted", callers*each)
	if distinct := len(slices.Compact(keys)); distinct != callers*each {
		t.Errorf("%d distinct records stored, want %d", distinct, callers*each)
	}
}

func TestStoreReportsWhatTheBrokerRefuses(t *testing.T) {
	b := start(t, config())
	big := contract.Record{Key: []byte("big"), Value: make([]byte, 2<<20)}
	err := b.Store(t.Context(), "accepted", []contract.Record{record("small"), big})
	if !errors.Is(err, kerr.MessageTooLarge) {
		t.Errorf("storing 2 MiB: got %v, want message too large", err)
	}
	if got := b.Stats().StoreFailed; got != 1 {
		t.Errorf("%d failed stores counted, want 1", got)
	}
}

func TestPortInUse(t *testing.T) {
	taken := start(t, config()).Addr()
	cfg := config()
	cfg.Addr = taken
	_, err := Start(t.Context(), cfg)
	if want := "listen for kafka on " + taken + ": address already in use"; err == nil || err.Error() != want {
		t.Errorf("start on a taken port: got %v, want %q", err, want)
	}
}

func TestStartHearsTheEndOfItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if b, err := Start(ctx, config()); err == nil {
		t.Errorf("started although it was told to stop: %v", b.Close(t.Context()))
	}
}

func TestBadConfigurationIsReportedAllAtOnce(t *testing.T) {
	_, err := Start(t.Context(), Config{Addr: "nowhere", Topics: map[string]int32{"events": 0}, MaxMessageBytes: 1})
	if err == nil {
		t.Fatal("started")
	}
	want := []string{
		`configure broker: address "nowhere": want host:port`,
		`configure broker: topic "events" with 0 partitions: want a name and at least 1 partition`,
		`configure broker: user "": want a name and a password`,
		`configure broker: message limit of 1 bytes: want 1024 to 67108864`,
	}
	if got := strings.Split(err.Error(), "\n"); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCloseEndsWithClientsConnected(t *testing.T) {
	b := start(t, config())
	if err := b.Pipe("events", "accepted", func(r contract.Record) []contract.Record { return []contract.Record{r} }); err != nil {
		t.Fatal(err)
	}
	produce(t, outsider(t, b, &told, true), "events", "a") // stays connected
	silent, err := net.Dial("tcp", b.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := b.Close(ctx); err != nil {
		t.Errorf("close: %v", err)
	}
	if _, err := net.Dial("tcp", b.Addr()); err == nil {
		t.Error("the port still answers after Close")
	}
	if err := b.Store(t.Context(), "accepted", []contract.Record{record("late")}); err == nil {
		t.Error("stored after Close")
	}
}
