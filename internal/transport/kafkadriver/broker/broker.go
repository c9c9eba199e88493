package broker

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"golang.org/x/net/netutil"
)

// startTimeout bounds how long Start waits until the broker answers its own client.
const startTimeout = 10 * time.Second

// Broker is one running broker. It is safe for concurrent use; the caller closes it.
type Broker struct {
	cfg     Config
	caPEM   []byte
	ln      *listener
	cluster *kfake.Cluster
	writer  *kgo.Client // what Store and the pipes produce with

	mu     sync.Mutex
	pipes  []*pipe
	counts counts
	closed sync.Once
	failed error // what Close returned
}

// Start listens, starts the broker, and returns once it answers. An address that is in use is one error that names it.
// The broker lives until Close, beyond the end of ctx.
func Start(ctx context.Context, cfg Config) (*Broker, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	inner, err := listen(ctx, cfg.Addr)
	if err != nil {
		return nil, err
	}
	b := &Broker{cfg: cfg}
	if err := b.start(ctx, inner); err != nil {
		return nil, errors.Join(err, b.abandon(ctx))
	}
	return b, nil
}

// abandon closes what a failed start got to, also when ctx, having ended, was the reason of the failure.
func (b *Broker) abandon(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), startTimeout)
	defer cancel()
	return b.Close(ctx)
}

// start brings up everything behind the listening socket; what it got to before an error, Close takes down.
func (b *Broker) start(ctx context.Context, inner net.Listener) error {
	host, _, _ := net.SplitHostPort(b.cfg.Addr) // withDefaults has checked it
	server, caPEM, err := identity(host)
	if err != nil {
		return errors.Join(fmt.Errorf("start broker: %w", err), inner.Close())
	}
	b.caPEM = caPEM
	b.ln = newListener(inner, server, newGate(b.cfg.Allow))
	if b.cluster, err = kfake.NewCluster(b.options()...); err != nil {
		return fmt.Errorf("start broker: %w", err)
	}
	b.cluster.ControlKey(int16(kmsg.SASLHandshake), onlyMechanism(b.cluster.KeepControl, b.cfg.Allow.plain()))
	b.cfg.Allow.impose(b.cluster, b.cfg.told())
	b.cfg.Refuse.impose(b.cluster, b.cfg.MaxMessageBytes)
	if b.writer, err = b.client(producing(b.cfg)...); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := b.writer.Ping(ctx); err != nil {
		return fmt.Errorf("start broker: no answer to its own client: %w", err)
	}
	return nil
}

// maxConnections bounds the connections open at once, the broker's own included; further ones wait until one closes.
const maxConnections = 16 << 10

// options says all of it in kfake's words.
func (b *Broker) options() []kfake.Opt {
	opts := append(b.cfg.Allow.options(b.cfg.told()),
		kfake.NumBrokers(1),
		kfake.ClusterID("muster-reference"),
		kfake.ListenFn(func(string, string) (net.Listener, error) { return netutil.LimitListener(b.ln, maxConnections), nil }),
		kfake.BrokerConfigs(map[string]string{"message.max.bytes": strconv.Itoa(b.cfg.MaxMessageBytes)}),
	)
	for name, partitions := range b.cfg.Topics {
		opts = append(opts, kfake.SeedTopics(partitions, name))
	}
	return opts
}

// Addr returns host:port as clients dial it.
func (b *Broker) Addr() string { return b.ln.Addr().String() }

// CAPEM returns the certificate authority that a client has to trust. The caller must not change it.
func (b *Broker) CAPEM() []byte { return b.caPEM }

// Close ends the pipes once they have passed on what they read, then the clients, the connections and the broker. It
// returns when all of it is over or ctx has ended, with what was lost. From the second time on it returns the same.
func (b *Broker) Close(ctx context.Context) error {
	b.closed.Do(func() { b.failed = b.shut(ctx) })
	return b.failed
}

func (b *Broker) shut(ctx context.Context) error {
	var faults []error
	b.mu.Lock()
	pipes := b.pipes
	b.mu.Unlock()
	for _, p := range pipes {
		faults = append(faults, p.close(ctx))
	}
	if b.writer != nil {
		if err := b.writer.Flush(ctx); err != nil {
			faults = append(faults, fmt.Errorf("close broker: records not stored yet: %w", err))
		}
		b.writer.Close()
	}
	if b.cluster != nil {
		b.cluster.Close()
	}
	if b.ln != nil {
		_ = b.ln.Close() // the cluster may have closed it already
		faults = append(faults, b.ln.wait(ctx))
	}
	return errors.Join(append(faults, b.counts.err())...)
}
