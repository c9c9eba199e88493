package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
)

// clause returns a server clause of the demo contract whose check does as told.
func clause(id string, check contract.Check, needs ...contract.Capability) contract.Clause {
	return contract.Clause{
		ID: id, Duty: "does " + id, Level: contract.Must, Basis: "ruling 0", Actor: contract.Server,
		Transport: contract.HTTP, Needs: needs, Check: check,
	}
}

func keeps(context.Context, *contract.Probe) ([]contract.Violation, error) { return nil, nil }

func breaks(context.Context, *contract.Probe) ([]contract.Violation, error) {
	return []contract.Violation{{Wanted: "204", Got: "500 with s3cret", Exchange: &contract.Exchange{
		Message: contract.Message{
			Operation: "demo.start", Transport: contract.HTTP, Method: "POST", Path: "/start", Query: "api_key=k3y",
			Header: []contract.Field{{Name: "Authorization", Value: "Bearer s3cret"}}, Body: []byte(`{"say":"it's $5"}`),
		},
		Reply: contract.Reply{Outcome: contract.Failed, Status: 500, Body: []byte("oops")},
	}}}, nil
}

func cannotTell(context.Context, *contract.Probe) ([]contract.Violation, error) {
	return nil, errors.New("connection reset")
}

func panics(context.Context, *contract.Probe) ([]contract.Violation, error) { panic("boom") }

func register(t *testing.T, clauses ...contract.Clause) *contract.Register {
	t.Helper()
	r, err := contract.NewRegister(clauses...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func demo(t *testing.T) *contract.Register {
	unseen := clause("demo/a/unseen", nil)
	unseen.Unobservable = "it happens inside"
	return register(t,
		clause("demo/a/keeps", keeps), clause("demo/a/breaks", breaks), clause("demo/a/cannot-tell", cannotTell),
		unseen, clause("demo/a/needs-more", keeps, "demo.more"), clause("demo/b/keeps", keeps),
	)
}

func TestEveryClauseGetsExactlyOneFinding(t *testing.T) {
	got, err := Run(t.Context(), Config{Register: demo(t)})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"demo/a/keeps pass", "demo/a/breaks fail", "demo/a/cannot-tell inconclusive",
		"demo/a/unseen unobservable", "demo/a/needs-more not-claimed", "demo/b/keeps pass",
	}
	for i, f := range got {
		if line := f.ID + " " + f.Status; line != want[i] {
			t.Errorf("finding %d: got %q (%s), want %q", i, line, f.Reason, want[i])
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %d findings, want %d", len(got), len(want))
	}
}

func TestFilterLeavesNotRunAndNeverPass(t *testing.T) {
	got, err := Run(t.Context(), Config{Register: demo(t), Filter: "clause: isSubsetOf {demo.b.keeps}"})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range got {
		if f.Status == record.Pass && f.ID != "demo/b/keeps" {
			t.Errorf("%s passed although the filter left it out", f.ID)
		}
	}
	if got[0].Status != record.NotRun || got[5].Status != record.Pass {
		t.Errorf("got %s and %s, want not-run and pass", got[0].Status, got[5].Status)
	}
}

func TestNothingSelectedIsAnError(t *testing.T) {
	for _, filter := range []string{"contract:other", "level:MAY"} {
		if _, err := Run(t.Context(), Config{Register: demo(t), Filter: filter}); !errors.Is(err, ErrNothingSelected) {
			t.Errorf("filter %q: got %v, want ErrNothingSelected", filter, err)
		}
	}
	if _, err := Run(t.Context(), Config{Register: demo(t), Filter: "level: ("}); err == nil || errors.Is(err, ErrNothingSelected) {
		t.Errorf("malformed filter: got %v, want an error of its own", err)
	}
}

func TestPanicIsMustersFaultAndNotTheTargets(t *testing.T) {
	got, err := Run(t.Context(), Config{Register: register(t, clause("demo/a/panics", panics), clause("demo/a/keeps", keeps))})
	if err == nil || !strings.Contains(err.Error(), "demo/a/panics") {
		t.Errorf("got error %v, want one that names the clause", err)
	}
	if got[0].Status != record.Inconclusive || got[1].Status != record.Pass {
		t.Errorf("got %s and %s, want inconclusive and pass", got[0].Status, got[1].Status)
	}
}

func TestInterruptedRunLeavesTheRestNotJudged(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var clauses []contract.Clause
	var ran []string
	for i := range 10 {
		id := fmt.Sprintf("demo/a/number-%d", i)
		clauses = append(clauses, clause(id, func(ctx context.Context, _ *contract.Probe) ([]contract.Violation, error) {
			ran = append(ran, id)
			if len(ran) < 3 {
				return nil, nil
			}
			cancel()
			<-ctx.Done()
			return nil, context.Cause(ctx)
		}))
	}
	got, err := Run(ctx, Config{Register: register(t, clauses...)})
	if err != nil || len(ran) != 3 {
		t.Fatalf("error %v, %d checks run, want 3", err, len(ran))
	}
	for _, f := range got {
		want := record.NotRun
		switch slices.Index(ran, f.ID) {
		case 0, 1:
			want = record.Pass
		case 2:
			want = record.Inconclusive
		}
		if f.Status != want {
			t.Errorf("%s: got %s (%s), want %s", f.ID, f.Status, f.Reason, want)
		}
	}
}

// TestInterruptedCheckIsNotBelieved: a check that was cut short while it waited for something has not shown that it
// will never come, nor that all is well.
func TestInterruptedCheckIsNotBelieved(t *testing.T) {
	for _, finds := range []contract.Check{keeps, breaks} {
		ctx, cancel := context.WithCancel(t.Context())
		cut := func(inner context.Context, p *contract.Probe) ([]contract.Violation, error) {
			cancel()
			<-inner.Done()
			return finds(inner, p)
		}
		got, err := Run(ctx, Config{Register: register(t, clause("demo/a/cut", cut))})
		if err != nil {
			t.Fatal(err)
		}
		if got[0].Status != record.Inconclusive || len(got[0].Violations) > 0 {
			t.Errorf("got %s, %d violations, want inconclusive", got[0].Status, len(got[0].Violations))
		}
	}
}

func TestFailureTeachesWithoutSecrets(t *testing.T) {
	got, err := Run(t.Context(), Config{
		Register: register(t, clause("demo/a/breaks", breaks)),
		Evidence: NewEvidence(NewRedactor(map[string]string{"s3cret": "ACCESS_TOKEN", "k3y": "API_KEY"}), func(string) string { return "DEMO_URL" }),
	})
	if err != nil {
		t.Fatal(err)
	}
	v := got[0].Violations[0]
	const curl = `curl -i -X POST "$DEMO_URL/start?api_key=$API_KEY" -H "Authorization: Bearer $ACCESS_TOKEN" --data-raw '{"say":"it'\''s $5"}'`
	if v.Curl != curl {
		t.Errorf("got command\n%s\nwant\n%s", v.Curl, curl)
	}
	for name, text := range map[string]string{"got": v.Got, "exchange": v.Exchange, "curl": v.Curl} {
		if strings.Contains(text, "s3cret") || strings.Contains(text, "k3y") {
			t.Errorf("%s shows a secret: %s", name, text)
		}
	}
	if !strings.Contains(v.Exchange, "> POST /start?api_key=$API_KEY") || !strings.Contains(v.Exchange, "< failed, status 500") {
		t.Errorf("transcript misses the request or the reply:\n%s", v.Exchange)
	}
}
