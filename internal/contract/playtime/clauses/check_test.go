package clauses_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
	"github.com/passmuster/muster/internal/contract/playtime/clauses"
	"github.com/passmuster/muster/internal/contract/playtime/reference"
	"github.com/passmuster/muster/internal/target"
)

func newTarget() *target.Target {
	return &target.Target{Name: "reference", Playtime: &target.Playtime{
		AccessTokens: []target.Secret{"token-a", "token-b", "token-c"},
		MetricsKey:   "982dcdd0-3802-4f1f-87b0-e32b06481f27",
		Insights:     &target.Insights{},
	}}
}

func newReference(t *testing.T, tg *target.Target, mutant string) *reference.Server {
	t.Helper()
	s, err := reference.New(tg, mutant)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// inMemory sends messages straight to the reference.
type inMemory struct{ server *reference.Server }

func (s inMemory) Send(_ context.Context, m *contract.Message, _ contract.Departure) (contract.Reply, error) {
	return s.server.Respond(now(), m).Reply, nil
}

func (s inMemory) Insights(context.Context) (contract.Insights, error) {
	reply := s.server.Respond(now(), &contract.Message{Method: http.MethodGet, Path: playtime.PathInsights}).Reply
	var in contract.Insights
	err := json.Unmarshal(reply.Body, &in)
	return in, err
}

// now is the clock of these tests. The fake clock of synctest begins in 2000, when timestamps had fewer digits.
func now() time.Time { return time.Now().AddDate(30, 0, 0) }

func randomID() string {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(err)
	}
	return hex.EncodeToString(b[:])
}

func probeOf(s *reference.Server) *contract.Probe {
	return &contract.Probe{Sender: inMemory{s}, Insights: inMemory{s}, Now: now, ID: randomID}
}

// judge runs every check and returns the violations by clause.
func judge(t *testing.T, tg *target.Target, probe *contract.Probe) map[string][]contract.Violation {
	t.Helper()
	found := map[string][]contract.Violation{}
	for _, c := range clauses.All(tg) {
		if c.Check == nil {
			continue
		}
		violations, err := c.Check(t.Context(), probe)
		if err != nil {
			t.Logf("%s is inconclusive: %v", c.ID, err)
		}
		if len(violations) > 0 || err != nil {
			found[c.ID] = violations
		}
	}
	return found
}

func TestTheCleanReferencePassesEveryTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg := newTarget()
		shared := newReference(t, tg, "") // what one run leaves behind must not disturb the next
		for range 20 {
			for id, violations := range judge(t, tg, probeOf(shared)) {
				t.Errorf("%s: %+v", id, violations)
			}
		}
		if c := shared.Counts(); c.Sessions != 0 {
			t.Errorf("the checks left %d sessions open", c.Sessions)
		}
	})
}

// The first run at a target has to pass too, when no figure was ever counted.
func TestEveryClausePassesAloneOnAFreshReference(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range clauses.All(newTarget()) {
			if c.Check == nil {
				continue
			}
			violations, err := c.Check(t.Context(), probeOf(newReference(t, newTarget(), "")))
			if err != nil || len(violations) > 0 {
				t.Errorf("%s: %v, %+v", c.ID, err, violations)
			}
		}
	})
}

func TestEveryMutantIsFailedByTheClauseItBreaks(t *testing.T) {
	for _, m := range reference.Mutants() {
		t.Run(m.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tg := newTarget()
				violations, err := check(t, tg, m.Clause)(t.Context(), probeOf(newReference(t, tg, m.Name)))
				if len(violations) == 0 {
					t.Errorf("%s survives %s (error %v)", m.Name, m.Clause, err)
				}
				for _, v := range violations {
					if v.Wanted == "" || v.Got == "" {
						t.Errorf("violation says too little: %+v", v)
					}
				}
			})
		})
	}
}

func TestEveryClauseIsBrokenByAMutantOfItsOwn(t *testing.T) {
	broken := map[string]bool{}
	for _, m := range reference.Mutants() {
		broken[m.Clause] = true
	}
	for _, c := range clauses.All(&target.Target{}) {
		if c.Check != nil && !broken[c.ID] {
			t.Errorf("%s: no mutant breaks it, so nothing shows that it can fail", c.ID)
		}
	}
}

// sendFunc is a target of another kind.
type sendFunc func(m *contract.Message) (contract.Reply, error)

func (f sendFunc) Send(_ context.Context, m *contract.Message, _ contract.Departure) (contract.Reply, error) {
	return f(m)
}

func (f sendFunc) Insights(context.Context) (contract.Insights, error) {
	return contract.Insights{}, errors.New("no insights today")
}

func TestNothingIsJudgedWhereNothingCanBe(t *testing.T) {
	silent := map[string]struct {
		reply contract.Reply
		err   error
	}{
		"link failed":   {err: errors.New("connection refused")},
		"no answer":     {reply: contract.Reply{Outcome: contract.Indeterminate, Class: contract.ClassTimeout}},
		"rate limited":  {reply: contract.Reply{Outcome: contract.Failed, Class: contract.ClassRateLimited, Status: 429}},
		"never sent":    {reply: contract.Reply{Outcome: contract.NeverSent, Class: contract.ClassCancelled}},
		"connect error": {reply: contract.Reply{Outcome: contract.Failed, Class: contract.ClassDial}},
	}
	for name, tt := range silent {
		f := sendFunc(func(*contract.Message) (contract.Reply, error) { return tt.reply, tt.err })
		probe := &contract.Probe{Sender: f, Insights: f, Now: now, ID: randomID}
		for _, c := range clauses.All(newTarget()) {
			if c.Check == nil {
				continue
			}
			if violations, err := c.Check(t.Context(), probe); err == nil || len(violations) > 0 {
				t.Errorf("%s, %s: error %v, violations %v", name, c.ID, err, violations)
			}
		}
	}
}

// A target that refuses everything must not be praised for refusing what is wrong.
func TestATargetThatRefusesEverythingPassesNoRefusalOfHashes(t *testing.T) {
	f := sendFunc(func(*contract.Message) (contract.Reply, error) {
		return contract.Reply{Outcome: contract.Failed, Class: contract.ClassRejected, Status: 422}, nil
	})
	probe := &contract.Probe{Sender: f, Insights: f, Now: now, ID: randomID}
	for _, c := range clauses.All(newTarget()) {
		if c.Check == nil || c.Level != contract.Must {
			continue
		}
		if violations, err := c.Check(t.Context(), probe); err == nil && len(violations) == 0 {
			t.Errorf("%s passes", c.ID)
		}
	}
}

func TestAnEmptyTargetIsNotJudged(t *testing.T) {
	probe := probeOf(newReference(t, newTarget(), ""))
	for _, c := range clauses.All(&target.Target{}) {
		if c.Check == nil {
			continue
		}
		if _, err := c.Check(t.Context(), probe); err == nil {
			t.Errorf("%s was judged", c.ID)
		}
	}
}

func TestTheTargetFileRulesOnTheStatusOfABadHash(t *testing.T) {
	const id = "playtime/hash/refused-with-422"
	tests := map[string]struct {
		ruling any
		want   string
	}{
		"as ruled":   {uint64(422), ""},
		"otherwise":  {400, "status 400"},
		"not number": {"teapot", "inconclusive"},
	}
	for name, tt := range tests {
		tg := newTarget()
		tg.Rulings = map[string]any{"playtime.bad_hash_status": tt.ruling}
		unruled := newReference(t, newTarget(), "") // which answers 422, whatever the file says
		violations, err := check(t, tg, id)(t.Context(), probeOf(unruled))
		got := ""
		if err != nil {
			got = "inconclusive"
		} else if len(violations) > 0 {
			got = violations[0].Wanted
		}
		if got != tt.want {
			t.Errorf("%s: got %q (%v), want %q", name, got, err, tt.want)
		}
	}
}

// slowly shows the insights of a server only after a while.
type slowly struct {
	inMemory
	from time.Time
}

func (s slowly) Insights(ctx context.Context) (contract.Insights, error) {
	if now().Before(s.from) {
		return contract.Insights{}, nil
	}
	return s.inMemory.Insights(ctx)
}

func TestTheTargetFileGrantsTimeToCount(t *testing.T) {
	for seconds, passes := range map[int]bool{0: false, 20: false, 30: true} {
		synctest.Test(t, func(t *testing.T) {
			tg := newTarget()
			if seconds > 0 {
				tg.Rulings = map[string]any{"playtime.insights_settle_seconds": seconds}
			}
			probe := probeOf(newReference(t, tg, ""))
			probe.Insights = slowly{probe.Insights.(inMemory), now().Add(25 * time.Second)}
			violations, err := check(t, tg, "playtime/insights/concurrent-players")(t.Context(), probe)
			if err != nil || (len(violations) == 0) != passes {
				t.Errorf("%d s: error %v, violations %v", seconds, err, violations)
			}
		})
	}
}

// A run that is cut short says nothing about a target that was not granted its time.
func TestAnInterruptedLookIsNoJudgement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg := newTarget()
		probe := probeOf(newReference(t, tg, "players-not-counted"))
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		violations, err := check(t, tg, "playtime/insights/concurrent-players")(ctx, probe)
		if err == nil || len(violations) > 0 {
			t.Errorf("error %v, violations %v", err, violations)
		}
	})
}

func check(t *testing.T, tg *target.Target, id string) contract.Check {
	t.Helper()
	for _, c := range clauses.All(tg) {
		if c.ID == id {
			return c.Check
		}
	}
	t.Fatalf("no clause %s", id)
	return nil
}

// A violation names no secret in its own words; the exchange beside it is redacted by whoever prints it.
func TestViolationsTellNoSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg := newTarget()
		for _, violations := range judge(t, tg, probeOf(newReference(t, tg, "heartbeat-answers-202"))) {
			for _, v := range violations {
				if strings.Contains(v.Wanted+v.Got, "token-") || strings.Contains(v.Wanted+v.Got, tg.Playtime.MetricsKey.Reveal()) {
					t.Errorf("tells a secret: %q, %q", v.Wanted, v.Got)
				}
				if v.Exchange == nil || len(v.Exchange.Message.Body) == 0 {
					t.Errorf("has no exchange: %+v", v)
				}
			}
		}
	})
}
