package conformance

import (
	"context"
	"testing"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

func slowRegister(t *testing.T) *contract.Register {
	t.Helper()
	kept := func(context.Context, *contract.Probe) ([]contract.Violation, error) { return nil, nil }
	r, err := contract.NewRegister(
		contract.Clause{ID: "a/b/quick", Duty: "D", Level: contract.Must, Basis: "ruling 1", Actor: contract.Server, Check: kept},
		contract.Clause{ID: "a/b/slow-one", Duty: "D", Level: contract.Should, Basis: "ruling 1", Actor: contract.Server, Check: kept, Slow: true},
	)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSlowClausesAreJudgedOnlyWhenAFilterSpeaksOfThem(t *testing.T) {
	for filter, want := range map[string]bool{
		"": false, "contract:a": false, "clause:a.b.slow-one || level:MUST": false, "!slow": false,
		"slow": true, "slow || level:MUST": true, "level:SHOULD && slow": true, AlsoSlow(""): true, AlsoSlow("contract:a"): true, "level:SHOULD&&slow": true,
	} {
		selected, err := Select(slowRegister(t), nil, filter)
		if err != nil || selected["a/b/slow-one"] != want {
			t.Errorf("filter %q selects %v, error %v; want the slow one: %t", filter, selected, err, want)
		}
	}
	if selected, err := Select(slowRegister(t), nil, AlsoSlow("level:MUST")); err != nil || len(selected) != 1 {
		t.Errorf("got %v, %v, want the filter to hold for slow clauses, too", selected, err)
	}
}

func TestASlowClauseThatWasLeftOutSaysHowToRunIt(t *testing.T) {
	found, err := Run(t.Context(), Config{Register: slowRegister(t)})
	if err != nil {
		t.Fatal(err)
	}
	if found[0].Status != record.Pass || found[1].Status != record.NotRun || found[1].Reason != "slow: run with --slow" {
		t.Errorf("got %+v", found)
	}
	if found, err = Run(t.Context(), Config{Register: slowRegister(t), Filter: AlsoSlow("")}); err != nil || found[1].Status != record.Pass {
		t.Errorf("got %+v, %v, want both judged", found, err)
	}
}
