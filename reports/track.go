package reports

import (
	"fmt"
	"math"
	"slices"

	"github.com/passmuster/muster/internal/record"
)

// InsightsTrack is how the insights went by the second: what the run's acknowledged actions implied and, now and then, what
// the target said.
type InsightsTrack struct {
	Seconds    int      `json:"seconds"`    // of which the truth is on record
	Asked      int      `json:"asked"`      // how often the target was asked
	Unanswered int      `json:"unanswered"` // of that, how often it gave no figures
	Widest     []Gap    `json:"widest,omitempty"`
	Points     []Moment `json:"points"` // a few hundred at most: the seconds in which the target answered, thinned out, and those between them

	latest   Moment
	answered *Moment // the latest with the target's figures; nil before it answered
}

// Gap is where the target's figure was furthest from the truth, as a share of it.
type Gap struct {
	Insight string  `json:"insight"`
	Second  int     `json:"second"`
	Truth   float64 `json:"truth"`
	Target  float64 `json:"target"`
}

// Moment is the insights in one second. Figures are in the order of record.InsightsFigures.
type Moment struct {
	Second int         `json:"second"`
	Truth  [5]float64  `json:"truth"`
	Target *[5]float64 `json:"target,omitempty"`
}

// insightNames are the five insights in the order of their figures.
func insightNames() [5]string {
	return [5]string{"concurrent players", "concurrent UGC", "total players", "average playtime (s)", "average UGC per session"}
}

// trackFold adds up the insights by the second, which come in their order.
type trackFold struct {
	sum    InsightsTrack // of which Points are those of whole stretches
	gaps   [5]Gap
	widest [5]float64 // share of the truth

	stretch int     // lines that make one point: the least power of two with which there are at most mostIntervals
	left    int     // lines that the point under way still takes
	pick    *Moment // of the stretch under way; nil at its beginning
}

func newTrackFold() *trackFold { return &trackFold{stretch: 1} }

// add takes one line, of which it keeps nothing.
func (f *trackFold) add(line record.InsightsSecond) {
	f.sum.Seconds++
	m := Moment{Second: line.Second, Truth: line.Truth.Values()}
	if line.Note != "" {
		f.sum.Asked++
		f.sum.Unanswered++
	}
	if line.Target != nil {
		told := line.Target.Values()
		m.Target = &told
		f.sum.Asked++
		f.compare(m)
		f.sum.answered = &m
	}
	f.sum.latest = m
	f.keep(m)
}

// compare notes where the target's figures are further from the truth than ever.
func (f *trackFold) compare(m Moment) {
	for i, truth := range m.Truth {
		if share := math.Abs(m.Target[i]-truth) / max(math.Abs(truth), 1); share > f.widest[i] {
			f.widest[i], f.gaps[i] = share, Gap{insightNames()[i], m.Second, truth, m.Target[i]}
		}
	}
}

// keep puts a moment into the stretch under way.
func (f *trackFold) keep(m Moment) {
	if f.pick == nil {
		f.left = f.stretch
	}
	f.pick = better(f.pick, &m)
	if f.left--; f.left > 0 {
		return
	}
	f.sum.Points, f.pick = append(f.sum.Points, *f.pick), nil
	if len(f.sum.Points) < mostIntervals {
		return
	}
	f.stretch *= 2
	var half []Moment
	for pair := range slices.Chunk(f.sum.Points, 2) {
		half = append(half, *better(&pair[0], &pair[1]))
	}
	f.sum.Points = half
}

// better is the moment that tells more of two: the later one, unless only the earlier one has the target's answer.
func better(earlier, later *Moment) *Moment {
	if earlier != nil && earlier.Target != nil && later.Target == nil {
		return earlier
	}
	return later
}

// track is what the lines come to; nil when there are none.
func (f *trackFold) track() *InsightsTrack {
	if f.sum.Seconds == 0 {
		return nil
	}
	t := f.sum
	t.Points = slices.Clip(t.Points)
	if f.pick != nil {
		t.Points = append(t.Points, *f.pick)
	}
	for i, gap := range f.gaps {
		if f.widest[i] > 0 {
			t.Widest = append(t.Widest, gap)
		}
	}
	return &t
}

// lines says in words how the target's figures kept to the truth while the run went on.
func (t *InsightsTrack) lines() Lines {
	if t == nil || t.Asked == 0 {
		return nil
	}
	asked := "The target was asked " + count(int64(t.Asked), "time") + " while the run went on"
	if t.Unanswered > 0 {
		asked += fmt.Sprintf(", and %s without an answer", count(int64(t.Unanswered), "time"))
	}
	seen := slices.DeleteFunc(slices.Clone(t.Widest), func(g Gap) bool { return difference(g.Truth, g.Target) == difference(0, 0) })
	if len(seen) == 0 {
		if t.Unanswered == t.Asked {
			return Lines{asked + "."}
		}
		return Lines{asked + "; it always said what muster counted."}
	}
	lines := Lines{asked + ". Its figures were furthest from muster's count:"}
	for _, g := range seen {
		lines = append(lines, fmt.Sprintf("%s: %s against %s at %s (%s)",
			g.Insight, figure(g.Target), figure(g.Truth), seconds(float64(g.Second)), difference(g.Truth, g.Target)))
	}
	return lines
}
