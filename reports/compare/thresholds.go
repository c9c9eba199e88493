package compare

import (
	"slices"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/reports"
)

// Judged is what became of one threshold in both runs. It is told, and decides nothing here: each run is judged by its own.
type Judged struct {
	Threshold string             `json:"threshold"`
	A         *reports.Judgement `json:"a,omitempty"` // nil when run A did not have it
	B         *reports.Judgement `json:"b,omitempty"` // likewise
}

// judged lists the thresholds of either run, those of A first.
func judged(a, b *record.Run) []Judged {
	ofA, ofB := judgements(a), judgements(b)
	var all []Judged
	for _, j := range ofA {
		all = append(all, Judged{Threshold: j.Threshold, A: &j, B: find(ofB, j.Threshold)})
	}
	for _, j := range ofB {
		if find(ofA, j.Threshold) == nil {
			all = append(all, Judged{Threshold: j.Threshold, B: &j})
		}
	}
	return all
}

func judgements(run *record.Run) []reports.Judgement {
	if s := reports.Summarize(run); s.Load != nil {
		return s.Thresholds
	}
	return nil
}

func find(all []reports.Judgement, threshold string) *reports.Judgement {
	i := slices.IndexFunc(all, func(j reports.Judgement) bool { return j.Threshold == threshold })
	if i < 0 {
		return nil
	}
	return &all[i]
}

// Before says in words how run A fared.
func (j Judged) Before() string { return fared(j.A) }

// After says in words how run B fared.
func (j Judged) After() string { return fared(j.B) }

func fared(j *reports.Judgement) string {
	switch {
	case j == nil:
		return dash
	case j.Status == reports.Passed:
		return "met: " + j.Shown()
	case j.Status == reports.Failed:
		return "not met: " + j.Shown()
	default:
		return "not judged: " + j.Note
	}
}
