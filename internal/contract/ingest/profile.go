package ingest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/contract"
)

// Profile is one client of the contract as data: what it puts on the wire, when, and what it does about failures. What
// a client sends by HTTP is rendered from it; the rest is for whoever plays the client, and for people.
type Profile struct {
	Name       string // such as unity
	Client     string // what it is, and which version the form was read from
	Basis      string // as of a clause, by the grammar of conformance/BASIS.md
	Header     []contract.Field
	Event      string // the wire form of one event, a template
	Bare       bool   // a lone event is posted without the array around it
	Batch      Batch
	Clock      Clock
	Retry      Retry
	Deviations []Deviation // from what the contract asks of a client; those that this profile has
}

// Batch says when a client hands over what it gathered: as soon as one of the bounds is reached.
type Batch struct {
	Events int           // most events in one POST; 0 is without bound
	Units  int           // most of them in UTF-16 units of their text; 0 is without bound
	Every  time.Duration // longest time that an event waits; 0 is not at all
}

// Clock says when a client asks the server what time it is (A-H6).
type Clock struct {
	AtStart   bool          // once, when the game starts
	EachEvent bool          // before every event, which is lost when the clock does not answer
	Retry     time.Duration // between attempts at the start, until one succeeds; 0 is a single attempt
}

// Retry says what a client does with events that were not acknowledged. No client tells one failure from another, backs
// off, or reads Retry-After (fact A-R).
type Retry struct {
	Every    time.Duration // between attempts; 0 is that failed events are lost
	Attempts int           // after so many in vain the events are lost; 0 is without bound
	Keep     time.Duration // events older than this are lost at the next failure; 0 is without bound
	Together bool          // all that failed goes out in one POST, however much it is; otherwise batch by batch
}

// Deviation is one known way in which a client breaks the contract.
type Deviation struct {
	Name   string         // begins with the client's name
	Clause string         // id of the client clause that it breaks
	Wrong  string         // what it does wrong, one sentence without a final full stop
	Taken  contract.Level // how binding it is for a server to take it all the same

	shipped, mended string // part of the template with and without it; empty when it is about the array around events
}

// KeySlot stands for the API key in a profile's headers.
const KeySlot = "$key"

// allDeviations names every deviation of a profile at once, and without sets the deviations that are switched off apart
// from a profile's name.
const (
	allDeviations = "all"
	without       = " without "
)

// Without returns the profile with some of its deviations switched off, or with all of them, and a name that says so.
// A deviation that it does not have is an error.
func (p Profile) Without(names ...string) (Profile, error) {
	var kept []Deviation
	var gone []string
	for _, d := range p.Deviations {
		if !slices.Contains(names, d.Name) && !slices.Contains(names, allDeviations) {
			kept = append(kept, d)
			continue
		}
		gone = append(gone, d.Name)
		if d.shipped == "" {
			p.Bare = false
		} else {
			p.Event = strings.Replace(p.Event, d.shipped, d.mended, 1)
		}
	}
	for _, name := range names {
		if name != allDeviations && !slices.Contains(gone, name) {
			return p, fmt.Errorf("client %s: deviation %q is unknown, want %s or some of %s", p.Name, name, allDeviations, p.deviations())
		}
	}
	p.Deviations = kept
	if len(gone) > 0 {
		p.Name += without + strings.Join(gone, ", ")
	}
	return p, nil
}

func (p Profile) deviations() string {
	var names []string
	for _, d := range p.Deviations {
		names = append(names, d.Name)
	}
	return strings.Join(names, ", ")
}

// Taken returns the profile without the deviations that a server is less strictly obliged to take than this.
func (p Profile) Taken(least contract.Level) Profile {
	var off []string
	for _, d := range p.Deviations {
		if d.Taken < least {
			off = append(off, d.Name)
		}
	}
	p, _ = p.Without(off...) // the names are its own
	return p
}

// Lenience returns how binding it is for a server to take the profile with all its deviations.
func (p Profile) Lenience() contract.Level {
	least := contract.Must
	for _, d := range p.Deviations {
		least = min(least, d.Taken)
	}
	return least
}

// ProfileNames lists the clients as they are shipped.
func ProfileNames() []string {
	var names []string
	for _, p := range Profiles() {
		names = append(names, p.Name)
	}
	return names
}

// FindProfile returns a client by its name, which may switch deviations off: "godot without godot-bare-object" or
// "godot without all". The empty name is a backend. An unknown name is an error that lists the known ones.
func FindProfile(name string) (Profile, error) {
	client, off, some := strings.Cut(cmp.Or(name, Backend), without)
	for _, p := range Profiles() {
		switch {
		case p.Name != client:
		case some:
			return p.Without(strings.FieldsFunc(off, func(r rune) bool { return r == ',' || r == ' ' })...)
		default:
			return p, nil
		}
	}
	return Profile{}, fmt.Errorf("client %q is unknown, want one of %s", name, strings.Join(ProfileNames(), ", "))
}

// compile makes the profile ready to be rendered, with this API key.
func (p Profile) compile(key string) (*form, error) {
	wire, err := compile(p.Event)
	if err != nil {
		return nil, fmt.Errorf("client %s: %w", p.Name, err)
	}
	sample := values{tag: "tag", at: 1, action: &contract.Action{}, event: &contract.Event{ID: "id", Name: "name"}}
	appendHex(sample.sum[:0], 0)
	if _, faults := DecodeEvent(wire.append(nil, &sample)); len(faults) > 0 {
		return nil, fmt.Errorf("client %s: its template makes no event: %w", p.Name, faults[0])
	}
	canon, err := compile(canonical(p.Event))
	if err != nil {
		return nil, fmt.Errorf("client %s: %w", p.Name, err)
	}
	f := &form{wire: wire, canonical: canon, bare: p.Bare, plain: isCanonical(p.Event)}
	for _, h := range p.Header {
		if h.Value == KeySlot {
			h.Value = key
		}
		f.header = append(f.header, h)
	}
	return f, nil
}
