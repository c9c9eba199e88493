package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// The bounds of what is decoded. None of them is in a document; each is well above what a real client sends.
const (
	MaxBytes  = 8 << 20 // of a body or a record value: the default of the smallest hosted broker (A-K14)
	MaxEvents = 10_000  // in one body
	MaxDepth  = 64      // of nesting within one event
	maxFaults = 20      // reported; the rest are dropped
)

// FieldError is one fault of a received body.
type FieldError struct {
	Index   int    // which event of the body, from 0; -1 when the body as a whole is at fault
	Field   string // which member, dots between levels; empty when the event as a whole is at fault
	Problem string // what is wrong and what is allowed
}

// Error returns the fault as one line, such as: event 3: time_server: "soon": want Unix milliseconds.
func (f FieldError) Error() string {
	where := ""
	if f.Index >= 0 {
		where = "event " + strconv.Itoa(f.Index) + ": "
	}
	if f.Field != "" {
		where += f.Field + ": "
	}
	return where + f.Problem
}

// DecodeEvents reads the body of a POST: an array of events, or one bare object (ruling 23). It returns the events in
// order and every fault, up to a bound; events are only to be used when there is none. It tolerates what rulings 26 to
// 35 have a server tolerate: times as integers, digit strings or whole doubles, absent optional members, null for an
// absent one, unknown members. The events share the memory of body.
func DecodeEvents(body []byte) ([]Event, []FieldError) {
	if fault := syntax(body); fault != "" {
		return nil, []FieldError{{Index: -1, Problem: fault}}
	}
	body = bytes.TrimSpace(body)
	switch body[0] {
	case '{':
		e, faults := decodeAt(0, body)
		return []Event{e}, faults
	case '[':
		return decodeArray(body)
	default:
		return nil, []FieldError{{Index: -1, Problem: "want an array of events"}}
	}
}

// DecodeEvent reads the value of a Kafka record: exactly one object (A-K1). It tolerates what DecodeEvents does. The
// event shares the memory of value.
func DecodeEvent(value []byte) (Event, []FieldError) {
	if fault := syntax(value); fault != "" {
		return Event{}, []FieldError{{Index: -1, Problem: fault}}
	}
	return decodeAt(0, bytes.TrimSpace(value))
}

func decodeArray(body []byte) (events []Event, faults []FieldError) {
	for element := range elements(body) {
		if len(events) == MaxEvents {
			return nil, []FieldError{{Index: -1, Problem: fmt.Sprintf("more than %d events", MaxEvents)}}
		}
		e, wrong := decodeAt(len(events), element)
		events = append(events, e)
		if len(faults) < maxFaults {
			faults = append(faults, wrong...)
		}
	}
	return events, faults
}

// syntax says what keeps the text from being JSON within the bounds; empty when nothing does.
func syntax(text []byte) string {
	switch {
	case len(text) > MaxBytes:
		return fmt.Sprintf("%d bytes, at most %d are allowed", len(text), MaxBytes)
	case !utf8.Valid(text):
		return "not UTF-8"
	case !json.Valid(text):
		return "not valid JSON"
	}
	return ""
}

// decoder gathers the faults of one event.
type decoder struct {
	index  int
	faults []FieldError
	odd    []FieldError // tolerated, but not what a client should send
}

func (d *decoder) fault(field, problem string) {
	d.faults = append(d.faults, FieldError{d.index, field, problem})
}

func (d *decoder) warn(field, problem string) {
	d.odd = append(d.odd, FieldError{d.index, field, problem})
}

func decodeAt(index int, raw []byte) (Event, []FieldError) {
	d := decoder{index: index}
	e := Event{raw: raw, index: index}
	if raw[0] != '{' {
		d.fault("", "want one JSON object")
		return e, d.faults
	}
	if _, depth := nestedEnd(raw, 0); depth > MaxDepth {
		d.fault("", fmt.Sprintf("nests %d levels deep, at most %d are allowed", depth, MaxDepth))
		return e, d.faults
	}
	var timed bool
	for name, value := range members(raw) {
		timed = timed || string(name) == "time_server"
		d.member(&e, name, value)
	}
	d.required("cartridge_tag", e.CartridgeTag)
	d.required("name", e.Name)
	d.required("id", e.ID)
	if !timed {
		d.fault("time_server", "missing")
	}
	e.oddness = d.odd
	return e, d.faults
}

func (d *decoder) member(e *Event, name, value []byte) {
	switch string(name) {
	case "cartridge_tag":
		e.CartridgeTag = d.text("cartridge_tag", value)
	case "name":
		e.Name = d.text("name", value)
	case "id":
		e.ID = d.text("id", value)
	case "time_server":
		e.TimeServer = d.time("time_server", value)
	case "time_local":
		if !null(value) {
			e.TimeLocal = d.time("time_local", value)
		}
	case "smart_account":
		e.SmartAccount = d.text("smart_account", value)
	case "user_id":
		e.UserID = d.text("user_id", value)
	case "session_id":
		e.SessionID = d.text("session_id", value)
	case "chain_id":
		e.ChainID = d.chain(value)
	case "device":
		d.device(&e.Device, value)
	case "app":
		d.app(&e.App, value)
	case "properties":
		if e.Properties = nil; d.object("properties", value) {
			e.Properties = value
		}
	case "op":
		e.Op = d.op(value)
	}
}

func (d *decoder) required(field, text string) {
	if text == "" {
		d.fault(field, "missing or empty")
	}
}

func null(value []byte) bool { return value[0] == 'n' }

// text reads a string; null is an absent one.
func (d *decoder) text(field string, value []byte) string {
	switch {
	case value[0] == '"':
		return unquote(value)
	case !null(value):
		d.fault(field, excerpt(value)+": want a string")
	}
	return ""
}

// object tells whether there is one; null is an absent one.
func (d *decoder) object(field string, value []byte) bool {
	if value[0] != '{' && !null(value) {
		d.fault(field, excerpt(value)+": want an object")
	}
	return value[0] == '{'
}

// excerpt quotes the beginning of a value for a fault's one line.
func excerpt(value []byte) string {
	const most = 40
	if len(value) > most {
		return string(bytes.ToValidUTF8(value[:most], nil)) + "..."
	}
	return string(value)
}
