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
	Basis      string // tags of the public facts
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
// off, or reads Retry-After (contracts.md 1.3).
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

// mendedSuffix is what the name of a profile ends in that has no deviations any more.
const mendedSuffix = "-mended"

// Without returns the profile with some of its deviations switched off. A name that it does not have is an error.
func (p Profile) Without(names ...string) (Profile, error) {
	p.Deviations = slices.Clone(p.Deviations)
	for _, name := range names {
		i := slices.IndexFunc(p.Deviations, func(d Deviation) bool { return d.Name == name })
		if i < 0 {
			return p, fmt.Errorf("mend client %s: it has no deviation %q", p.Name, name)
		}
		if d := p.Deviations[i]; d.shipped == "" {
			p.Bare = false
		} else {
			p.Event = strings.Replace(p.Event, d.shipped, d.mended, 1)
		}
		p.Deviations = slices.Delete(p.Deviations, i, i+1)
	}
	return p, nil
}

// Mended returns the profile with all its deviations switched off, named so: godot becomes godot-mended. A profile
// without deviations is returned as it is.
func (p Profile) Mended() Profile {
	if len(p.Deviations) == 0 {
		return p
	}
	mended := p.Taken(contract.Must + 1)
	mended.Name += mendedSuffix
	return mended
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

// variants returns every profile that has a name: as shipped, then mended.
func variants() []Profile {
	var all []Profile
	for _, p := range Profiles() {
		all = append(all, p)
		if mended := p.Mended(); mended.Name != p.Name {
			all = append(all, mended)
		}
	}
	return all
}

// ProfileNames lists the clients that an action may name, such as godot and godot-mended.
func ProfileNames() []string {
	var names []string
	for _, p := range variants() {
		names = append(names, p.Name)
	}
	return names
}

// FindProfile returns the client of this name; the empty name is a backend.
func FindProfile(name string) (Profile, error) {
	for _, p := range variants() {
		if p.Name == cmp.Or(name, Backend) {
			return p, nil
		}
	}
	return Profile{}, fmt.Errorf("client %q of the ingest contract is unknown, want one of %s", name, strings.Join(ProfileNames(), ", "))
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
