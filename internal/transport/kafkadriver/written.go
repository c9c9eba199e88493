package kafkadriver

import (
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// written knows when records were last written to the wire. The client tells of requests, not of the records in them, so
// that it goes by the broker that leads a record's partition: an answered record was in the newest request that was
// answered, and one without an answer in the newest that was written, or an earlier one. So the instant is never too
// early; it is too late by at most the time between two requests to one broker, when the client is slow to call back. Safe
// for concurrent use.
type written struct {
	mu       sync.RWMutex
	leaders  map[int32]int32     // by partition
	answered map[int32]time.Time // by broker: when writing began of the newest request that was answered
	begun    map[int32]time.Time // by broker: likewise of the newest that was written
}

func newWritten() *written {
	return &written{leaders: map[int32]int32{}, answered: map[int32]time.Time{}, begun: map[int32]time.Time{}}
}

// since returns when a partition's records that were queued at an instant were written. When the client tells of no
// request since then, it is the instant itself: what was refused before it was written was last heard of there.
func (w *written) since(partition int32, queued time.Time) time.Time {
	w.mu.RLock()
	defer w.mu.RUnlock()
	leader := w.leaders[partition]
	for _, at := range []time.Time{w.answered[leader], w.begun[leader]} {
		if !at.Before(queued) {
			return at
		}
	}
	return queued
}

// OnProduceRecordPartitioned learns who leads a partition. The client calls it.
func (w *written) OnProduceRecordPartitioned(r *kgo.Record, leader int32) {
	w.mu.RLock()
	known, is := w.leaders[r.Partition]
	w.mu.RUnlock()
	if is && known == leader {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.leaders[r.Partition] = leader
}

// OnBrokerWrite notes that a request was written. The client calls it.
func (w *written) OnBrokerWrite(to kgo.BrokerMetadata, key int16, _ int, _, took time.Duration, err error) {
	if err == nil && key == int16(kmsg.Produce) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.begun[to.NodeID] = time.Now().Add(-took)
	}
}

// OnBrokerE2E notes that a request was answered. The client calls it, and only then hands out the answer.
func (w *written) OnBrokerE2E(to kgo.BrokerMetadata, key int16, e kgo.BrokerE2E) {
	if e.Err() == nil && key == int16(kmsg.Produce) && e.BytesRead > 0 {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.answered[to.NodeID] = time.Now().Add(-e.TimeToRead - e.ReadWait - e.TimeToWrite)
	}
}
