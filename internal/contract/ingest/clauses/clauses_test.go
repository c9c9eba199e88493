package clauses_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/ingest/clauses"
	"github.com/passmuster/muster/internal/contract/ingest/reference"
	"github.com/passmuster/muster/internal/target"
)

func claimsAll() *target.Target {
	return &target.Target{Ingest: &target.Ingest{
		CartridgeTag: "lanternfall",
		HTTP:         &target.HTTP{APIKey: "key-1"},
		Kafka:        &target.Kafka{},
		Readback:     &target.Readback{},
	}}
}

// bench is a target in memory: a server half, and a store of what it accepted. Sending is storing, so what is not
// found at once will never be.
type bench struct {
	half contract.Responder

	mu     sync.Mutex // guards stored
	stored map[string][]contract.Stored
}

func (b *bench) Send(_ context.Context, m *contract.Message, d contract.Departure) (contract.Reply, error) {
	switch d {
	case contract.AsTold:
	case contract.Plaintext:
		return contract.Reply{Outcome: contract.Failed, Class: contract.ClassTLS}, nil
	case contract.UnknownTopic:
		return contract.Reply{Outcome: contract.Failed, Class: contract.ClassTopic}, nil
	default:
		return contract.Reply{Outcome: contract.Failed, Class: contract.ClassAuth}, nil
	}
	answer := b.half.Respond(time.Now(), m)
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range answer.Accepted {
		b.stored[string(r.Key)] = append(b.stored[string(r.Key)], contract.Stored{ID: string(r.Key), Value: r.Value})
	}
	if m.Transport == contract.Kafka { // a broker acknowledges what it has written, whatever is thought of it later
		return contract.Reply{Outcome: contract.Acknowledged}, nil
	}
	return answer.Reply, nil
}

func (b *bench) Find(_ context.Context, id string) ([]contract.Stored, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.stored[id], nil
}

func newProbe(t testing.TB, mutant string) *contract.Probe {
	t.Helper()
	half, err := reference.New(claimsAll(), mutant)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{half: half, stored: map[string][]contract.Stored{}}
	return &contract.Probe{Sender: b, Readback: b, Now: time.Now, ID: func() string {
		var id [16]byte
		_, _ = rand.Read(id[:])
		return hex.EncodeToString(id[:])
	}}
}

// run judges every clause that has a check and returns those that were not kept: by id, why.
func run(t testing.TB, mutant string) map[string]string {
	t.Helper()
	p, broken := newProbe(t, mutant), map[string]string{}
	for _, c := range clauses.All(claimsAll()) {
		if c.Check == nil {
			continue
		}
		violations, err := c.Check(t.Context(), p)
		switch {
		case err != nil:
			broken[c.ID] = "inconclusive: " + err.Error()
		case len(violations) > 0:
			broken[c.ID] = "wanted " + violations[0].Wanted + ", got " + violations[0].Got
		}
	}
	return broken
}

func TestRegister(t *testing.T) {
	all := clauses.All(&target.Target{})
	if _, err := contract.NewRegister(all...); err != nil {
		t.Error(err)
	}
	observable := 0
	for _, c := range all {
		if !strings.HasPrefix(c.ID, "ingest/") {
			t.Errorf("%s: not an ingest clause", c.ID)
		}
		if strings.HasSuffix(c.Duty, ".") || strings.ToUpper(c.Duty[:1]) != c.Duty[:1] {
			t.Errorf("%s: duty %q, want one sentence without a full stop", c.ID, c.Duty)
		}
		if c.Check != nil {
			observable++
			if len(c.Needs) == 0 {
				t.Errorf("%s: a check that needs no capability", c.ID)
			}
		}
	}
	if observable < 50 {
		t.Errorf("%d clauses have a check, want at least 50", observable)
	}
}

func TestCleanReferenceKeepsEveryClause(t *testing.T) {
	for range 20 {
		for id, why := range run(t, "") {
			t.Errorf("%s: %s", id, why)
		}
	}
}

// elsewhere are the clauses that a broker breaks or keeps, and no server half behind it.
var elsewhere = map[string]bool{
	"ingest/kafka/accepts-object":         true,
	"ingest/kafka/accepts-batch":          true,
	"ingest/kafka/requires-tls":           true,
	"ingest/kafka/requires-sasl":          true,
	"ingest/kafka/refuses-wrong-password": true,
	"ingest/kafka/refuses-unknown-user":   true,
	"ingest/kafka/refuses-unknown-topic":  true,
}

func TestMutantsAndClausesFindEachOther(t *testing.T) {
	clean := clauses.All(claimsAll())
	known, killed, named := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, c := range clean {
		known[c.ID] = true
	}
	for _, m := range reference.Mutants() {
		if named[m.Name] {
			t.Errorf("%s: name used twice", m.Name)
		}
		named[m.Name] = true
		if !known[m.Clause] {
			t.Errorf("%s: cites %s, which is no clause", m.Name, m.Clause)
			continue
		}
		broken := run(t, m.Name)
		if why, is := broken[m.Clause]; !is || strings.HasPrefix(why, "inconclusive") {
			t.Errorf("%s survives %s (%s); broken were %v", m.Name, m.Clause, why, broken)
		}
		for id, why := range broken {
			killed[id] = killed[id] || !strings.HasPrefix(why, "inconclusive")
		}
	}
	for _, c := range clean {
		if c.Check != nil && !killed[c.ID] && !elsewhere[c.ID] {
			t.Errorf("%s (%s): no mutant breaks it, so nothing shows that it can fail", c.ID, c.Level)
		}
	}
}

// A check without a judgement says so: it neither passes nor fails a target that it could not reach.
func TestSilenceIsInconclusive(t *testing.T) {
	for name, reply := range map[string]contract.Reply{
		"timeout":      {Outcome: contract.Indeterminate, Class: contract.ClassTimeout},
		"rate-limited": {Outcome: contract.Failed, Class: contract.ClassRateLimited, Status: 429},
	} {
		p := newProbe(t, "")
		p.Sender = always{reply}
		for _, c := range clauses.All(claimsAll()) {
			if c.Check == nil {
				continue
			}
			if violations, err := c.Check(t.Context(), p); err == nil {
				t.Errorf("%s: %s judged all the same: %v", name, c.ID, violations)
			}
		}
	}
}

type always struct{ reply contract.Reply }

func (a always) Send(context.Context, *contract.Message, contract.Departure) (contract.Reply, error) {
	return a.reply, nil
}
