package loadgen

import (
	"fmt"
	"sync"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/loadgen/engine"
)

// Bounds on the samples that wait for the disk: 16 MiB in all.
const (
	samplesChunk  = 64 << 10
	samplesChunks = 256
	samplesEvery  = time.Second // what is in a chunk that is not full waits no longer
)

// SampleRecorder keeps every action of a run. Calls come from one goroutine.
type SampleRecorder interface {
	SamplesHead(h record.SamplesHead) error
	Samples(records []byte) error
}

// samples hands every action to a goroutine that writes. Whoever measures never waits for the disk: when all chunks are
// waiting to be written, samples are counted instead of kept, and the run says how many. Safe for concurrent use.
type samples struct {
	to        SampleRecorder
	head      record.SamplesHead
	operation map[string]uint8
	class     map[contract.Class]uint8
	timeScale float64

	mu      sync.Mutex
	began   time.Time // the wall instant of the plan's beginning
	chunk   []byte
	dropped int64

	full, free chan []byte
	stop       chan struct{}
	ended      chan error
}

// newSamples begins to write. Operations are all that the run can have.
func newSamples(to SampleRecorder, operations []string, timeScale float64) *samples {
	s := &samples{
		to: to, timeScale: timeScale, operation: map[string]uint8{}, class: map[contract.Class]uint8{},
		full: make(chan []byte, samplesChunks), free: make(chan []byte, samplesChunks),
		stop: make(chan struct{}), ended: make(chan error, 1),
	}
	for i, name := range operations {
		s.operation[name] = uint8(i)
	}
	s.head.Operations = operations
	for o := range contract.Outcome(contract.Outcomes) {
		s.head.Outcomes = append(s.head.Outcomes, o.String())
	}
	for i, c := range contract.Classes() {
		s.class[c] = uint8(i)
		s.head.Classes = append(s.head.Classes, string(c))
	}
	for range samplesChunks - 1 {
		s.free <- nil // made when they are first needed
	}
	s.chunk = make([]byte, 0, samplesChunk)
	go func() { s.ended <- s.write() }()
	return s
}

// done takes up an action.
func (s *samples) done(a *engine.Sample) {
	planned := time.Duration(float64(a.Due.At) / s.timeScale)
	since := func(at time.Time) time.Duration {
		if at.IsZero() {
			return 0
		}
		return planned + at.Sub(a.Planned)
	}
	one := record.Sample{
		Planned: planned, Fired: since(a.Fired), Sent: since(a.Reply.Sent), Done: since(a.Reply.Done),
		Player: a.Due.Player, Session: a.Due.Session, Bytes: size(a.Message), Status: int16(a.Reply.Status),
		Operation: s.operation[a.Operation], Outcome: uint8(a.Reply.Outcome), Class: s.class[a.Reply.Class],
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.began.IsZero() {
		s.began = a.Planned.Add(-planned)
	}
	if s.chunk == nil && !s.refill() {
		s.dropped++
		return
	}
	s.chunk = record.AppendSample(s.chunk, one)
	if cap(s.chunk)-len(s.chunk) < record.SampleSize {
		s.hand()
	}
}

// size is how many bytes a message carries.
func size(m *contract.Message) uint32 {
	n := len(m.Body)
	for _, r := range m.Records {
		n += len(r.Key) + len(r.Value)
	}
	return uint32(n)
}

// refill takes an empty chunk, if one is free.
func (s *samples) refill() bool {
	select {
	case s.chunk = <-s.free:
		if s.chunk == nil {
			s.chunk = make([]byte, 0, samplesChunk)
		}
		return true
	default:
		return false
	}
}

// hand passes the chunk on. There is room for all of them.
func (s *samples) hand() {
	s.full <- s.chunk
	s.chunk = nil
	s.refill()
}

// write writes chunks until the end. After an error it takes them all the same, so that nobody waits.
func (s *samples) write() error {
	tick := time.NewTicker(samplesEvery)
	defer tick.Stop()
	var err error
	headed := false
	put := func(chunk []byte) {
		if err == nil && !headed {
			headed = true
			s.mu.Lock()
			s.head.Began = s.began
			s.mu.Unlock()
			err = s.to.SamplesHead(s.head)
		}
		if err == nil {
			err = s.to.Samples(chunk)
		}
		s.free <- chunk[:0]
	}
	for {
		select {
		case chunk := <-s.full:
			put(chunk)
		case <-tick.C:
			s.flush()
		case <-s.stop:
			s.flush()
			for len(s.full) > 0 {
				put(<-s.full)
			}
			return err
		}
	}
}

// flush passes on a chunk that is not full.
func (s *samples) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.chunk) > 0 {
		s.hand()
	}
}

// close writes what is left, after the last done, and returns how many samples were not kept. Of no samples it does
// nothing.
func (s *samples) close() (dropped int64, err error) {
	if s == nil {
		return 0, nil
	}
	close(s.stop)
	if err = <-s.ended; err != nil {
		err = fmt.Errorf("keep samples: %w", err)
	}
	return s.dropped, err
}
