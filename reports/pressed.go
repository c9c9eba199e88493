package reports

import (
	"encoding/binary"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/passmuster/muster/internal/record"
)

// pressed is a histogram of the record's format in a few hundred bytes in place of 27 kB: for each bucket that is not empty
// how far it is from the one before, and its count, as varints. It is never changed, so it may be shared. Nil is empty.
type pressed []byte

// press returns h in its small form. What has other buckets than the record's format would be read as something else, so
// the caller must have merged it with one that has them before.
func press(h *hdrhistogram.Histogram) pressed {
	if h == nil || h.TotalCount() == 0 {
		return nil
	}
	var b builder
	for i, n := range h.Export().Counts {
		if n > 0 {
			b.put(i, n)
		}
	}
	return b.p
}

// plus returns the exact sum of both.
func (p pressed) plus(q pressed) pressed {
	switch {
	case len(p) == 0:
		return q
	case len(q) == 0:
		return p
	}
	b := builder{p: make(pressed, 0, len(p)+len(q))}
	left, right := newWalker(p), newWalker(q)
	for left.more || right.more {
		switch {
		case !right.more || left.more && left.bucket < right.bucket:
			b.put(left.bucket, left.count)
			left.next()
		case !left.more || right.bucket < left.bucket:
			b.put(right.bucket, right.count)
			right.next()
		default:
			b.put(left.bucket, left.count+right.count)
			left.next()
			right.next()
		}
	}
	return b.p
}

// histogram returns what was pressed; nil when it was empty.
func (p pressed) histogram() *hdrhistogram.Histogram {
	if len(p) == 0 {
		return nil
	}
	counts := make([]int64, 0, 2048)
	for w := newWalker(p); w.more; w.next() {
		counts = append(append(counts, make([]int64, w.bucket-len(counts))...), w.count)
	}
	return record.HistogramOf(counts)
}

// builder writes a pressed histogram, bucket by bucket in their order.
type builder struct {
	p    pressed
	next int // the bucket behind the last
}

func (b *builder) put(bucket int, count int64) {
	b.p = binary.AppendUvarint(b.p, uint64(bucket-b.next))
	b.p = binary.AppendUvarint(b.p, uint64(count))
	b.next = bucket + 1
}

// walker goes over a pressed histogram.
type walker struct {
	rest   pressed
	bucket int
	count  int64
	more   bool // bucket and count are of one that was not yet seen
}

func newWalker(p pressed) *walker {
	w := &walker{rest: p, bucket: -1}
	w.next()
	return w
}

func (w *walker) next() {
	if w.more = len(w.rest) > 0; !w.more {
		return
	}
	gap, n := binary.Uvarint(w.rest)
	count, m := binary.Uvarint(w.rest[n:])
	w.rest = w.rest[n+m:]
	w.bucket, w.count = w.bucket+1+int(gap), int64(count)
}
