package health

import (
	"context"
	"maps"
	"math"
	"time"

	"github.com/passmuster/muster/internal/fitness"
	"github.com/passmuster/muster/internal/record"
)

// every is how often a sample is taken; shortest is the least time that the last one must cover to mean anything.
const (
	every    = time.Second
	shortest = 250 * time.Millisecond
)

// Source tells facts. Each call of Read is about the time since the call before; the first begins it and its facts are
// not used. Calls come from one goroutine.
type Source interface {
	// Read adds the facts that are known to facts. What is not known it leaves out.
	Read(facts map[string]float64, now time.Time)
}

// Config is what a Sampler samples, and for whom.
type Config struct {
	Began   time.Time // the plan's beginning, from which seconds are counted
	Sources []Source  // Machine() for the real ones
	Meters  []Meter   // of the drivers

	// Record keeps what was sampled, all that waited for the call before at once. It is called from one goroutine.
	Record func(seconds []record.Health, links []*record.Links) error
	Notice func(second int, signs []fitness.Sign) // nil: nobody wants to know; called when a second shows signs
}

// Sampler is a running sampler.
type Sampler struct {
	Config
	last   time.Time
	lost   int64
	writer *writer
	stop   context.CancelFunc
	ended  chan struct{}
}

// Start begins to sample. The caller must Stop it.
func Start(c Config) *Sampler {
	ctx, stop := context.WithCancel(context.Background())
	s := &Sampler{Config: c, last: time.Now(), writer: newWriter(c.Record), stop: stop, ended: make(chan struct{})}
	s.read(s.last) // the beginning of the first second
	s.links(0)
	go s.run(ctx)
	return s
}

// Stop takes a last sample and waits until everything is written, but not for ever. The error is the first that Record
// returned, or says that it did not return.
func (s *Sampler) Stop() error {
	s.stop()
	<-s.ended
	return s.writer.close()
}

// run samples at every whole second of the run. After a second that was missed it goes on with the next.
func (s *Sampler) run(ctx context.Context) {
	defer close(s.ended)
	timer := time.NewTimer(s.untilNext())
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			s.sample(time.Now(), false)
			timer.Reset(s.untilNext())
		case <-ctx.Done():
			s.sample(time.Now(), true)
			return
		}
	}
}

func (s *Sampler) untilNext() time.Duration { return every - time.Since(s.Began)%every }

// sample records the second that is over, or at the end what there is of the one under way. A last moment too short for
// its facts to mean anything still has connections to tell of.
func (s *Sampler) sample(now time.Time, final bool) {
	second := max(0, int(now.Sub(s.Began)/every))
	if !final {
		second = max(0, second-1)
	}
	l := line{links: s.links(second)}
	if !final || now.Sub(s.last) >= shortest {
		h := record.Health{Second: second, Facts: s.read(now)}
		if s.lost > 0 {
			h.Facts[record.HealthLost] = float64(s.lost)
		}
		s.addLinks(h.Facts, l.links)
		s.notice(h)
		l.health = &h
	}
	switch {
	case !s.writer.put(l):
		s.lost++
	case l.health != nil:
		s.lost = 0 // it says so
	}
}

// read asks all sources and rounds what they say: a file of measurements needs no sixteen digits.
func (s *Sampler) read(now time.Time) map[string]float64 {
	facts := map[string]float64{record.Span: float64(now.Sub(s.last).Milliseconds())}
	for _, source := range s.Sources {
		source.Read(facts, now)
	}
	facts[record.WriteTime] = float64(s.writer.slowest(now).Milliseconds())
	s.last = now
	maps.DeleteFunc(facts, func(_ string, v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
	for name, v := range facts {
		facts[name] = math.Round(v*1e4) / 1e4
	}
	return facts
}

func (s *Sampler) notice(h record.Health) {
	if s.Notice == nil {
		return
	}
	if signs := fitness.Seen(h); len(signs) > 0 {
		s.Notice(h.Second, signs)
	}
}
