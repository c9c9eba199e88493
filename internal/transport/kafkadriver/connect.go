package kafkadriver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
	"github.com/passmuster/muster/internal/transport"
)

// How the client comes back to a broker that failed it.
const (
	firstBackoff   = 50 * time.Millisecond
	longestBackoff = 800 * time.Millisecond
	metadataMinAge = 250 * time.Millisecond // least time between two looks at who leads what
)

// connect opens a client and proves it: some broker answers, the topic is there, and the leader of each of its
// partitions answers too. Brokers are asked once each instead of for ever, all within timeout.
func connect(ctx context.Context, k target.Kafka, timeout time.Duration, opts ...kgo.Opt) (*kgo.Client, *watch, error) {
	w, err := newWatch(k, timeout)
	if err != nil {
		return nil, nil, err
	}
	mechanisms, err := w.mechanisms(k.SASL)
	if err != nil {
		return nil, nil, err
	}
	client, err := kgo.NewClient(append(opts,
		kgo.SeedBrokers(k.Brokers...),
		kgo.Dialer(w.dial),
		kgo.SASL(mechanisms...),
		kgo.WithHooks(w),
		kgo.DisableClientMetrics(), // a target is no place for telemetry about us
		kgo.RequestTimeoutOverhead(timeout/2),
		kgo.RetryTimeout(timeout),
		kgo.RetryBackoffFn(backoff),
		kgo.MetadataMinAge(metadataMinAge),
	)...)
	if err != nil {
		return nil, nil, fmt.Errorf("open kafka client: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := prove(ctx, client, w, k.Topic); err != nil {
		client.Close()
		return nil, nil, err
	}
	return client, w, nil
}

// backoff doubles from the first to the longest.
func backoff(failures int) time.Duration {
	return min(firstBackoff<<min(max(failures-1, 0), 10), longestBackoff)
}

// mechanisms turns the target's SASL section into the client's, watched.
func (w *watch) mechanisms(s *target.SASL) ([]sasl.Mechanism, error) {
	switch {
	case s == nil:
		return nil, nil
	case s.Mechanism == plainMechanism:
		auth := plain.Auth{User: s.Username, Pass: s.Password.Reveal()}
		return []sasl.Mechanism{watched{auth.AsMechanism(), w}}, nil
	case s.Mechanism != "scram-sha-256":
		return nil, fmt.Errorf("connect to kafka: sasl mechanism %q, want scram-sha-256", s.Mechanism)
	}
	auth := scram.Auth{User: s.Username, Pass: s.Password.Reveal()}
	return []sasl.Mechanism{watched{auth.AsSha256Mechanism(), w}}, nil
}

// prove asks each given broker until one answers, then each leader.
func prove(ctx context.Context, client *kgo.Client, w *watch, topic string) error {
	seeds := client.SeedBrokers()
	if len(seeds) == 0 {
		return errors.New("connect to kafka: no broker given")
	}
	var err error
	for i, seed := range seeds {
		if err = askWithin(ctx, seed, w, len(seeds)-i); err == nil {
			break
		}
	}
	if err != nil {
		return err
	}
	leaders, err := awaitLeaders(ctx, client, w, topic)
	if err != nil {
		return err
	}
	for i, id := range leaders {
		if err := askWithin(ctx, client.Broker(int(id)), w, len(leaders)-i); err != nil {
			return err
		}
	}
	return nil
}

// askWithin has one broker answer a request for nothing. It may take a fair share of what is left of ctx.
func askWithin(ctx context.Context, b *kgo.Broker, w *watch, share int) error {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(deadline)/time.Duration(share))
		defer cancel()
	}
	req := kmsg.NewPtrMetadataRequest()
	req.Topics = []kmsg.MetadataRequestTopic{} // none, as against nil, which is all
	if _, err := b.Request(ctx, req); err != nil {
		return w.explain(ctx, err)
	}
	return nil
}

// awaitLeaders returns the brokers that lead partitions of the topic. A topic that has just been made may have no
// leader for a moment, which is waited for.
func awaitLeaders(ctx context.Context, client *kgo.Client, w *watch, topic string) ([]int32, error) {
	for tries := 1; ; tries++ {
		parts, err := describe(ctx, client, topic)
		switch {
		case err == nil:
			return leadersOf(parts), nil
		case ctx.Err() != nil || !retriable(err):
			return nil, w.explain(ctx, err)
		}
		select {
		case <-ctx.Done():
			return nil, w.explain(ctx, err)
		case <-time.After(backoff(tries)):
		}
	}
}

// retriable says whether a topic may be there the next time. A topic that is not known now counts as unknown.
func retriable(err error) bool {
	return kerr.IsRetriable(err) && !errors.Is(err, kerr.UnknownTopicOrPartition)
}

// describe asks for the partitions of a topic, without having it made.
func describe(ctx context.Context, client *kgo.Client, topic string) ([]kmsg.MetadataResponseTopicPartition, error) {
	req := kmsg.NewPtrMetadataRequest()
	req.AllowAutoTopicCreation = false
	asked := kmsg.NewMetadataRequestTopic()
	asked.Topic = kmsg.StringPtr(topic)
	req.Topics = append(req.Topics, asked)
	resp, err := req.RequestWith(ctx, client)
	if err != nil {
		return nil, err
	}
	if len(resp.Topics) != 1 {
		return nil, fmt.Errorf("describe topic %q: the broker answered about %d topics", topic, len(resp.Topics))
	}
	if err := kerr.ErrorForCode(resp.Topics[0].ErrorCode); err != nil {
		return nil, fmt.Errorf("describe topic %q: %w", topic, err)
	}
	for _, p := range resp.Topics[0].Partitions {
		if p.Leader < 0 {
			return nil, fmt.Errorf("describe topic %q: partition %d: %w", topic, p.Partition, kerr.LeaderNotAvailable)
		}
	}
	return resp.Topics[0].Partitions, nil
}

func leadersOf(parts []kmsg.MetadataResponseTopicPartition) []int32 {
	var ids []int32
	for _, p := range parts {
		ids = append(ids, p.Leader)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// ConnectError says why a client could not be opened. A broker that refuses a departure is told this way, too.
type ConnectError struct {
	Class  contract.Class // auth, tls, dial, topic, timeout, reset, cancelled, generator, protocol or server-error
	Broker string         // the address that was tried last; empty when none was
	Stage  string         // what was being done, such as "dial"
	Err    error
}

// Error is one line without a secret.
func (e *ConnectError) Error() string {
	return fmt.Sprintf("connect to kafka broker %q: %s: %s (%s)", e.Broker, e.Stage, transport.OneLine(e.Err.Error()), e.Class)
}

// Unwrap returns the cause.
func (e *ConnectError) Unwrap() error { return e.Err }
