package loadgen

import (
	"bytes"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/loadgen/engine"
	"github.com/passmuster/muster/loadgen/plan"
)

// kept is a SampleRecorder in memory. While it is blocked it takes nothing.
type kept struct {
	mu      sync.Mutex
	head    record.SamplesHead
	records bytes.Buffer
	fault   error
	blocked chan struct{} // nil: never
}

func (k *kept) SamplesHead(h record.SamplesHead) error {
	k.head = h
	return k.fault
}

func (k *kept) Samples(records []byte) error {
	if k.blocked != nil {
		<-k.blocked
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.records.Write(records)
	return k.fault
}

func (k *kept) count() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.records.Len() / record.SampleSize
}

// sampleAt is a heartbeat that was answered after 3 ms, due at an instant of a plan that began at began.
func sampleAt(began time.Time, at time.Duration) *engine.Sample {
	planned := began.Add(at)
	return &engine.Sample{
		Due: plan.Due{At: at, Player: 7}, Operation: "playtime.heartbeat", Planned: planned, Fired: planned.Add(time.Millisecond),
		Message: &contract.Message{Body: make([]byte, 300)},
		Reply: &contract.Reply{Outcome: contract.Failed, Class: contract.ClassServer, Status: 503,
			Sent: planned.Add(2 * time.Millisecond), Done: planned.Add(3 * time.Millisecond)},
	}
}

func TestSamplesAreWrittenWithinASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to := &kept{}
		began := time.Now()
		s := newSamples(to, []string{"playtime.start", "playtime.heartbeat"}, 1)
		s.done(sampleAt(began, 5*time.Second))
		time.Sleep(samplesEvery)
		synctest.Wait()
		if to.count() != 1 {
			t.Errorf("after a second %d samples are written, want 1", to.count())
		}
		dropped, err := s.close()
		if dropped != 0 || err != nil || !to.head.Began.Equal(began) {
			t.Errorf("dropped %d, %v; began %v, want %v", dropped, err, to.head.Began, began)
		}
		want := record.AppendSample(nil, record.Sample{
			Planned: 5 * time.Second, Fired: 5*time.Second + time.Millisecond, Sent: 5*time.Second + 2*time.Millisecond,
			Done: 5*time.Second + 3*time.Millisecond, Player: 7, Bytes: 300, Status: 503, Operation: 1,
			Outcome: uint8(contract.Failed), Class: s.class[contract.ClassServer],
		})
		if !bytes.Equal(to.records.Bytes(), want) {
			t.Errorf("wrote\n%x, want\n%x", to.records.Bytes(), want)
		}
	})
}

// A disk that takes nothing for a while costs samples, never time; those that were not kept are counted.
func TestASlowDiskCostsSamplesAndNoTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to := &kept{blocked: make(chan struct{})}
		s := newSamples(to, []string{"playtime.heartbeat"}, 1)
		sample := sampleAt(time.Now(), 0)
		const room = samplesChunks * (samplesChunk / record.SampleSize)
		const more = 1000
		for range room + more {
			s.done(sample)
		}
		close(to.blocked)
		dropped, err := s.close()
		if err != nil || dropped == 0 || dropped > more+samplesChunk/record.SampleSize || to.count()+int(dropped) != room+more {
			t.Errorf("kept %d and dropped %d of %d, %v", to.count(), dropped, room+more, err)
		}
	})
}

func TestSamplesOfAFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to := &kept{fault: errors.New("no space left on device")}
		s := newSamples(to, []string{"playtime.heartbeat"}, 1)
		for range 5000 {
			s.done(sampleAt(time.Now(), 0))
		}
		if _, err := s.close(); !errors.Is(err, to.fault) {
			t.Errorf("got %v, want the disk's error", err)
		}
	})
}
