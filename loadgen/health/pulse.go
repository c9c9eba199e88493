package health

import (
	"sync"
	"time"

	"github.com/passmuster/muster/internal/record"
)

// Pulse is what the engine tells of itself, about once a second. Counts are of what happened since the Pulse before.
type Pulse struct {
	Slots, InFlight, PeakInFlight, Workers, Backlog int
	Exhausted, WorkersAtCap, CoarseFrames           int64
}

// Engine is the engine as a source: it keeps what was told until the next sample. Safe for concurrent use.
type Engine struct {
	mu    sync.Mutex
	now   Pulse
	heard time.Time // zero: nothing yet
}

// Tell takes a pulse.
func (e *Engine) Tell(p Pulse) {
	e.mu.Lock()
	defer e.mu.Unlock()
	p.Exhausted += e.now.Exhausted
	p.WorkersAtCap += e.now.WorkersAtCap
	p.CoarseFrames += e.now.CoarseFrames
	p.PeakInFlight = max(p.PeakInFlight, e.now.PeakInFlight)
	e.now, e.heard = p, time.Now()
}

// Read tells nothing before the first pulse. Two pulses between samples count as one, and a pulse that is older than the
// sample before counts nothing again.
func (e *Engine) Read(facts map[string]float64, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.heard.IsZero() {
		return
	}
	p := e.now
	for name, v := range map[string]int{
		record.Slots: p.Slots, record.InFlight: p.InFlight, record.PeakInFlight: p.PeakInFlight, record.Workers: p.Workers, record.Backlog: p.Backlog,
	} {
		facts[name] = float64(v)
	}
	for name, n := range map[string]int64{
		record.Exhausted: p.Exhausted, record.WorkersAtCap: p.WorkersAtCap, record.CoarseFrames: p.CoarseFrames,
	} {
		facts[name] = float64(n)
	}
	facts[record.PulseAge] = float64(now.Sub(e.heard).Milliseconds())
	e.now.Exhausted, e.now.WorkersAtCap, e.now.CoarseFrames, e.now.PeakInFlight = 0, 0, 0, 0
}
