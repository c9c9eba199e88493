package clauses

import (
	"encoding/json"
	"maps"

	"github.com/passmuster/muster/internal/contract"
)

// event is one event on its way to a target: its members, to be altered at will.
type event map[string]any

// change alters an event before it is sent.
type change func(event)

// event returns an event that has every member the document shows, under an id of its own, altered by the changes.
func (s suite) event(p *contract.Probe, changes ...change) event {
	now := p.Now().UnixMilli()
	e := event{
		"cartridge_tag": s.tag,
		"name":          "muster_probe",
		"time_server":   now,
		"time_local":    now,
		"smart_account": "0x7e57000000000000000000000000000000000000",
		"user_id":       "muster-probe",
		"id":            p.ID(),
		"session_id":    p.ID(),
		"chain_id":      1,
		"device": map[string]any{
			"device_name": "probe", "device_model": "probe", "device_unique_id": "probe-1", "device_os": "none",
		},
		"app":        map[string]any{"app_identifier": "muster.probe", "app_version": "1.0", "app_environment": 0},
		"properties": map[string]any{"note": "sent by a conformance probe", "step": 1, "fine": true},
	}
	for _, c := range changes {
		c(e)
	}
	return e
}

func (e event) id() string { return e["id"].(string) } //nolint:forcetypeassert // every change that sets an id sets a string

// same returns a copy, for a newer version of the event.
func (e event) same(changes ...change) event {
	other := maps.Clone(e)
	for _, c := range changes {
		c(other)
	}
	return other
}

// set gives members of the event, by name and value in turn.
func set(name string, value any) change { return func(e event) { e[name] = value } }

// literal gives a member the text itself as its JSON value, for forms that an encoder would not choose.
func literal(name, text string) change { return set(name, json.RawMessage(text)) }

// without leaves members out.
func without(names ...string) change {
	return func(e event) {
		for _, name := range names {
			delete(e, name)
		}
	}
}

// text is the event as JSON. Members are in alphabetical order, which no contract asks for and none forbids.
func (e event) text() []byte { return encode(e) }

func encode(v any) []byte {
	out, err := json.Marshal(v)
	if err != nil {
		panic("clauses: an event that cannot be encoded: " + err.Error()) // a fault of the clause that made it
	}
	return out
}

// array is the body of a POST.
func array(events ...event) []byte { return encode(events) }
