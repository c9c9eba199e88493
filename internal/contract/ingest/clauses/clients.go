package clauses

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/ingest"
	"github.com/passmuster/muster/internal/target"
)

// clients are the clauses that a target takes what the known clients send: one for each client without those of its
// defects that a server need not take, and one for the client as it is shipped where that differs.
func (s suite) clients() []contract.Clause {
	var all []contract.Clause
	for _, p := range ingest.Profiles() {
		owed := p.Taken(contract.Must)
		all = append(all, contract.Clause{
			ID: "ingest/clients/accepts-" + p.Name, Level: contract.Must, Basis: p.Basis,
			Duty: "What is sent by " + p.Client + ", is acknowledged", Check: s.takes(owed),
		})
		if owed.Name == p.Name {
			continue
		}
		all[len(all)-1].Duty = "What is sent by " + p.Client + ", without its grave defects, is acknowledged"
		all = append(all, contract.Clause{
			ID: "ingest/clients/accepts-" + p.Name + "-as-shipped", Level: p.Lenience(), Basis: p.Basis,
			Duty: "What is sent by " + p.Client + ", with all its defects, is acknowledged", Check: s.takes(p),
		})
	}
	records := over(contract.Kafka, []contract.Capability{contract.CapKafka, contract.CapReadback}, []contract.Clause{{
		ID: "ingest/clients/backend-records-are-stored", Level: contract.Must, Basis: `document, "Kafka sample"; fact A-K1`,
		Duty: "What a game's own server sends by Kafka is stored as it was sent", Check: s.keepsRecord,
	}})
	return append(over(contract.HTTP, []contract.Capability{contract.CapHTTP}, all), records...)
}

// takes is a check that the target acknowledges an event of a client, asked for the time first by one that does so.
func (s suite) takes(client ingest.Profile) contract.Check {
	return func(ctx context.Context, p *contract.Probe) ([]contract.Violation, error) {
		at := p.Now()
		if client.Clock.EachEvent {
			x, told, err := askTime(ctx, p)
			if err != nil {
				return nil, err
			}
			if at = told; at.IsZero() {
				return []contract.Violation{violation("the time, without which this client sends nothing", x)}, nil
			}
		}
		m, err := s.rendered(p, contract.HTTP, client.Name, at)
		if err != nil {
			return nil, err
		}
		x, err := send(ctx, p, m)
		if err != nil || taken(x) {
			return nil, err
		}
		return []contract.Violation{violation("to be acknowledged", x)}, nil
	}
}

// askTime asks the clock; the time is zero when the answer does not tell it.
func askTime(ctx context.Context, p *contract.Probe) (*contract.Exchange, time.Time, error) {
	x, err := send(ctx, p, &contract.Message{
		Operation: ingest.OpHTTP, Transport: contract.HTTP, Method: http.MethodGet, Path: ingest.ClockPath,
	})
	if err != nil || !taken(x) {
		return x, time.Time{}, err
	}
	ms, _ := strconv.ParseInt(strings.TrimSpace(string(x.Reply.Body)), 10, 64) // 0 where it is not a number
	if ms <= 0 {
		return x, time.Time{}, nil
	}
	return x, time.UnixMilli(ms), nil
}

// keepsRecord sends a backend's record and compares what is stored with it.
func (s suite) keepsRecord(ctx context.Context, p *contract.Probe) ([]contract.Violation, error) {
	m, err := s.rendered(p, contract.Kafka, ingest.Backend, p.Now())
	if err != nil {
		return nil, err
	}
	x, err := deliver(ctx, p, m)
	if err != nil {
		return nil, err
	}
	copies, err := find(ctx, p, string(m.Records[0].Key))
	if err != nil {
		return nil, err
	}
	if len(copies) == 0 {
		return []contract.Violation{{Wanted: "the event to be found by read-back", Got: "not found", Exchange: x}}, nil
	}
	var broken []contract.Violation
	for _, d := range differences(m.Records[0].Value, copies[len(copies)-1].Value) {
		broken = append(broken, contract.Violation{Wanted: d.wanted, Got: d.got, Exchange: x})
	}
	return broken, nil
}

// rendered is a message of one event as a client sends it.
func (s suite) rendered(p *contract.Probe, by contract.Transport, client string, at time.Time) (*contract.Message, error) {
	r, err := ingest.NewRenderer(&target.Target{Ingest: &target.Ingest{
		CartridgeTag: s.tag, HTTP: &target.HTTP{APIKey: target.Secret(s.key)}, Kafka: &target.Kafka{},
	}})
	if err != nil {
		return nil, fmt.Errorf("render what %s sends: %w", client, err)
	}
	m := &contract.Message{}
	return m, r.Render(m, &contract.Action{
		Kind: contract.Flush, Transport: by, EventClient: client, SessionID: dashed(p.ID()), At: at, Platform: "linux",
		Events: []contract.Event{{ID: p.ID(), Name: "muster_probe", At: at}},
	})
}
