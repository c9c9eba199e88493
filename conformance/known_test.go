package conformance

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/record"
)

func listOf(t *testing.T, entries ...string) *Known {
	t.Helper()
	k, err := DecodeKnown("known.yaml", []byte("version: 1\nknown:\n"+strings.Join(entries, "")))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func listed(clause, expires string) string {
	return fmt.Sprintf("- {clause: %q, reason: because, expires: %s}\n", clause, expires)
}

func TestApplyKnown(t *testing.T) {
	now := time.Date(2026, 6, 15, 23, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, clause, expires string
		known, drift          string
	}{
		{"a failure by its id", "a/b/fails", "2026-12-31", "a/b/fails", ""},
		{"a failure on its last day", "a/b/fails", "2026-06-15", "a/b/fails", ""},
		{"a failure after its last day", "a/b/fails", "2026-06-14", "a/b/fails", "expired a/b/fails"},
		{"a pass", "a/b/passes", "2026-12-31", "", "unexpected-pass a/b/passes"},
		{"a pattern over both", "a/b/*", "2026-12-31", "a/b/fails", "unexpected-pass a/b/*"},
		{"a pattern does not cross a slash", "a/*", "2026-12-31", "", "stale a/*"},
		{"no such clause", "a/b/gone", "2026-12-31", "", "stale a/b/gone"},
		{"one that nobody could judge", "a/c/unseen", "2026-12-31", "", "stale a/c/unseen"},
		{"an inconclusive one is not excused", "a/c/unclear", "2026-12-31", "", ""},
		{"one that did not run is no drift", "a/c/left-out", "2026-12-31", "", ""},
	} {
		found := []record.Finding{
			{ID: "a/b/passes", Status: record.Pass}, {ID: "a/b/fails", Status: record.Fail}, {ID: "a/c/unseen", Status: record.Unobservable},
			{ID: "a/c/unclear", Status: record.Inconclusive}, {ID: "a/c/left-out", Status: record.NotRun},
		}
		var drift, known []string
		for _, d := range listOf(t, listed(c.clause, c.expires)).Apply(found, now) {
			drift = append(drift, d.Kind+" "+d.Entry)
		}
		for _, f := range found {
			if f.Known != nil {
				known = append(known, f.ID)
			}
		}
		if strings.Join(known, ", ") != c.known || strings.Join(drift, ", ") != c.drift {
			t.Errorf("%s: known %q, drift %q; want %q and %q", c.name, known, drift, c.known, c.drift)
		}
	}
}

func TestNoListExcusesNothing(t *testing.T) {
	var none *Known
	found := []record.Finding{{ID: "a/b/fails", Status: record.Fail}}
	if drift := none.Apply(found, time.Now()); drift != nil || found[0].Known != nil {
		t.Errorf("got %v and %+v", drift, found[0])
	}
}

func TestDecodeKnownTellsAllFaultsAtOnce(t *testing.T) {
	_, err := DecodeKnown("known.yaml", []byte("version: 2\nknown:\n- {clause: 'a/[', reason: x, expires: 2027-01-31}\n- {clause: a/b/c, expires: soon, color: red}\n- {clause: a/b/c, reason: x, expires: 2027-01-31}\n"))
	if err == nil {
		t.Fatal("got no error")
	}
	for _, want := range []string{"version", `known[0].clause: got "a/["`, "known[1].reason: missing", `known[1].expires: got "soon"`, "color", `known[2].clause: "a/b/c" is listed twice`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not tell of %s:\n%v", want, err)
		}
	}
	if _, err := DecodeKnown("known.yaml", []byte("version: 1\n")); err == nil {
		t.Error("an empty list is taken")
	}
}

func FuzzDecodeKnown(f *testing.F) {
	f.Add([]byte("version: 1\nknown:\n- {clause: a/b/c, reason: r, expires: 2027-01-31, issue: 'https://example.org/1'}\n"))
	f.Add([]byte("version: 1\nknown: [1]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		k, err := DecodeKnown("known.yaml", data)
		if err == nil && len(k.Known) == 0 {
			t.Error("an empty list is taken")
		}
		if err == nil {
			k.Apply([]record.Finding{{ID: "a/b/c", Status: record.Fail}}, time.Now())
		}
	})
}
