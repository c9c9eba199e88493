package clauses_test

import (
	"bytes"
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
		SNS:          &target.SNS{},
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
	case contract.AsTold, contract.Modest, contract.Gzip, contract.Snappy, contract.LZ4, contract.Zstd:
	case contract.Vast:
		return contract.Reply{Outcome: contract.Failed, Class: contract.ClassTooLarge}, nil
	case contract.Plaintext, contract.Bare:
		return contract.Reply{Outcome: contract.Failed, Class: contract.ClassTLS}, nil
	case contract.UnknownTopic:
		return contract.Reply{Outcome: contract.Failed, Class: contract.ClassTopic}, nil
	default:
		return contract.Reply{Outcome: contract.Failed, Class: contract.ClassAuth}, nil
	}
	if m.Transport == contract.SNS {
		return b.publish(m), nil
	}
	answer := b.respond(m)
	if m.Transport == contract.Kafka { // a broker acknowledges what it has written, whatever is thought of it later
		return contract.Reply{Outcome: contract.Acknowledged}, nil
	}
	return answer.Reply, nil
}

// respond asks the half and stores what it accepts.
func (b *bench) respond(m *contract.Message) contract.Answer {
	answer := b.half.Respond(time.Now(), m)
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range answer.Accepted {
		b.stored[string(r.Key)] = append(b.stored[string(r.Key)], contract.Stored{ID: string(r.Key), Value: r.Value})
	}
	return answer
}

// publish is what a topic does: it looks at the form of a message, and leaves its content to its subscriber.
func (b *bench) publish(m *contract.Message) contract.Reply {
	texts, ids, size := [][]byte{m.Body}, map[string]bool{}, len(m.Body)
	if len(m.Records) > 0 {
		texts = nil
	}
	for _, r := range m.Records {
		texts, size, ids[string(r.Key)] = append(texts, r.Value), size+len(r.Value), true
	}
	failed := contract.Reply{Outcome: contract.Failed, Class: contract.ClassRejected, Status: 400}
	if len(m.Records) > 10 || len(ids) < len(m.Records) || size > 256<<10 {
		return failed
	}
	reply := contract.Reply{Outcome: contract.Acknowledged, Status: 200}
	for _, text := range texts {
		if len(text) == 0 || bytes.ContainsRune(text, 2) {
			reply = failed
			continue
		}
		b.respond(&contract.Message{Transport: contract.SNS, Body: text})
	}
	return reply
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

// judge says how a clause was broken; empty when it was kept.
func judge(t testing.TB, p *contract.Probe, c contract.Clause) string {
	t.Helper()
	violations, err := c.Check(t.Context(), p)
	switch {
	case err != nil:
		return inconclusive + err.Error()
	case len(violations) > 0:
		return "wanted " + violations[0].Wanted + ", got " + violations[0].Got
	}
	return ""
}

const inconclusive = "inconclusive: "

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
	p := newProbe(t, "")
	for _, c := range clauses.All(claimsAll()) {
		for range 20 {
			if c.Check == nil {
				break
			}
			if why := judge(t, p, c); why != "" {
				t.Errorf("%s: %s", c.ID, why)
			}
		}
	}
}

// elsewhere are the clauses that a broker or a topic breaks or keeps, and no server half behind it.
var elsewhere = map[string]bool{
	"ingest/kafka/accepts-object": true,
	"ingest/kafka/accepts-batch":  true,
	"ingest/kafka/requires-tls":   true,

	"ingest/kafka/accepts-modest-producer":     true,
	"ingest/kafka/accepts-idempotent-producer": true,
	"ingest/kafka/accepts-compression":         true,
	"ingest/kafka/too-large-is-told":           true,

	"ingest/kafka/requires-sasl":          true,
	"ingest/kafka/refuses-wrong-password": true,
	"ingest/kafka/refuses-unknown-user":   true,
	"ingest/kafka/refuses-unknown-topic":  true,

	"ingest/sns/accepts-array":              true,
	"ingest/sns/accepts-ten-entries":        true,
	"ingest/sns/accepts-240-kib":            true,
	"ingest/sns/refuses-eleven-entries":     true,
	"ingest/sns/refuses-repeated-entry-ids": true,
	"ingest/sns/names-every-entry":          true,
	"ingest/sns/reports-failed-entries":     true,
	"ingest/sns/refuses-empty-message":      true,
	"ingest/sns/refuses-illegal-characters": true,
	"ingest/sns/refuses-oversized-message":  true,
	"ingest/sns/refuses-oversized-batch":    true,
	"ingest/sns/refuses-unsigned":           true,
	"ingest/sns/refuses-wrong-secret":       true,
	"ingest/sns/refuses-unknown-access-key": true,
	"ingest/sns/refuses-unknown-topic":      true,
}

// alsoBrokenBy names, for each clause that no mutant cites, one that breaks it all the same.
var alsoBrokenBy = map[string]string{
	"ingest/kafka/batch-is-stored": "ingest-kafka-loses",

	"ingest/clients/accepts-backend":            "ingest-refuses-array-of-one",
	"ingest/clients/accepts-js":                 "ingest-refuses-string-times",
	"ingest/clients/accepts-unity":              "ingest-refuses-double-times",
	"ingest/clients/accepts-unity-as-shipped":   "ingest-refuses-nameless-player",
	"ingest/clients/accepts-unreal":             "ingest-refuses-charset",
	"ingest/clients/accepts-unreal-as-shipped":  "ingest-refuses-zero-time",
	"ingest/clients/accepts-godot":              "ingest-refuses-unknown-device-members",
	"ingest/clients/accepts-godot-as-shipped":   "ingest-refuses-bare-object",
	"ingest/clients/backend-records-are-stored": "ingest-kafka-alters",
	"ingest/sns/batch-is-stored":                "ingest-sns-loses",
}

func TestEveryMutantIsFailedByTheClauseItCites(t *testing.T) {
	register, err := contract.NewRegister(clauses.All(claimsAll())...)
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, m := range reference.Mutants() {
		if named[m.Name] {
			t.Errorf("%s: name used twice", m.Name)
		}
		named[m.Name] = true
		c, known := register.Lookup(m.Clause)
		if !known || c.Check == nil {
			t.Errorf("%s: cites %s, which is no clause with a check", m.Name, m.Clause)
			continue
		}
		if why := judge(t, newProbe(t, m.Name), c); why == "" || strings.HasPrefix(why, inconclusive) {
			t.Errorf("%s survives %s: %s", m.Name, c.ID, why)
		}
	}
}

func TestEveryClauseCanFail(t *testing.T) {
	cited := map[string]bool{}
	for _, m := range reference.Mutants() {
		cited[m.Clause] = true
	}
	for _, c := range clauses.All(claimsAll()) {
		if c.Check == nil || cited[c.ID] || elsewhere[c.ID] {
			continue
		}
		mutant, known := alsoBrokenBy[c.ID]
		if !known {
			t.Errorf("%s (%s): no mutant breaks it, so nothing shows that it can fail", c.ID, c.Level)
			continue
		}
		if why := judge(t, newProbe(t, mutant), c); why == "" || strings.HasPrefix(why, inconclusive) {
			t.Errorf("%s: not broken by %s: %s", c.ID, mutant, why)
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
