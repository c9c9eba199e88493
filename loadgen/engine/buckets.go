package engine

import (
	"math/bits"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/passmuster/muster/internal/record"
)

// buckets gathers durations in microseconds in the buckets that the record's histograms have, of which it becomes one.
// Adding takes a nanosecond or two and no memory. Not safe for concurrent use.
type buckets struct {
	counts  []uint32 // nil until something is added
	low, up int      // the buckets in use are in [low, up)
}

// The record's histograms hold two significant digits: the values below 2^linearBits have a bucket each, and above
// every power of two is divided into half as many.
const (
	linearBits = 8
	half       = 1 << (linearBits - 1)
	longest    = int64(time.Hour / time.Microsecond) // what is longer counts as this
)

// place returns the bucket of a value.
func place(us int64) int {
	shift := bits.Len64(uint64(us)|(1<<linearBits-1)) - linearBits
	return shift*half + int(us>>shift)
}

// floor returns the lowest value of a bucket.
func floor(place int) int64 {
	if place < 2*half {
		return int64(place)
	}
	shift := place/half - 1
	return int64(place-shift*half) << shift
}

// add records a duration. What is outside the range counts as its end.
func (b *buckets) add(d time.Duration) {
	if b.counts == nil {
		b.counts = make([]uint32, place(longest)+1)
		b.low = len(b.counts)
	}
	i := place(min(max(int64(d/time.Microsecond), 0), longest))
	b.counts[i]++
	b.low, b.up = min(b.low, i), max(b.up, i+1)
}

// empty says whether nothing was added since it was last moved.
func (b *buckets) empty() bool { return b.up == 0 }

// move adds everything to h, which has the record's buckets, and starts afresh.
func (b *buckets) move(h *hdrhistogram.Histogram) {
	for i := b.low; i < b.up; i++ {
		if n := b.counts[i]; n != 0 {
			_ = h.RecordValues(floor(i), int64(n)) // it refuses only what is out of range
			b.counts[i] = 0
		}
	}
	b.low, b.up = len(b.counts), 0
}

// span is one of the times that are measured of an action.
type span int

const (
	response span = iota
	service
	lag
	lagPacer
	lagHandOff
	lagWorker
	lagLane
	lagConnect
	kafkaBuffer
	kafkaLinger
	kafkaBroker
	failedResponse
	failedService
	spans
)

// part returns what a frame calls a span that is one of its parts.
func (s span) part() string {
	return [spans]string{
		lagPacer: record.LagPacer, lagHandOff: record.LagHandOff, lagWorker: record.LagWorker, lagLane: record.LagLane, lagConnect: record.LagConnect,
		kafkaBuffer: record.KafkaBuffer, kafkaLinger: record.KafkaLinger, kafkaBroker: record.KafkaBroker,
		failedResponse: record.FailedResponse, failedService: record.FailedService,
	}[s]
}
