package record

import (
	"errors"
	"fmt"
	"strings"
)

// joinable refuses runs that are not different slices of one run, with every reason.
func joinable(parts []*Run) error {
	if len(parts) == 0 {
		return errors.New("merge: no run directory, want at least one")
	}
	var why []string
	taken := map[int]string{} // directory by slice
	for _, p := range parts {
		if fault := sliced(p); fault != "" {
			why = append(why, fault)
			continue
		}
		slice := p.Manifest.Load.Slice
		if before, is := taken[slice.Index]; is {
			why = append(why, fmt.Sprintf("%s and %s overlap: both are slice %d/%d", before, p.Dir, slice.Index, slice.Count))
		}
		taken[slice.Index] = p.Dir
	}
	if first := parts[0]; len(why) == 0 {
		for _, p := range parts[1:] {
			why = append(why, apart(first, p)...)
		}
	}
	if len(why) > 0 {
		return fmt.Errorf("merge: %s", strings.Join(why, "; "))
	}
	return nil
}

// sliced says why a run is no slice that can be merged; empty when it is one.
func sliced(r *Run) string {
	l := r.Manifest.Load
	switch {
	case l == nil:
		return r.Dir + " has no load half"
	case l.Slice.Count < 2:
		return r.Dir + " is a whole run, not a slice of one"
	case l.Slice.Index < 0 || l.Slice.Index >= l.Slice.Count || l.Whole == nil:
		return fmt.Sprintf("%s does not say which slice of which plan it is (%d/%d)", r.Dir, l.Slice.Index, l.Slice.Count)
	case r.Manifest.Conform != nil || len(r.Findings) > 0:
		return r.Dir + " has a conformance half, which no slice of a run has"
	}
	return ""
}

// apart are the reasons why two slices are not of one run.
func apart(a, b *Run) []string {
	var why []string
	la, lb := a.Manifest.Load, b.Manifest.Load
	for _, c := range []struct {
		what, a, b string
	}{
		{"schedules", la.ScheduleHash, lb.ScheduleHash},
		{"scenarios", la.ScenarioDigest, lb.ScenarioDigest},
		{"numbers of the run", la.Run, lb.Run},
		{"numbers of slices", fmt.Sprint(la.Slice.Count), fmt.Sprint(lb.Slice.Count)},
		{"lengths", fmt.Sprint(la.PlannedWall), fmt.Sprint(lb.PlannedWall)},
	} {
		unknown := c.what == "numbers of the run" && (c.a == "" || c.b == "")
		if c.a != c.b && !unknown {
			why = append(why, fmt.Sprintf("the %s of %s and %s differ (%.16s and %.16s)", c.what, a.Dir, b.Dir, c.a, c.b))
		}
	}
	return why
}
