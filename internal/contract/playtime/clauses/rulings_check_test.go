package clauses_test

import (
	"testing"
	"testing/synctest"

	"github.com/passmuster/muster/internal/contract/playtime/reference"
)

// Where a target file rules, its word is the measure; where it does not, only a server error is wrong.
func TestTheTargetFileRulesOnSessionsThatAreNotInOrder(t *testing.T) {
	for clause, ruling := range map[string]string{
		"playtime/start/repeated-start":      "playtime.start_twice_status",
		"playtime/heartbeat/unknown-session": "playtime.unknown_session_status",
		"playtime/end/repeated-end":          "playtime.unknown_session_status",
	} {
		for _, tt := range []struct {
			ruled, served any
			want          string
		}{
			{nil, nil, ""}, {nil, 409, ""}, {409, 409, ""}, {204, 204, ""}, {409, nil, "status 409"}, {204, 404, "status 204"},
		} {
			tg, other := newTarget(), newTarget()
			if tt.ruled != nil {
				tg.Rulings = map[string]any{ruling: tt.ruled}
			}
			if tt.served != nil {
				other.Rulings = map[string]any{ruling: tt.served}
			}
			violations, err := check(t, tg, clause)(t.Context(), probeOf(newReference(t, other, "")))
			got := ""
			if len(violations) > 0 {
				got = violations[0].Wanted
			}
			if err != nil || got != tt.want {
				t.Errorf("%s, ruled %v, served %v: got %q (%v), want %q", clause, tt.ruled, tt.served, got, err, tt.want)
			}
		}
	}
}

// A server with every strictness that a client may meet still keeps each clause that binds: what the choices are about
// is left open by the document.
func TestTheStrictestReferenceBreaksNoMust(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg := newTarget()
		s, err := reference.NewWith(tg, "", reference.Knobs{RefuseReplays: true, IDsInBeatHash: true, Forms: true})
		if err != nil {
			t.Fatal(err)
		}
		for id, violations := range judge(t, tg, probeOf(s)) {
			if id == "playtime/headers/form-type-refused" || id == "playtime/errors/form-type-415" {
				continue // forms are taken here, by ruling 17
			}
			t.Errorf("%s: %+v", id, violations)
		}
	})
}
