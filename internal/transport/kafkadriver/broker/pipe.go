package broker

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/passmuster/muster/internal/contract"
)

// Each turns one record that a client produced into the records to store for it: none, one or more. The records it
// gets and gives are not kept by the pipe beyond their storage, and it must not keep those it gets.
type Each func(contract.Record) []contract.Record

// pipe moves records from one topic to another.
type pipe struct {
	reader *kgo.Client
	writer *kgo.Client
	to     string
	each   Each
	counts *counts
	ended  chan struct{}
	stop   context.CancelFunc
}

// Pipe hands every record that reaches the topic from, past and future, to each, and stores what it returns in the
// topic to. Records of one partition are handed over one after the other in their order, and what comes of them is
// stored in that order for each key; each is never called from two goroutines at once. The pipe runs until Close.
func (b *Broker) Pipe(from, to string, each Each) error {
	reader, err := b.client(
		kgo.ConsumeTopics(from),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.DisableFetchSessions(), // to end one takes up to a second, and what it saves is nothing within a process
	)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	p := &pipe{
		reader: reader, writer: b.writer, to: to, each: each, counts: &b.counts,
		ended: make(chan struct{}), stop: stop,
	}
	b.mu.Lock()
	b.pipes = append(b.pipes, p)
	b.mu.Unlock()
	go p.run(ctx)
	return nil
}

// run reads until it is stopped. Storing takes place in the background, bounded by the writer's buffer: when that is
// full, reading waits.
func (p *pipe) run(ctx context.Context) {
	defer close(p.ended)
	for {
		fetches := p.reader.PollRecords(ctx, maxBuffered)
		if ctx.Err() != nil || fetches.IsClientClosed() {
			return
		}
		fetches.EachError(func(topic string, partition int32, err error) {
			p.counts.lose(fmt.Errorf("read topic %q, partition %d: %w", topic, partition, err))
		})
		fetches.EachRecord(p.pass)
	}
}

// pass stores what comes of one record. The end of the pipe does not cut it short.
func (p *pipe) pass(r *kgo.Record) {
	p.counts.pipedIn.Add(1)
	for _, out := range p.each(contract.Record{Key: r.Key, Value: r.Value}) {
		p.writer.Produce(context.Background(), &kgo.Record{Topic: p.to, Key: out.Key, Value: out.Value}, p.stored)
	}
}

// stored hears what became of a record.
func (p *pipe) stored(_ *kgo.Record, err error) {
	if err != nil {
		p.counts.lose(fmt.Errorf("store in topic %q: %w", p.to, err))
		return
	}
	p.counts.pipedOut.Add(1)
}

// close stops reading and waits until the last record that was read is on its way, or until ctx ends.
func (p *pipe) close(ctx context.Context) error {
	p.stop()
	defer p.reader.Close()
	select {
	case <-p.ended:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("close pipe into topic %q: %w", p.to, ctx.Err())
	}
}
