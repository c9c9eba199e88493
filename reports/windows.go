package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/scenarios"
)

// Window is the stretch of a run in which a threshold over windows fared worst.
type Window struct {
	From    int   `json:"from_s"`  // wall second of the run with which it begins
	To      int   `json:"to_s"`    // and before which it ends
	Count   int64 `json:"count"`   // actions that the value is of; events, of visible
	Windows int   `json:"windows"` // that were judged: those in which there was anything to judge
	Broken  int   `json:"broken"`  // those of them that did not meet the threshold

	value float64
	ends  Operation
}

// where says which stretch it is; nothing of no window.
func (w *Window) where() string {
	if w == nil {
		return ""
	}
	return fmt.Sprintf(" in %d–%d s", w.From, w.To)
}

// windows judges one condition in every window of a run: a stretch of c.Window that begins at a whole second and lies
// within the run. Times of the warm-up are left out, so that their windows begin after it; a window in which nothing was
// measured is not judged. However few actions a window has, it is judged by the bound that the user has set, and the
// report tells how many there were.
//
// Frames may come in any order. It keeps what they hold by second, some hundred bytes for each in which there was anything,
// and reads on where it has stopped, unless something came for a second that it has read: then it begins anew.
type windows struct {
	c       scenarios.Condition
	warmup  time.Duration
	reach   int            // seconds that the frames reach
	seconds []windowSecond // those in which there was anything, in their order
	slide   slide
}

// windowSecond is what one second holds.
type windowSecond struct {
	second int
	amount amount
}

// slide is how far the windows of a run were read.
type slide struct {
	ended string // how the run ended, as far as it was known
	queue sliding[amount]
	next  int     // the first second that was not read
	place int     // in windows.seconds of the first that was not read
	empty int     // the newest things of the queue that hold nothing, one behind the other
	worst *Window // nil while none was judged
}

func newWindows(c scenarios.Condition, warmup time.Duration) *windows {
	return &windows{c: c, warmup: warmup}
}

// windowsOf returns the windows of those thresholds of a plan that have some, by their text.
func windowsOf(plan *record.LoadPlan) map[string]*windows {
	all := map[string]*windows{}
	for _, text := range plan.Thresholds {
		if c, err := scenarios.Threshold(text).Parse(); err == nil && c.Window > 0 {
			all[text] = newWindows(c, plan.Warmup)
		}
	}
	return all
}

// add counts a frame in, of which it keeps nothing.
func (w *windows) add(f *record.Frame) {
	var a amount
	a.add(w.c, f, w.warming(f.Second))
	w.reach = max(w.reach, f.Second+1)
	if a.empty() {
		return
	}
	i, known := slices.BinarySearchFunc(w.seconds, f.Second, func(s windowSecond, second int) int { return cmp.Compare(s.second, second) })
	if !known {
		w.seconds = slices.Insert(w.seconds, i, windowSecond{second: f.Second})
	}
	w.seconds[i].amount = w.seconds[i].amount.plus(a)
	if f.Second < w.slide.next {
		w.slide = slide{}
	}
}

// read judges the windows that end before or with this second, which is not among them, of a run that ended so. It returns
// the worst; nil when there was nothing to judge.
func (w *windows) read(until int, ended string) *Window {
	if w.slide.queue.plus == nil || w.slide.ended != ended {
		w.slide = slide{ended: ended, queue: sliding[amount]{plus: amount.plus}}
	}
	for w.leap(until); w.slide.next < until; w.leap(until) {
		w.push()
	}
	return w.slide.worst
}

// readAll judges all windows of a run that is over. One that is shorter than a window is judged as one window.
func (w *windows) readAll(ended string) (worst *Window, short bool) {
	if w.slide.next > w.reach {
		w.slide = slide{} // it was read beyond the end
	}
	worst = w.read(w.reach, ended)
	if n := w.slide.queue.len(); n == 0 || n == w.width() {
		return worst, false
	}
	return w.worseOf(nil), true
}

// worst judges the windows of a run, of one that is under way those that are over: its last second may not be on record in
// full.
func (w *windows) worst(e evidence) (worst *Window, short bool) {
	if e.live {
		return w.read(max(0, w.reach-1), e.ended), false
	}
	return w.readAll(e.ended)
}

// leap passes over the seconds before this one that would only push one empty second into a queue of empty ones: however long
// a run stood still, or says that it did, reading it takes no longer than what it holds.
func (w *windows) leap(until int) {
	s := &w.slide
	if s.empty < w.width() {
		return
	}
	if s.place < len(w.seconds) {
		until = min(until, w.seconds[s.place].second)
	}
	s.next = max(s.next, until)
}

// push reads one second, and judges the window that ends with it.
func (w *windows) push() {
	s := &w.slide
	var now amount
	if s.place < len(w.seconds) && w.seconds[s.place].second == s.next {
		now = w.seconds[s.place].amount
		s.place++
	}
	s.next++
	if w.c.Statistic != "" && w.warming(s.next-1) {
		return
	}
	if s.empty++; !now.empty() {
		s.empty = 0
	}
	if s.queue.len() == w.width() {
		s.queue.pop()
	}
	if s.queue.push(now); s.queue.len() == w.width() {
		s.worst = w.worseOf(s.worst)
	}
}

// worseOf returns the worse one of the window in the queue and the worst so far, with the counts of both.
func (w *windows) worseOf(worst *Window) *Window {
	s := &w.slide
	sum := s.queue.sum()
	v, of := sum.value(w.c, s.ended)
	if of == 0 {
		return worst
	}
	now := Window{From: s.next - s.queue.len(), To: s.next, Count: of, Windows: 1, value: v, ends: sum.ends}
	if !w.c.Meets(v) {
		now.Broken = 1
	}
	if worst == nil {
		return &now
	}
	windows, broken := worst.Windows+now.Windows, worst.Broken+now.Broken
	if !worse(w.c, v, worst.value) {
		now = *worst
	}
	now.Windows, now.Broken = windows, broken
	return &now
}

// worse says whether value a is further from meeting a condition than b is.
func worse(c scenarios.Condition, a, b float64) bool {
	switch c.Wants() {
	case -1:
		return a > b
	case 1:
		return a < b
	default:
		return math.Abs(a-c.Bound) > math.Abs(b-c.Bound)
	}
}

func (w *windows) warming(second int) bool { return time.Duration(second)*time.Second < w.warmup }

func (w *windows) width() int { return int(w.c.Window / time.Second) }
