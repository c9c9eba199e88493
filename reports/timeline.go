package reports

import (
	"maps"
	"math"
	"slices"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
	"github.com/passmuster/muster/internal/record"
)

// mostIntervals bounds the timeline, so that a picture of a long run stays a picture.
const mostIntervals = 480

// timeline keeps what is on record of each interval, in whatever order it comes. Intervals are as many seconds wide as the
// least power of two with which they are at most mostIntervals: when the run grows beyond them two become one, so that
// nothing needs to be known beforehand of how long it will be. Histograms are pressed, which keeps it to some megabytes.
type timeline struct {
	ccu   []int // as the plan has it, by second
	width int   // seconds of an interval
	reach int   // seconds that the frames reach
	spans map[int]*span
}

// span is what an interval is made of.
type span struct {
	sums  map[string]*squeezed // by operation
	links map[string]*linkSum  // by transport
	facts map[string]float64   // the one farthest from zero
	told  *Interval            // what it came to in so many seconds; nil when something was added since
	over  int
}

// linkSum is what the lines about one transport come to.
type linkSum struct {
	last                                 int   // the latest second on record
	open                                 int64 // at its end
	dials, errors, full, resumed, reused int64
}

func newTimeline(ccu []int) *timeline {
	return &timeline{ccu: ccu, width: 1, spans: map[int]*span{}}
}

// span returns the one of a second, ready to be added to.
func (t *timeline) span(second int) *span {
	s := t.spans[second/t.width]
	if s == nil {
		s = &span{sums: map[string]*squeezed{}, links: map[string]*linkSum{}, facts: map[string]float64{}}
		t.spans[second/t.width] = s
	}
	s.told = nil
	return s
}

// addFrame takes a frame that is known to have the format's buckets, of which it keeps nothing, and the same one pressed.
func (t *timeline) addFrame(f *record.Frame, small squeezed) {
	t.reach = max(t.reach, f.Second+1)
	for t.reach > t.width*mostIntervals {
		t.widen()
	}
	s := t.span(f.Second)
	if s.sums[f.Operation] == nil {
		s.sums[f.Operation] = &squeezed{parts: map[string]pressed{}}
	}
	s.sums[f.Operation].add(small)
}

// addLinks takes a line about connections. They come in the order of their seconds.
func (t *timeline) addLinks(l *record.Links) {
	s := t.span(l.Second)
	if s.links[l.Transport] == nil {
		s.links[l.Transport] = &linkSum{last: l.Second}
	}
	s.links[l.Transport].add(linkSum{
		last: l.Second, open: l.Open, dials: l.Dials, errors: l.DialErrors + l.TLSErrors, full: l.Full, resumed: l.Resumed, reused: l.Reused,
	})
}

// addFacts takes what a second has to say of the generator.
func (t *timeline) addFacts(h record.Health) { t.span(h.Second).addFacts(h.Facts) }

func (s *span) addFacts(facts map[string]float64) {
	for name, v := range facts {
		if old, known := s.facts[name]; !known || math.Abs(v) > math.Abs(old) {
			s.facts[name] = v
		}
	}
}

// add adds another sum, of which a later second's open connections replace those of an earlier one.
func (l *linkSum) add(other linkSum) {
	switch {
	case other.last > l.last:
		l.last, l.open = other.last, other.open
	case other.last == l.last:
		l.open += other.open
	}
	l.dials += other.dials
	l.errors += other.errors
	l.full += other.full
	l.resumed += other.resumed
	l.reused += other.reused
}

// widen makes one interval of every two.
func (t *timeline) widen() {
	narrow := t.spans
	t.width, t.spans = 2*t.width, map[int]*span{}
	for _, i := range slices.Sorted(maps.Keys(narrow)) {
		if t.spans[i/2] == nil {
			t.spans[i/2] = narrow[i]
			narrow[i].told = nil
			continue
		}
		t.spans[i/2].merge(narrow[i])
	}
}

// merge adds a later span, which is not to be used any more.
func (s *span) merge(later *span) {
	for name, sum := range later.sums {
		if s.sums[name] == nil {
			s.sums[name] = sum
			continue
		}
		s.sums[name].add(*sum)
	}
	for name, l := range later.links {
		if s.links[name] == nil {
			s.links[name] = l
			continue
		}
		s.links[name].add(*l)
	}
	s.addFacts(later.facts)
}

// leastAhead is how many seconds the pictures of a run under way show at least.
const leastAhead = 60

// ahead is up to which second a run under way is shown, of which the plan tells what is to come: further than it has come,
// so that pictures do not move each second, but no further than the plan goes.
func (t *timeline) ahead() int {
	most := leastAhead
	for most < t.reach {
		most *= 2
	}
	return max(t.reach, min(most, len(t.ccu)))
}

// intervals returns what every interval up to a second came to. Of one that the frames do not reach nothing is known but
// the plan.
func (t *timeline) intervals(until int) []Interval {
	all, inSession := make([]Interval, (until+t.width-1)/t.width), int64(0)
	for i := range all {
		if s := t.spans[i]; s != nil && i*t.width < t.reach {
			all[i] = *s.interval(min(t.width, t.reach-i*t.width))
			inSession += s.acknowledged(playtime.OpStart) - s.acknowledged(playtime.OpEnd)
		}
		all[i].InSession = inSession
		if last := min((i+1)*t.width, len(t.ccu)) - 1; last >= 0 && i*t.width < len(t.ccu) {
			all[i].CCU = t.ccu[last]
		}
	}
	return all
}

// acknowledged is how many actions of an operation were.
func (s *span) acknowledged(operation string) int64 {
	if s.sums[operation] == nil {
		return 0
	}
	return s.sums[operation].counts.Outcomes[contract.Acknowledged.String()]
}

// interval is what a span came to in so many seconds.
func (s *span) interval(over int) *Interval {
	if s.told != nil && s.over == over {
		return s.told
	}
	told, whole, frames, width := &Interval{}, squeezed{parts: map[string]pressed{}}, map[string]*record.Frame{}, float64(over)
	for name, sum := range s.sums {
		whole.add(*sum)
		frames[name] = sum.clocks()
	}
	told.fill(whole.frame(), frames, width)
	told.Facts, told.Links = maps.Clone(s.facts), map[string]LinkStretch{}
	for name, l := range s.links {
		told.Links[name] = LinkStretch{
			Open: l.open, Dials: float64(l.dials) / width, Errors: float64(l.errors) / width,
			Full: float64(l.full) / width, Resumed: float64(l.resumed) / width, Reused: float64(l.reused) / width,
		}
	}
	s.told, s.over = told, over
	return told
}
