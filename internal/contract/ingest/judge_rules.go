package ingest

import (
	"hash/maphash"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// eventRule is one client clause about an event: got says how the event breaks it; empty when it does not.
type eventRule struct {
	clause, wanted string
	got            func(f *findings, e *Event) string
}

// account is a wallet address as clients are asked to write it (ruling 30).
var account = regexp.MustCompile(`^0x[0-9a-f]{40}$`)

// firstMillisecond is the least number that cannot be meant in seconds: 13 digits, the year 2001.
const firstMillisecond = 1_000_000_000_000

// How far an event's time may be from its receipt: no client keeps an event for longer than a week (fact A-R),
// and no clock that was set by the server runs ahead by minutes.
const (
	oldest = 8 * 24 * time.Hour
	newest = 5 * time.Minute
)

// eventRules lists what a client owes in an event, the binding clauses first.
func eventRules() []eventRule {
	return []eventRule{
		{"sends-required-members", "cartridge_tag, name, id and time_server, not empty", func(_ *findings, e *Event) string {
			return e.fault(func(f FieldError) bool { return strings.HasPrefix(f.Problem, "missing") })
		}},
		{"members-have-their-types", "every member of the type that the document shows", func(_ *findings, e *Event) string {
			return e.fault(func(f FieldError) bool { return !strings.HasPrefix(f.Problem, "missing") })
		}},
		{"sends-the-assigned-tag", "the cartridge_tag that was given out", func(f *findings, e *Event) string {
			return when(e.CartridgeTag != "" && e.CartridgeTag != f.judge.tag, "cartridge_tag "+clip(e.CartridgeTag))
		}},
		{"names-the-player", "a user_id or a smart_account that is not empty", func(_ *findings, e *Event) string {
			return when(e.UserID == "" && e.SmartAccount == "", "both empty or missing")
		}},
		{"time-in-milliseconds", "time_server in Unix milliseconds, above 0", func(_ *findings, e *Event) string {
			return when(!e.faulty("time_server") && e.TimeServer < firstMillisecond, "time_server "+strconv.FormatInt(e.TimeServer, 10))
		}},
		{"environment-is-0-or-1", "app_environment 0 or 1", func(_ *findings, e *Event) string { return e.odd("app.app_environment") }},
		{"ids-are-unique", "an id of its own for every event", func(f *findings, e *Event) string {
			return when(e.ID != "" && e.Op == "" && f.judge.ids.another(e), "id "+clip(e.ID)+" was another event's before")
		}},
		{"times-are-integers", "times as JSON integers", func(_ *findings, e *Event) string { return e.odd("time_server", "time_local") }},
		{"time-near-receipt", "time_server at most 5 minutes after and 8 days before the receipt", func(f *findings, e *Event) string {
			at := time.UnixMilli(e.TimeServer)
			apart := e.TimeServer >= firstMillisecond && (at.After(f.now.Add(newest)) || at.Before(f.now.Add(-oldest)))
			return when(apart, "time_server "+strconv.FormatInt(e.TimeServer, 10)+", received at "+strconv.FormatInt(f.now.UnixMilli(), 10))
		}},
		{"account-in-lower-case", "smart_account as 0x and 40 lower-case hex digits", func(_ *findings, e *Event) string {
			return when(e.SmartAccount != "" && !account.MatchString(e.SmartAccount), "smart_account "+clip(e.SmartAccount))
		}},
		{"chain-is-positive", "a chain_id above 0, or none", func(_ *findings, e *Event) string { return e.odd("chain_id") }},
		{"sends-properties", "properties, be it an empty object", func(_ *findings, e *Event) string {
			return when(e.Properties == nil && !e.faulty("properties"), "properties missing")
		}},
		{"sends-app", "app with app_identifier and app_version", func(_ *findings, e *Event) string {
			return when(e.App.Identifier == "" || e.App.Version == "", "app incomplete or missing")
		}},
	}
}

func when(is bool, got string) string {
	if is {
		return got
	}
	return ""
}

// clip quotes a text, bounded.
func clip(text string) string {
	const most = 64
	if len(text) > most {
		return strconv.Quote(strings.ToValidUTF8(text[:most], "")) + "..."
	}
	return strconv.Quote(text)
}

// fault returns the first fault of this kind, as a line.
func (e *Event) fault(kind func(FieldError) bool) string {
	for _, f := range e.faults {
		if kind(f) {
			return strings.TrimPrefix(f.Field+": "+f.Problem, ": ")
		}
	}
	return ""
}

func (e *Event) faulty(field string) bool {
	return e.fault(func(f FieldError) bool { return f.Field == field }) != ""
}

// odd returns the first form that is merely tolerated of one of the fields, as a line.
func (e *Event) odd(fields ...string) string {
	for _, field := range fields {
		for _, f := range e.oddness {
			if f.Field == field {
				return f.Field + ": " + f.Problem
			}
		}
	}
	return ""
}

// rememberedIDs bounds how many ids a judge remembers; the oldest is forgotten first.
const rememberedIDs = 1 << 16

// idMemory remembers which event an id stood for, by hashes. Safe for concurrent use.
type idMemory struct {
	seed maphash.Seed

	mu    sync.Mutex // guards all below
	event map[uint64]uint64
	order []uint64 // a ring once it is full
	next  int
	limit int
}

func newIDMemory(limit int) *idMemory {
	return &idMemory{seed: maphash.MakeSeed(), event: map[uint64]uint64{}, limit: limit}
}

// another tells whether the id of e was given to another event before: one of another name, or of another session. An
// event that is sent again, or corrected, keeps both. It remembers e.
func (m *idMemory) another(e *Event) bool {
	id := maphash.String(m.seed, e.ID)
	what := maphash.String(m.seed, strconv.Quote(e.Name)+strconv.Quote(e.SessionID))
	m.mu.Lock()
	defer m.mu.Unlock()
	if before, known := m.event[id]; known {
		return before != what
	}
	m.event[id] = what
	if len(m.order) < m.limit {
		m.order = append(m.order, id)
		return false
	}
	delete(m.event, m.order[m.next])
	m.order[m.next] = id
	m.next = (m.next + 1) % m.limit
	return false
}
