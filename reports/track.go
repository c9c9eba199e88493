package reports

import (
	"fmt"
	"math"

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

// track folds the insights by the second; nil when there are none on record.
func track(run *record.Run) (*InsightsTrack, []record.Problem) {
	t, widest := &InsightsTrack{}, [5]float64{}
	gaps := [5]Gap{}
	var problems []record.Problem
	for line, err := range run.Track() {
		if err != nil { // cannot be: every line was decoded before
			problems = append(problems, record.Problem{File: record.TrackFile, Text: err.Error()})
			continue
		}
		t.Seconds++
		m := Moment{Second: line.Second, Truth: line.Truth.Values()}
		if line.Note != "" {
			t.Asked++
			t.Unanswered++
		}
		if line.Target != nil {
			told := line.Target.Values()
			m.Target = &told
			t.Asked++
			for i, truth := range m.Truth {
				if share := math.Abs(told[i]-truth) / max(math.Abs(truth), 1); share > widest[i] {
					widest[i], gaps[i] = share, Gap{insightNames()[i], line.Second, truth, told[i]}
				}
			}
		}
		t.Points = append(t.Points, m)
	}
	if t.Seconds == 0 {
		return nil, problems
	}
	for i, gap := range gaps {
		if widest[i] > 0 {
			t.Widest = append(t.Widest, gap)
		}
	}
	t.Points = thinned(t.Points, mostIntervals)
	return t, problems
}

// thinned keeps one of every few moments, one in which the target answered where there is any.
func thinned(all []Moment, most int) []Moment {
	width := (len(all) + most - 1) / most
	if width <= 1 {
		return all
	}
	var kept []Moment
	for from := 0; from < len(all); from += width {
		few := all[from:min(from+width, len(all))]
		pick := few[len(few)-1]
		for _, m := range few {
			if m.Target != nil {
				pick = m
			}
		}
		kept = append(kept, pick)
	}
	return kept
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
	if len(t.Widest) == 0 {
		if t.Unanswered == t.Asked {
			return Lines{asked + "."}
		}
		return Lines{asked + "; it always said what muster counted."}
	}
	lines := Lines{asked + ". Its figures were furthest from muster's count:"}
	for _, g := range t.Widest {
		lines = append(lines, fmt.Sprintf("%s: %s against %s at %s (%s)",
			g.Insight, figure(g.Target), figure(g.Truth), seconds(float64(g.Second)), difference(g.Truth, g.Target)))
	}
	return lines
}
