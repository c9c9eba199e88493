package scenarios

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/passmuster/muster/internal/strict"
)

// The bounds on a scenario.
const (
	MaxPlayers = 10_000_000 // at once

	shortest     = time.Second          // plan
	longest      = 366 * 24 * time.Hour // plan
	shortestStep = 100 * time.Millisecond
	longestStep  = 24 * time.Hour
	maxPoints    = 1000
	maxUGC       = 1000 // ids in one session
	maxWeight    = 1_000_000
)

var pacings = []string{PacingAuto, PacingPrecise, PacingEconomical}

var nameForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// report takes a fault of the field at path.
type report = func(path, format string, args ...any)

// Check looks at a scenario, with its defaults filled in, for faults that only its caller can know of. It reports each of
// them with the path of its field, such as thresholds[2].
type Check func(s Scenario, fault func(path, format string, args ...any))

// Validate returns every fault of a scenario whose defaults are filled in, as strict.Faults without positions. What
// Decode and Override return is valid already.
func (s Scenario) Validate() error {
	faults := strict.Faults{}
	validate(s, func(path, format string, args ...any) {
		faults.List = append(faults.List, strict.Fault{File: "scenario " + s.Name, Path: path, Text: fmt.Sprintf(format, args...)})
	})
	if len(faults.List) == 0 {
		return nil
	}
	return faults
}

func validate(s Scenario, fault report) {
	if s.Version != Version {
		fault("version", "want %d, got %d", Version, s.Version)
	}
	if !nameForm.MatchString(s.Name) || len(s.Name) > 64 {
		fault("name", "want lower-case words and digits joined by hyphens, at most 64 characters, got %s", strict.Show(s.Name))
	}
	if strings.ContainsFunc(s.Description, unicode.IsControl) || len(s.Description) > 200 {
		fault("description", "want one line of at most 200 characters")
	}
	within(fault, "duration", s.Duration, shortest, longest)
	if !(s.TimeScale >= 0.01 && s.TimeScale <= 10_000) {
		fault("time_scale", "want 0.01 to 10000, got %v", s.TimeScale)
	}
	if s.Warmup < 0 || s.Duration > 0 && s.Warmup >= s.Duration {
		fault("warmup", "want at least 0 and less than the duration, %v, got %v", plain(s.Duration), plain(s.Warmup))
	}
	s.Players.validate(s.Duration, fault)
	s.Events.validate(fault)
	s.Connections.validate(fault)
	s.Generator.validate(fault)
	for i, t := range s.Thresholds {
		t.validate(strict.Index("thresholds", i), fault)
	}
}

func (e Events) validate(fault report) {
	if e.Every != 0 {
		within(fault, "events.every", e.Every, shortestStep, longestStep)
	}
	within(fault, "events.per_flush", e.PerFlush, 1, 1000)
	within(fault, "events.bytes", e.Bytes, 1, 1_000_000)
	for i, name := range e.Names {
		if name == "" || len(name) > 128 || strings.ContainsFunc(name, unicode.IsControl) {
			fault(strict.Index("events.names", i), "want 1 to 128 characters on one line, got %s", strict.Show(name))
		}
	}
	weights(fault, "events.transport", e.Transport, transports)
	clients(fault, "events.clients", e.Clients)
}

func (g Generator) validate(fault report) {
	within(fault, "generator.max_in_flight", g.MaxInFlight, 1, 1_000_000)
	within(fault, "generator.max_lag", g.MaxLag, time.Millisecond, time.Minute)
	if !(g.LateShare > 0 && g.LateShare <= 1) {
		fault("generator.late_share", "want more than 0 and at most 1, got %v", g.LateShare)
	}
	oneOf(fault, "generator.pacing", g.Pacing, pacings)
	within(fault, "generator.attackers", g.Attackers, 0, 256)
	within(fault, "generator.max_workers", g.MaxWorkers, 0, 1_000_000)
}

func (t Threshold) validate(path string, fault report) {
	if _, err := t.Parse(); err != nil {
		fault(path, "%v", err)
	}
}

// within reports a value outside [least, most].
func within[T int | time.Duration](fault report, path string, v, least, most T) {
	if v < least || v > most {
		fault(path, "want %v to %v, got %v", plain(least), plain(most), plain(v))
	}
}

// weights reports unknown names, weights out of bounds, and weights that choose nothing. With no known names at all,
// every name will do.
func weights(fault report, path string, w map[string]int, known []string) {
	sum := 0
	for _, name := range slices.Sorted(maps.Keys(w)) {
		at, weight := strict.Join(path, name), w[name]
		if len(known) > 0 && !slices.Contains(known, strings.ToLower(name)) {
			fault(at, "unknown, known are %s%s", strings.Join(known, ", "), strict.Suggest(name, known))
		}
		within(fault, at, weight, 0, maxWeight)
		sum += max(0, min(weight, maxWeight))
	}
	if len(w) > 0 && sum == 0 {
		fault(path, "want at least one weight above 0")
	}
}

// plain is v for a fault: a duration is written as people write it, 10m and not 10m0s.
func plain(v any) any {
	d, is := v.(time.Duration)
	if !is {
		return v
	}
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
