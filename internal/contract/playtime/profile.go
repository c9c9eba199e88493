package playtime

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/contract"
)

// Profile is one client of the contract as data: the wire form of its requests, its cadence, what it does when a
// request fails, and what it is known to get wrong. It does nothing by itself; a Renderer writes by it.
type Profile struct {
	Name  string
	About string // one line
	Basis string // as of a clause, by the grammar of conformance/BASIS.md

	// The wire form.
	Header      []contract.Field  // lines in order; Fill words in their values are filled in, and a line left empty is dropped
	APIKey      bool              // the query carries the key of the game, when the target has one
	Members     []string          // of a start, in order; heartbeats and ends leave out the ids
	TextNumbers bool              // ids, timestamp and order id are strings of digits
	Seconds     bool              // the timestamp is in seconds; otherwise in milliseconds
	Pairs       bool              // the body is an array of {"Key","Value"} objects
	Platforms   map[string]string // platforms that are spelled otherwise than documented
	Portals     map[string]string // portals that are spelled otherwise than documented

	// The order ids. The next one is always one higher than the last.
	FirstOrder int  // of the start
	EndRepeats bool // the end repeats the last order id

	// What the caller of the client sees; a run takes its cadence from the scenario.
	Beat   Cadence
	Failed Habits

	Deviations []Deviation // in the order in which they are listed
}

// Fill words stand in header values for what a message has to say.
const (
	FillToken    = "{token}"
	FillPlatform = "{platform}"
	FillPortal   = "{portal}"
)

// Cadence is when a client sends heartbeats.
type Cadence struct {
	AtOnce   bool          // the first comes right after the start; otherwise after one period
	Min, Max time.Duration // a period is drawn from [Min, Max); always Min where both are equal
}

// Habits are what becomes of a session when a request of it fails. No client sends a request a second time.
type Habits struct{ Start, Heartbeat, End Habit }

// Habit is one way to go on after a failure.
type Habit string

// The habits of the known clients.
const (
	GiveUp   Habit = "give-up"   // the session is forgotten and nothing more is sent
	GoOn     Habit = "go-on"     // the next heartbeat goes out as if nothing had happened; the order id is spent
	KeepOpen Habit = "keep-open" // the caller may try again, with a higher order id
)

// Deviation is one known way in which a client departs from the documented form.
type Deviation struct {
	Name   string // such as unity-2025-body-pairs; unique over all profiles
	About  string // what the client does
	Ruling string // how the departure is judged
	undo   func(*Profile)
}

// Profiles returns the clients of the contract: rest, which is the documented form, then the SDKs. The caller owns them.
func Profiles() []Profile { return []Profile{rest(), cpp(), unity2024(), unity2025()} }

// ProfileNames returns the names of all profiles in order.
func ProfileNames() []string {
	var names []string
	for _, p := range Profiles() {
		names = append(names, p.Name)
	}
	return names
}

// without sets a profile's name apart from the deviations that are switched off.
const without = " without "

// FindProfile returns the profile of a client: a name, or a name with deviations switched off, such as
// "unity-2025 without unity-2025-body-pairs, unity-2025-start-at-2"; "without all" switches off all of them. No name is
// that of rest. A name or a deviation that is unknown is an error that lists what is known.
func FindProfile(client string) (Profile, error) {
	name, off, some := strings.Cut(client, without)
	for _, p := range Profiles() {
		if p.Name != name && (name != "" || p.Name != Rest) {
			continue
		}
		if !some {
			return p, nil
		}
		return p.Without(strings.Split(off, ",")...)
	}
	return Profile{}, fmt.Errorf("client %q is unknown, want one of %s", client, strings.Join(ProfileNames(), ", "))
}

// Without returns the profile with deviations switched off, and a name that says so. The name all is all of them.
func (p Profile) Without(deviations ...string) (Profile, error) {
	off := map[string]bool{}
	for _, d := range deviations {
		off[strings.TrimSpace(d)] = true
	}
	var kept, gone []string
	p.Deviations = slices.DeleteFunc(slices.Clone(p.Deviations), func(d Deviation) bool {
		if !off[d.Name] && !off["all"] {
			kept = append(kept, d.Name)
			return false
		}
		d.undo(&p)
		delete(off, d.Name)
		gone = append(gone, d.Name)
		return true
	})
	delete(off, "all")
	if unknown := slices.Sorted(maps.Keys(off)); len(unknown) > 0 {
		return Profile{}, fmt.Errorf("client %q: deviation %q is unknown, want all or some of %s",
			p.Name, unknown[0], strings.Join(slices.Concat(gone, kept), ", "))
	}
	if len(gone) > 0 {
		p.Name += without + strings.Join(gone, ", ")
	}
	return p, nil
}

// Order returns the order id that the client gives to an action, which counts a session's requests from 1.
func (p *Profile) Order(k contract.Kind, place int) int {
	order := place + p.FirstOrder - 1
	if k == contract.End && p.EndRepeats {
		order = max(order-1, p.FirstOrder)
	}
	return order
}
