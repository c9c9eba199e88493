package scenarios

import (
	"reflect"
	"strings"

	"github.com/passmuster/muster/internal/strict"
)

// Version is the version of the format that this package reads.
const Version = 1

// Decode reads a scenario file, fills in the defaults and validates the result. The error holds every fault of the file
// at once, each on a line of its own with file, line, column and field; its method Hint gives advice. name is the file
// that the faults are told with. What the checks find is told among the rest.
func Decode(name string, data []byte, checks ...Check) (Scenario, error) {
	var written Scenario
	doc := strict.Decode(name, data, &written)
	s := written.WithDefaults()
	requireMembers(doc, written)
	refuseZeros(doc, "", reflect.ValueOf(written), reflect.ValueOf(s))
	if s.Connections.Mode == Pooled && doc.Has("connections.idle") {
		doc.Fault("connections.idle", "means nothing with mode pooled; leave it out, or set mode to per-player")
	}
	validate(s, doc.Fault)
	for _, check := range checks {
		check(s, doc.Fault)
	}
	return s, doc.Err()
}

// requireMembers reports what the file must say and does not.
func requireMembers(doc *strict.Document, written Scenario) {
	need := func(path, what string) {
		if !doc.Has(path) {
			doc.Spoil(path, "missing; want %s", what)
		}
	}
	need("version", "the version of the format, 1")
	need("name", "lower-case words and digits joined by hyphens")
	need("duration", "the length of the plan, such as 20m")
	need("players", "the population, at least its ccu")
	if !doc.Has("players.waves") {
		need("players.ccu", "points of time and players, such as [{at: 0s, players: 100}], or waves")
	}
	for i := range written.Players.Waves {
		need(strict.Join(strict.Index("players.waves", i), "peak"), "the most players at once")
	}
	for i := range written.Players.CCU {
		point := strict.Index("players.ccu", i)
		need(strict.Join(point, "at"), "the time since the beginning of the plan, such as 5m")
		need(strict.Join(point, "players"), "how many play at that time")
	}
	if doc.Has("events") {
		need("events.every", "the time between two flushes of a session, such as 150s, or 0 for no events")
	}
}

// refuseZeros reports every member that the file gives as zero, or as an empty list, although zero stands for a
// default that is something else: what a file says must not be turned into its opposite in silence.
func refuseZeros(doc *strict.Document, path string, written, filled reflect.Value) {
	if written.Kind() != reflect.Struct {
		if doc.Has(path) && empty(written) && !empty(filled) {
			doc.Spoil(path, "may not be zero or empty; leave the member out for the default, %v", plain(filled.Interface()))
		}
		return
	}
	for i := range written.NumField() {
		member, _, _ := strings.Cut(written.Type().Field(i).Tag.Get("yaml"), ",")
		refuseZeros(doc, strict.Join(path, member), written.Field(i), filled.Field(i))
	}
}

// empty tells whether v is what a field is when nothing is said about it.
func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map:
		return v.Len() == 0
	default:
		return v.IsZero()
	}
}
