package clauses

import (
	"context"
	"net/http"
	"strings"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/ingest"
)

// http are the clauses about what is let in by HTTP POST.
func (s suite) http() []contract.Clause {
	single := func(p *contract.Probe) *contract.Message { return s.post(s.event(p)) }
	return over(contract.HTTP, []contract.Capability{contract.CapHTTP}, []contract.Clause{
		{
			ID: "ingest/http/accepts-array", Level: contract.Must, Basis: `document, "Prepare your payload"; fact A-H1, A-H5`,
			Duty:  "A POST of an array with one event is acknowledged",
			Check: s.accepts(),
		}, {
			ID: "ingest/http/accepts-batch", Level: contract.Must, Basis: `document, "Prepare your payload"`,
			Duty:  "A POST of an array with a hundred events is acknowledged",
			Check: s.acknowledges(func(p *contract.Probe) *contract.Message { return s.post(s.events(p, 100)...) }),
		}, {
			ID: "ingest/http/accepts-bare-object", Level: contract.May, Basis: "fact A-H5; ruling 23",
			Duty:  "A POST of one event without an array around it is acknowledged",
			Check: s.acknowledges(func(p *contract.Probe) *contract.Message { return s.body(s.event(p).text()) }),
		}, {
			ID: "ingest/http/accepts-charset", Level: contract.Must, Basis: "fact A-H4",
			Duty: "A media type with a charset parameter is understood",
			Check: s.acknowledges(func(p *contract.Probe) *contract.Message {
				return headed(single(p), "Content-Type", "application/json; charset=utf-8")
			}),
		}, {
			ID: "ingest/http/key-header-in-any-case", Level: contract.Must, Basis: "fact A-H3; RFC 9110, 5.1",
			Duty:  "The header of the API key is known in upper, lower and mixed case",
			Check: s.acknowledges(s.keyAs("x-api-key"), s.keyAs("X-API-KEY"), s.keyAs("X-Api-Key")),
		}, {
			ID: "ingest/http/accepts-240-kib", Level: contract.Should, Basis: "fact A-H11",
			Duty:  "A body of 240 KiB is acknowledged",
			Check: s.acknowledges(func(p *contract.Probe) *contract.Message { return s.post(s.event(p, padded(240<<10))) }),
		}, {
			ID: "ingest/http/refuses-missing-key", Level: contract.Must, Refuses: true, Basis: "fact A-H3, A-H10",
			Duty:  "A POST without an API key is not acknowledged",
			Check: notTakenAny(s.keyless, s.emptyKey),
		}, {
			ID: "ingest/http/refuses-unknown-key", Level: contract.Must, Refuses: true, Basis: "fact A-H3, A-H10",
			Duty:  "A POST with an API key that was never given out is not acknowledged",
			Check: notTakenAny(s.wrongKey, s.longerKey),
		}, {
			ID: "ingest/http/refuses-malformed-json", Level: contract.Should, Refuses: true, Basis: "fact A-H10; ruling 25",
			Duty: "A body that is not JSON is not acknowledged",
			Check: judged(func(p *contract.Probe) *contract.Message {
				return s.body([]byte(strings.TrimSuffix(string(array(s.event(p))), "]") + ",]"))
			}, notTaken),
		}, {
			ID: "ingest/http/refuses-other-methods", Level: contract.Should, Refuses: true, Basis: "fact A-H1",
			Duty:  "Events are not taken by PUT",
			Check: judged(func(p *contract.Probe) *contract.Message { m := single(p); m.Method = http.MethodPut; return m }, notTaken),
		},
	})
}

// answers are the clauses about the form of what HTTP answers.
func (s suite) answers() []contract.Clause {
	single := func(p *contract.Probe) *contract.Message { return s.post(s.event(p)) }
	return over(contract.HTTP, []contract.Capability{contract.CapHTTP}, []contract.Clause{
		{
			ID: "ingest/http/success-has-no-message", Level: contract.Must, Basis: "fact A-H9",
			Duty:  "The body of a success has no text member named message, which clients read as a failure",
			Check: s.onSuccess(func(body map[string]any) bool { _, is := body["message"].(string); return !is }, "no top-level text member message"),
		}, {
			ID: "ingest/http/success-is-a-receipt", Level: contract.May, Basis: "fact A-H8; ruling 39",
			Duty:  "The body of a success is a queue's receipt",
			Check: s.onSuccess(func(body map[string]any) bool { return body["SendMessageResponse"] != nil }, "a member SendMessageResponse"),
		}, {
			ID: "ingest/http/missing-key-answers-403", Level: contract.Should, Refuses: true, Basis: "fact A-H10",
			Duty:  "A POST without an API key is answered 403",
			Check: judged(s.keyless, status(http.StatusForbidden)),
		}, {
			ID: "ingest/http/wrong-media-type-answers-415", Level: contract.Should, Refuses: true, Basis: "fact A-H10",
			Duty: "A body that is sent as plain text is answered 415",
			Check: judged(func(p *contract.Probe) *contract.Message {
				return headed(single(p), "Content-Type", "text/plain")
			}, status(http.StatusUnsupportedMediaType)),
		}, {
			ID: "ingest/http/too-large-answers-413", Level: contract.Should, Refuses: true, Basis: "fact A-H10, A-H11",
			Duty: "A body that is refused for its size is answered 413",
			Check: judged(func(p *contract.Probe) *contract.Message { return s.post(s.event(p, padded(1<<20))) },
				func(r contract.Reply) string {
					if r.Outcome == contract.Acknowledged {
						return ""
					}
					return status(http.StatusRequestEntityTooLarge)(r)
				}),
		}, {
			ID: "ingest/http/error-has-message", Level: contract.Should, Refuses: true, Basis: "fact A-H9",
			Duty: "The body of a refusal is an object that tells the reason in a text member message",
			Check: judged(s.wrongKey, func(r contract.Reply) string {
				if _, is := object(r.Body)["message"].(string); is || r.Outcome == contract.Acknowledged {
					return ""
				}
				return "an object with a text member message"
			}),
		},
	})
}

// keyless is a POST without a key, wrongKey one with a key that nobody has.
func (s suite) keyless(p *contract.Probe) *contract.Message {
	return headed(s.post(s.event(p)), ingest.KeyHeader, "")
}

func (s suite) wrongKey(p *contract.Probe) *contract.Message {
	return headed(s.post(s.event(p)), ingest.KeyHeader, "unknown-"+p.ID())
}

// emptyKey is a POST whose key has no characters, longerKey one whose key goes on where the right one ends.
func (s suite) emptyKey(p *contract.Probe) *contract.Message {
	m := s.keyless(p)
	m.Header = append(m.Header, contract.Field{Name: ingest.KeyHeader})
	return m
}

func (s suite) longerKey(p *contract.Probe) *contract.Message {
	return headed(s.post(s.event(p)), ingest.KeyHeader, s.key+"-unknown")
}

// keyAs is a POST that spells the key's header in its own way.
func (s suite) keyAs(name string) func(*contract.Probe) *contract.Message {
	return func(p *contract.Probe) *contract.Message { return headed(s.post(s.event(p)), name, s.key) }
}

func (s suite) events(p *contract.Probe, count int) []event {
	events := make([]event, count)
	for i := range events {
		events[i] = s.event(p)
	}
	return events
}

// padded makes an event at least so many bytes long.
func padded(size int) change {
	return set("properties", map[string]any{"padding": strings.Repeat("m", size-800)})
}

// object returns the members of a body; a body that is no JSON object has none.
func object(body []byte) map[string]any {
	value, err := parse(body)
	if err != nil {
		return nil
	}
	members, _ := value.(map[string]any)
	return members
}

// onSuccess is a check of the members that the body of an acknowledgement has.
func (s suite) onSuccess(right func(map[string]any) bool, wanted string) contract.Check {
	return func(ctx context.Context, p *contract.Probe) ([]contract.Violation, error) {
		x, err := deliver(ctx, p, s.post(s.event(p)))
		if err != nil {
			return nil, err
		}
		if right(object(x.Reply.Body)) {
			return nil, nil
		}
		return []contract.Violation{violation(wanted, x)}, nil
	}
}
