package clauses

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/ingest"
)

// way makes a message of events: a POST, or a batch of Kafka records.
type way func(events ...event) *contract.Message

// post is the way by HTTP.
func (s suite) post(events ...event) *contract.Message { return s.body(array(events...)) }

// body is a POST with these bytes.
func (s suite) body(body []byte) *contract.Message {
	return &contract.Message{
		Operation: ingest.OpHTTP, Transport: contract.HTTP, Method: http.MethodPost, Path: ingest.EventsPath, Body: body,
		Header: []contract.Field{{Name: "Content-Type", Value: ingest.MediaType}, {Name: ingest.KeyHeader, Value: s.key}},
	}
}

// headed returns m with one header given anew, or left out where value is empty.
func headed(m *contract.Message, name, value string) *contract.Message {
	var kept []contract.Field
	for _, h := range m.Header {
		if !strings.EqualFold(h.Name, name) {
			kept = append(kept, h)
		}
	}
	if value != "" {
		kept = append(kept, contract.Field{Name: name, Value: value})
	}
	m.Header = kept
	return m
}

// produce is the way by Kafka: one record for each event, keyed by its id.
func produce(events ...event) *contract.Message {
	var records []contract.Record
	for _, e := range events {
		records = append(records, contract.Record{Key: []byte(e.id()), Value: e.text()})
	}
	return produced(records...)
}

func produced(records ...contract.Record) *contract.Message {
	return &contract.Message{Operation: ingest.OpKafka, Transport: contract.Kafka, Records: records}
}

// send sends m and returns the exchange. An error means that nothing can be judged by it: the link failed, or the
// target asked for patience.
func send(ctx context.Context, p *contract.Probe, m *contract.Message) (*contract.Exchange, error) {
	reply, err := p.Send(ctx, m, contract.AsTold)
	switch {
	case err != nil:
		return nil, fmt.Errorf("send %s: %w", m.Operation, err)
	case !reply.Answered():
		return nil, fmt.Errorf("send %s: no answer (%s): %s", m.Operation, reply.Class, reply.Detail)
	case reply.Class == contract.ClassRateLimited:
		return nil, fmt.Errorf("send %s: rate-limited, so nothing can be judged", m.Operation)
	}
	return &contract.Exchange{Message: *m, Reply: reply}, nil
}

// deliver sends m as a mere preparation: not to be acknowledged is no violation then, but the end of the judgement.
func deliver(ctx context.Context, p *contract.Probe, m *contract.Message) (*contract.Exchange, error) {
	x, err := send(ctx, p, m)
	if err == nil && !taken(x) {
		return nil, fmt.Errorf("send %s: %s, so what follows cannot be judged", m.Operation, describe(x.Reply))
	}
	return x, err
}

func taken(x *contract.Exchange) bool { return x.Reply.Outcome == contract.Acknowledged }

// accepts is a check that the target acknowledges one event with these changes, sent by HTTP.
func (s suite) accepts(changes ...change) contract.Check {
	return s.acknowledges(func(p *contract.Probe) *contract.Message { return s.post(s.event(p, changes...)) })
}

// acknowledges is a check that the target acknowledges each of the messages.
func (s suite) acknowledges(messages ...func(*contract.Probe) *contract.Message) contract.Check {
	return func(ctx context.Context, p *contract.Probe) (broken []contract.Violation, err error) {
		for _, message := range messages {
			x, err := send(ctx, p, message(p))
			if err != nil {
				return nil, err
			}
			if !taken(x) {
				broken = append(broken, violation("to be acknowledged", x))
			}
		}
		return broken, nil
	}
}

// judged is a check of the reply to one message; judge says what was wanted, or nothing when the reply is right.
func judged(message func(*contract.Probe) *contract.Message, judge func(contract.Reply) (wanted string)) contract.Check {
	return func(ctx context.Context, p *contract.Probe) ([]contract.Violation, error) {
		x, err := send(ctx, p, message(p))
		if err != nil {
			return nil, err
		}
		if wanted := judge(x.Reply); wanted != "" {
			return []contract.Violation{violation(wanted, x)}, nil
		}
		return nil, nil
	}
}

// notTakenAny is a check that none of the messages is acknowledged.
func notTakenAny(messages ...func(*contract.Probe) *contract.Message) contract.Check {
	return func(ctx context.Context, p *contract.Probe) (broken []contract.Violation, err error) {
		for _, message := range messages {
			x, err := send(ctx, p, message(p))
			if err != nil {
				return nil, err
			}
			if taken(x) {
				broken = append(broken, violation("not to be acknowledged", x))
			}
		}
		return broken, nil
	}
}

// notTaken judges that a reply is a refusal.
func notTaken(r contract.Reply) string {
	if r.Outcome == contract.Acknowledged {
		return "not to be acknowledged"
	}
	return ""
}

// status judges that a reply has one of the statuses.
func status(allowed ...int) func(contract.Reply) string {
	return func(r contract.Reply) string {
		for _, s := range allowed {
			if r.Status == s {
				return ""
			}
		}
		return "status " + strings.ReplaceAll(strings.Trim(fmt.Sprint(allowed), "[]"), " ", " or ")
	}
}

func violation(wanted string, x *contract.Exchange) contract.Violation {
	return contract.Violation{Wanted: wanted, Got: describe(x.Reply), Exchange: x}
}

// describe says in one line what came back.
func describe(r contract.Reply) string {
	const most = 120
	got := r.Outcome.String()
	if r.Status != 0 {
		got = fmt.Sprintf("%s with status %d", got, r.Status)
	}
	body := strings.TrimSpace(strings.ToValidUTF8(string(r.Body[:min(most, len(r.Body))]), ""))
	if why := cmp.Or(body, r.Detail); why != "" { // the target's own words tell more than the driver's
		return got + ": " + why
	}
	return got
}
