package reports

import (
	"encoding/json"
	"io"

	"github.com/passmuster/muster/internal/record"
)

// JSON writes summary.json.
func JSON(w io.Writer, s Summary) error { return encode(w, s) }

// conformanceDoc is the shape of conformance.json.
type conformanceDoc struct {
	Version int            `json:"version"`
	Verdict string         `json:"verdict"`
	Target  string         `json:"target"`
	Began   string         `json:"began"`
	Ended   string         `json:"ended"`
	FailOn  string         `json:"fail_on"`
	Reasons Lines          `json:"reasons"`
	Claimed Lines          `json:"claimed"` // capabilities
	Counts  map[string]int `json:"counts"`
	Drift   []record.Drift `json:"drift,omitempty"` // of the known-failing list
	Clauses []clauseDoc    `json:"clauses"`
	// Unobservable are the clauses that no check from outside can judge; they have no status.
	Unobservable []clauseDoc `json:"unobservable"`
}

type clauseDoc struct {
	ID         string             `json:"id"`
	Level      string             `json:"level"`
	Status     string             `json:"status,omitempty"`
	Duty       string             `json:"duty"`
	Basis      string             `json:"basis"`
	Contract   string             `json:"contract"`
	Transport  string             `json:"transport"`
	Reason     string             `json:"reason,omitempty"`
	Attempts   int                `json:"attempts"`
	DurationMS float64            `json:"duration_ms"`
	Findings   []record.Violation `json:"findings"`

	Known *record.KnownFailure `json:"known,omitempty"` // of a failure that the known-failing list covers
}

// ConformanceJSON writes conformance.json. A run without a conformance half has no clauses and is inconclusive.
func ConformanceJSON(w io.Writer, s Summary, run *record.Run) error {
	c := s.Conformance
	if c == nil {
		none := judgeFindings(nil, nil)
		c = &none
	}
	doc := conformanceDoc{
		Version: Version, Verdict: c.Verdict, Target: s.Target, Began: s.Began, Ended: s.Ended, FailOn: c.FailOn,
		Reasons: c.Reasons, Counts: c.Counts, Drift: c.Drift, Clauses: []clauseDoc{}, Unobservable: []clauseDoc{},
	}
	if p := run.Manifest.Conform; p != nil {
		doc.Claimed = p.Claimed
	}
	for _, f := range run.Findings {
		d := clause(f)
		if f.Status == record.Unobservable {
			d.Status = ""
			doc.Unobservable = append(doc.Unobservable, d)
			continue
		}
		doc.Clauses = append(doc.Clauses, d)
	}
	return encode(w, doc)
}

func clause(f record.Finding) clauseDoc {
	d := clauseDoc{
		ID: f.ID, Level: f.Level, Status: f.Status, Duty: f.Duty, Basis: f.Basis, Contract: f.Contract, Transport: f.Transport,
		Reason: f.Reason, Attempts: f.Attempts, DurationMS: float64(f.Duration.Microseconds()) / 1e3, Findings: f.Violations,
		Known: f.Known,
	}
	if d.Findings == nil {
		d.Findings = []record.Violation{}
	}
	return d
}

func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
