package loadgen

import (
	"sync"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/loadgen/engine"
)

// samplesKept bounds how many failures are kept of one operation and class.
const samplesKept = 20

// failures samples exchanges that were not acknowledged: the first few of each operation and class. Safe for concurrent
// use.
type failures struct {
	curl func(*contract.Message) string

	mu      sync.Mutex
	taken   map[kindOfFailure]int
	pending []record.Failure // taken and not yet written
}

type kindOfFailure struct {
	operation string
	class     contract.Class
}

func newFailures(curl func(*contract.Message) string) *failures {
	return &failures{curl: curl, taken: map[kindOfFailure]int{}}
}

func (f *failures) done(s *engine.Sample) {
	if s.Reply.Outcome == contract.Acknowledged {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	kind := kindOfFailure{s.Operation, s.Reply.Class}
	if f.taken[kind] >= samplesKept {
		return
	}
	f.taken[kind]++
	sample := record.Failure{
		Version: record.Version, Second: s.Second, Operation: s.Operation,
		Class: string(s.Reply.Class), Status: s.Reply.Status, Detail: s.Reply.Detail,
	}
	if f.curl != nil {
		sample.Curl = f.curl(s.Message)
	}
	f.pending = append(f.pending, sample)
}

// write hands over what was sampled since the last call.
func (f *failures) write(to Recorder) error {
	f.mu.Lock()
	pending := f.pending
	f.pending = nil
	f.mu.Unlock()
	for _, sample := range pending {
		if err := to.Failure(sample); err != nil {
			return err
		}
	}
	return nil
}
