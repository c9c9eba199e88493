package ingest

import (
	"cmp"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
)

// Judge holds what a client sends against the clauses that a client owes, by whichever transport. It is safe for
// concurrent use and remembers only which ids it saw lately.
type Judge struct {
	tag, key string
	clauses  []string
	rules    []eventRule
	ids      *idMemory
}

// NewJudge returns a judge for clients that were given what t says: the cartridge tag and the API key. A target that
// does not claim the contract gives a judge that finds nothing.
func NewJudge(t *target.Target) *Judge {
	j := &Judge{ids: newIDMemory(rememberedIDs), rules: eventRules()}
	for _, id := range messageClauses {
		j.clauses = append(j.clauses, clausePrefix+id)
	}
	for _, r := range j.rules {
		j.clauses = append(j.clauses, clausePrefix+r.clause)
	}
	if t.Ingest != nil {
		j.tag = t.Ingest.CartridgeTag
		if t.Ingest.HTTP != nil {
			j.key = t.Ingest.HTTP.APIKey.Reveal()
		}
	}
	return j
}

const clausePrefix = "ingest/client/"

// messageClauses are the clauses about messages as a whole; those about events follow them.
var messageClauses = []string{
	"posts-to-the-path", "sends-the-key", "sends-json-media-type", "body-within-256-kib", "sends-valid-json", "sends-array",
	"one-object-per-record", "publishes-array", "publishes-within-256-kib", "key-is-the-id",
}

// Clauses returns the ids of the clauses that Judge can find broken, in order. The caller must not change the slice.
func (j *Judge) Clauses() []string { return j.clauses }

// Judge returns the clauses that m breaks, each once, in the order of Clauses. Of several events at fault it tells of
// the first.
func (j *Judge) Judge(now time.Time, m *contract.Message) []contract.Breach {
	f := findings{judge: j, now: now}
	switch {
	case j.tag == "":
	case m.Transport == contract.Kafka:
		for _, r := range m.Records {
			f.record(r)
		}
	case m.Transport == contract.SNS:
		f.sized("publishes-within-256-kib", len(m.Body))
		f.body("publishes-array", m.Body)
	case strings.HasPrefix(m.Path, "/ingress/"):
		f.post(m)
	}
	slices.SortStableFunc(f.found, func(a, b contract.Breach) int {
		return cmp.Compare(slices.Index(j.clauses, a.Clause), slices.Index(j.clauses, b.Clause))
	})
	return f.found
}

// findings gathers the breaches of one message.
type findings struct {
	judge *Judge
	now   time.Time
	found []contract.Breach
}

func (f *findings) add(clause, wanted, got string) {
	clause = clausePrefix + clause
	if !slices.ContainsFunc(f.found, func(b contract.Breach) bool { return b.Clause == clause }) {
		f.found = append(f.found, contract.Breach{Clause: clause, Wanted: wanted, Got: got})
	}
}

// safeBytes is what every path to the service carries by default (A-H11, A-S4). A body above wholeBytes is judged by its
// size alone, for whoever received it may have cut it there.
const (
	safeBytes  = 256 << 10
	wholeBytes = 1 << 20
)

func (f *findings) sized(clause string, size int) {
	if size > safeBytes {
		f.add(clause, fmt.Sprintf("at most %d bytes", safeBytes), fmt.Sprintf("%d bytes", size))
	}
}

func (f *findings) post(m *contract.Message) {
	if m.Method != http.MethodPost || m.Path != EventsPath {
		f.add("posts-to-the-path", "POST "+EventsPath, fmt.Sprintf("%.20s %.100s", m.Method, m.Path))
		return
	}
	switch key, has := m.Get(KeyHeader); {
	case !has:
		f.add("sends-the-key", "the API key in the header "+KeyHeader, "no such header")
	case key != f.judge.key:
		f.add("sends-the-key", "the API key that was given out", "another key")
	}
	sent, _ := m.Get("Content-Type")
	if parsed, _, err := mime.ParseMediaType(sent); err != nil || parsed != MediaType {
		f.add("sends-json-media-type", "Content-Type "+MediaType, fmt.Sprintf("%.100q", sent))
	}
	f.sized("body-within-256-kib", len(m.Body))
	f.body("sends-array", m.Body)
}

// body judges an array of events; the clause is the one that asks for the array.
func (f *findings) body(clause string, body []byte) {
	if len(body) > wholeBytes {
		return
	}
	events, faults := DecodeEvents(body)
	if len(faults) > 0 && faults[0].Index < 0 {
		if syntax(body) != "" {
			f.add("sends-valid-json", "valid JSON within the bounds", faults[0].Problem)
		} else {
			f.add(clause, "an array of events", excerpt(body)+": "+faults[0].Problem)
		}
		return
	}
	if skipped := skipSpace(body, 0); body[skipped] != '[' {
		f.add(clause, "an array of events", "one event without an array around it")
	}
	f.events(events, faults)
}

// record judges one Kafka record.
func (f *findings) record(r contract.Record) {
	e, faults := DecodeEvent(r.Value)
	switch start := skipSpace(r.Value, 0); {
	case len(faults) > 0 && faults[0].Index < 0:
		f.add("sends-valid-json", "valid JSON within the bounds", faults[0].Problem)
	case r.Value[start] != '{':
		f.add("one-object-per-record", "one JSON object", excerpt(r.Value[start:]))
	default:
		if string(r.Key) != e.ID {
			f.add("key-is-the-id", fmt.Sprintf("key %.64q, the event's id", e.ID), fmt.Sprintf("key %.64q", r.Key))
		}
		f.events([]Event{e}, faults)
	}
}

func (f *findings) events(events []Event, faults []FieldError) {
	for i := range events {
		e := &events[i]
		for _, fault := range faults {
			if fault.Index == e.index {
				e.faults = append(e.faults, fault)
			}
		}
		if len(faults) >= maxFaults && e.index > faults[len(faults)-1].Index {
			return // the faults of these events were dropped, so nothing true can be said of them
		}
		for _, r := range f.judge.rules {
			if got := r.got(f, e); got != "" {
				f.add(r.clause, r.wanted, fmt.Sprintf("event %d: %s", e.index, got))
				if e.raw[0] != '{' {
					break
				}
			}
		}
	}
}
