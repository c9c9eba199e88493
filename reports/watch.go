package reports

import (
	"fmt"
	"sync"
	"time"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/scenarios"
)

// Watch follows a load run while it goes on, and finds the first of its thresholds with abort that is broken for good:
// one over windows by the first window that breaks it, one over the whole run as soon as it can no longer be met, whatever
// becomes of the actions that are still to come. It watches a run directory (record.Observer) for the plan and the frames,
// and is told by Closed when a second is on record in full. Safe for concurrent use; it has no clock.
type Watch struct {
	mu    sync.Mutex
	plan  *record.LoadPlan
	tests []*test
	found *Breach
}

// Breach is a threshold that was broken for good while the run went on. It is the cause with which the run is cancelled.
type Breach struct{ record.Abort }

// Error says which threshold it was, and when and how it was broken.
func (b *Breach) Error() string {
	return fmt.Sprintf("threshold %q is broken in second %d: %s", b.Threshold, b.Second, b.Measured)
}

// Observe takes up the plan and the frames of the run.
func (w *Watch) Observe(e record.Entry) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if e.Manifest != nil && e.Manifest.Load != nil && w.plan == nil {
		w.begin(e.Manifest.Load)
	}
	for _, f := range e.Frames {
		for _, t := range w.tests {
			t.add(f)
		}
	}
}

func (w *Watch) begin(plan *record.LoadPlan) {
	w.plan = plan
	for _, text := range plan.Thresholds {
		if c, err := scenarios.Threshold(text).Parse(); err == nil && c.Abort {
			w.tests = append(w.tests, newTest(c, plan))
		}
	}
}

// Closed tells that all seconds before this one are on record, and returns the threshold that is broken for good by now;
// nil when none is. Known is what read-back has found out so far, nil when it does not follow the run. What was found
// first stays.
func (w *Watch) Closed(second int, known *record.Ledger) *Breach {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range w.tests {
		if w.found != nil {
			break
		}
		if at, measured := t.broken(second, known); measured != "" {
			w.found = &Breach{record.Abort{
				Threshold: t.c.Text, Second: at, Of: int(w.plan.PlannedWall.Round(time.Second) / time.Second), Measured: measured,
			}}
		}
	}
	return w.found
}

// test is what a Watch knows of one condition.
type test struct {
	c       scenarios.Condition
	planned int64    // actions that the condition is about
	sum     amount   // of a condition over the whole run
	windows *windows // of all others; they wait for whole seconds, because half of one may look worse than the whole
}

func newTest(c scenarios.Condition, plan *record.LoadPlan) *test {
	t := &test{c: c, windows: newWindows(c, plan.Warmup)}
	for name, n := range plan.Planned {
		if c.Operation == "" || c.Operation == name {
			t.planned += int64(n)
		}
	}
	return t
}

func (t *test) add(f *record.Frame) {
	if t.c.Window > 0 {
		t.windows.add(f)
		return
	}
	t.sum.add(t.c, f, t.windows.warming(f.Second))
}

// broken returns what was measured when the condition is broken for good by the end of the seconds before this one, and
// at whose end it was.
func (t *test) broken(second int, known *record.Ledger) (at int, measured string) {
	switch {
	case t.c.OfLedger():
		if known != nil && grown(t.c, ofLedger(t.c, known)) {
			return second, inUnit(t.c.Unit, ofLedger(t.c, known)) + " so far"
		}
	case t.c.Window > 0:
		return t.brokenWindow(second)
	case hopeless(t.c, t.sum, t.planned):
		v, of := t.sum.value(t.c, record.Running)
		return second, fmt.Sprintf("%s so far, of %s", inUnit(t.c.Unit, v), count(of, unitOf(t.c)))
	}
	return 0, ""
}

// brokenWindow looks for the first window that breaks the condition.
func (t *test) brokenWindow(second int) (at int, measured string) {
	for at = t.windows.slide.next + 1; at <= second; at++ {
		if w := t.windows.read(at, record.Running); w != nil && w.Broken > 0 {
			first := *w
			first.Windows, first.Broken = 0, 0 // one that was found; nobody has looked for others
			return at, Judgement{Measured: inUnit(t.c.Unit, w.value), Window: &first, unit: unitOf(t.c)}.Shown()
		}
	}
	return 0, ""
}
