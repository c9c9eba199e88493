package conformance

import (
	"fmt"
	"path"
	"slices"
	"time"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/strict"
)

// Known is a list of clauses that a target is known to break. What is listed still runs. The nil list is empty.
type Known struct {
	Version int     `yaml:"version"`
	Known   []entry `yaml:"known"`
}

// entry is one line of the list. Each is read as one clause id, or as a pattern in which * stands for anything but a
// slash: ingest/kafka/*.
type entry struct {
	Clause  string `yaml:"clause"`
	Reason  string `yaml:"reason"`
	Expires string `yaml:"expires"` // the last day on which the failure is excused, as 2006-01-02, UTC
	Issue   string `yaml:"issue"`
}

// LoadKnown reads a list from a file. The error tells every fault of it at once, each on a line with its place.
func LoadKnown(file string) (*Known, error) {
	data, err := strict.ReadFile("known-failing list", file)
	if err != nil {
		return nil, err
	}
	return DecodeKnown(file, data)
}

// DecodeKnown is LoadKnown for a list that has been read; name is what faults call it.
func DecodeKnown(name string, data []byte) (*Known, error) {
	k := &Known{}
	d := strict.Decode(name, data, k)
	if !d.Has("version") || k.Version != 1 {
		d.Fault("version", "want the version of the format, 1")
	}
	if len(k.Known) == 0 {
		d.Fault("known", "no entry; want a list of entries with clause, reason and expires")
	}
	seen := map[string]bool{}
	for i, e := range k.Known {
		at := strict.Index("known", i)
		if _, err := path.Match(e.Clause, ""); err != nil || e.Clause == "" {
			d.Fault(strict.Join(at, "clause"), "got %s, want a clause id such as ingest/kafka/requires-tls, or a pattern such as ingest/kafka/*", strict.Show(e.Clause))
		}
		if seen[e.Clause] {
			d.Fault(strict.Join(at, "clause"), "%s is listed twice", strict.Show(e.Clause))
		}
		seen[e.Clause] = true
		if e.Reason == "" {
			d.Fault(strict.Join(at, "reason"), "missing; want a sentence on why the clause fails")
		}
		if _, err := time.Parse(time.DateOnly, e.Expires); err != nil {
			d.Fault(strict.Join(at, "expires"), "got %s, want the last day on which the failure is excused, such as 2027-01-31", strict.Show(e.Expires))
		}
	}
	if err := d.Err(); err != nil {
		return nil, err
	}
	return k, nil
}

// Apply marks in findings every failure that the list covers, and returns where the list drifted from the truth as of
// now, in the list's order. Only failures are covered: what could not be judged is never excused. An entry whose last
// day is over still covers its clauses, but is drift, so that the run does not pass. The first of several entries that
// match a clause covers it.
func (k *Known) Apply(found []record.Finding, now time.Time) []record.Drift {
	if k == nil {
		return nil
	}
	var drift []record.Drift
	today := now.UTC().Format(time.DateOnly)
	for _, e := range k.Known {
		matched := false
		for i := range found {
			f := &found[i]
			if f.Status == record.Unobservable || !e.matches(f.ID) {
				continue
			}
			matched = true
			switch {
			case f.Status == record.Pass:
				drift = append(drift, e.drifted(record.UnexpectedPass, "%s is listed as known to fail, and passed", f.ID))
			case f.Status == record.Fail && f.Known == nil:
				f.Known = &record.KnownFailure{Reason: e.Reason, Expires: e.Expires, Issue: e.Issue}
			}
		}
		if !matched {
			drift = append(drift, e.drifted(record.Stale, "%s is listed as known to fail, but no clause that could is called so", e.Clause))
		}
		if e.Expires < today {
			drift = append(drift, e.drifted(record.Expired, "%s is listed as known to fail until %s, which is over", e.Clause, e.Expires))
		}
	}
	return slices.Clip(drift)
}

func (e entry) matches(id string) bool {
	ok, err := path.Match(e.Clause, id)
	return ok && err == nil
}

func (e entry) drifted(kind, format string, args ...any) record.Drift {
	return record.Drift{Kind: kind, Entry: e.Clause, Text: fmt.Sprintf(format, args...)}
}
