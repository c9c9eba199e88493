package kafkadriver

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
)

// fetchBytes bounds what a broker hands out at a time, and so what is fetched ahead of whoever reads.
const fetchBytes = 8 << 20

// Reader is a transport.Reader over all partitions of a topic, without a consumer group: it leaves no trace on the
// target. It is not safe for concurrent use.
type Reader struct {
	client *kgo.Client
	topic  string
	next   map[int32]int64         // per partition: the offset after the last one read
	early  map[int32][]*kgo.Record // fetched, but stored after the Read that was then under way had begun
}

// NewReader connects and fixes where reading begins, as of this call: at the end of the topic with fromEnd, otherwise
// at the oldest record that is still there. Errors are as for New, within ctx and DefaultTimeout.
func NewReader(ctx context.Context, k target.Kafka, fromEnd bool) (*Reader, error) {
	client, _, err := connect(ctx, k, DefaultTimeout,
		kgo.ClientID(DefaultClientID),
		kgo.ConsumeResetOffset(kgo.NoResetOffset()), // what has vanished is an error, never skipped
		kgo.KeepControlRecords(),                    // they take offsets, so an end may lie behind one
		kgo.FetchMaxBytes(fetchBytes),
	)
	if err != nil {
		return nil, err
	}
	r := &Reader{client: client, topic: k.Topic, next: map[int32]int64{}, early: map[int32][]*kgo.Record{}}
	at := int64(oldest)
	if fromEnd {
		at = newest
	}
	start, err := listOffsets(ctx, client, k.Topic, at)
	if err != nil {
		client.Close()
		return nil, err
	}
	r.follow(start)
	return r, nil
}

// follow begins to fetch partitions that were not known before.
func (r *Reader) follow(start map[int32]int64) {
	fresh := map[int32]kgo.Offset{}
	for p, offset := range start {
		if _, known := r.next[p]; !known {
			r.next[p] = offset
			fresh[p] = kgo.NewOffset().At(offset)
		}
	}
	if len(fresh) > 0 {
		r.client.AddConsumePartitions(map[string]map[int32]kgo.Offset{r.topic: fresh})
	}
}

// Read implements transport.Reader. After an error from yield the record that it was given counts as read.
func (r *Reader) Read(ctx context.Context, yield func(contract.Stored) error) error {
	end, err := r.ends(ctx)
	if err != nil {
		return err
	}
	early := r.early
	r.early = map[int32][]*kgo.Record{}
	if err := r.passAll(early, end, yield); err != nil {
		return err
	}
	for r.behind(end) {
		fetched := r.client.PollFetches(ctx)
		if err := r.passAll(byPartition(fetched), end, yield); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return fmt.Errorf("read topic %q: %w", r.topic, ctx.Err())
		}
		for _, fault := range fetched.Errors() {
			return fmt.Errorf("read topic %q, partition %d: %w", r.topic, fault.Partition, fault.Err)
		}
	}
	return nil
}

func byPartition(fetched kgo.Fetches) map[int32][]*kgo.Record {
	records := map[int32][]*kgo.Record{}
	fetched.EachPartition(func(f kgo.FetchTopicPartition) {
		records[f.Partition] = append(records[f.Partition], f.Records...)
	})
	return records
}

// ends returns the end of every partition as of now. Partitions that the topic has gained are read from their start.
func (r *Reader) ends(ctx context.Context) (map[int32]int64, error) {
	end, err := listOffsets(ctx, r.client, r.topic, newest)
	if err != nil {
		return nil, err
	}
	if len(end) > len(r.next) {
		start, err := listOffsets(ctx, r.client, r.topic, oldest)
		if err != nil {
			return nil, err
		}
		r.follow(start)
	}
	return end, nil
}

// behind says whether some partition is not read up to its end.
func (r *Reader) behind(end map[int32]int64) bool {
	for p, offset := range end {
		if r.next[p] < offset {
			return true
		}
	}
	return false
}

// passAll passes on the records of every partition. After an error it puts them by, for they will not be fetched again.
func (r *Reader) passAll(all map[int32][]*kgo.Record, end map[int32]int64, yield func(contract.Stored) error) error {
	var failed error
	for p, records := range all {
		if failed == nil {
			failed = r.pass(p, records, end[p], yield)
		} else {
			r.early[p] = append(r.early[p], records...)
		}
	}
	return failed
}

// pass yields the records before end, in order, and puts the rest by for the next Read.
func (r *Reader) pass(p int32, records []*kgo.Record, end int64, yield func(contract.Stored) error) error {
	for i, rec := range records {
		if rec.Offset >= end {
			r.early[p] = append(r.early[p], records[i:]...)
			return nil
		}
		r.next[p] = rec.Offset + 1
		if rec.Attrs.IsControl() {
			continue
		}
		if err := yield(contract.Stored{ID: string(rec.Key), Value: rec.Value, Partition: int(p) + 1}); err != nil {
			r.early[p] = append(r.early[p], records[i+1:]...)
			return err
		}
	}
	return nil
}

// Tails implements transport.Tail: the broker hands out what is new and nothing else.
func (r *Reader) Tails() {}

// Close implements transport.Reader.
func (r *Reader) Close() { r.client.Close() }
