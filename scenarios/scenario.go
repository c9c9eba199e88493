// Package scenarios describes a load run as data: who plays, how many, how long, with which client.
//
// A YAML file flows in, a validated Scenario flows out, or every fault of the file at once, each with line and field.
// The built-in scenarios are the *.yaml files beside this one. The package imports internal/strict only.
package scenarios

import "time"

// Scenario is who plays, how many, how long and how. Times are those of the plan: with a TimeScale of 40, a heartbeat
// period of 150 s stays 150 s in the plan and lasts 3.75 s on the wall.
type Scenario struct {
	Version     int           `yaml:"version" json:"version"`                   // of the format; 1
	Name        string        `yaml:"name" json:"name"`                         // lower-case words joined by hyphens
	Description string        `yaml:"description,omitempty" json:"description"` // one line for `muster scenarios list`
	Seed        uint64        `yaml:"seed,omitempty" json:"seed"`               // of everything that is drawn; default 1
	Duration    time.Duration `yaml:"duration" json:"duration"`                 // of the plan
	TimeScale   float64       `yaml:"time_scale,omitempty" json:"time_scale"`   // plan seconds that pass in one wall second; default 1
	Warmup      time.Duration `yaml:"warmup,omitempty" json:"warmup"`           // start of the plan that percentiles leave out; default 0
	Players     Players       `yaml:"players" json:"players"`
	Events      Events        `yaml:"events,omitempty" json:"events"`
	Connections Connections   `yaml:"connections,omitempty" json:"connections"`
	Generator   Generator     `yaml:"generator,omitempty" json:"generator"`
	Thresholds  []Threshold   `yaml:"thresholds,omitempty" json:"thresholds,omitempty"`
}

// Players is the population.
type Players struct {
	CCU       []Point        `yaml:"ccu,omitempty" json:"ccu"`               // how many play at once; straight lines between points
	Waves     []Wave         `yaml:"waves,omitempty" json:"waves,omitempty"` // or the hours of the day, which the defaults turn into CCU
	Session   Session        `yaml:"session,omitempty" json:"session"`       // how long a session lasts
	UGC       UGC            `yaml:"ugc,omitempty" json:"ugc"`               // content ids at the start of a session
	Heartbeat Heartbeat      `yaml:"heartbeat,omitempty" json:"heartbeat"`
	Clients   map[string]int `yaml:"clients,omitempty" json:"clients,omitempty"`     // weights of the SDKs that players have; default the documented form
	Platforms map[string]int `yaml:"platforms,omitempty" json:"platforms,omitempty"` // weights of X-Modio-Platform values
	Portals   map[string]int `yaml:"portals,omitempty" json:"portals,omitempty"`     // weights of X-Modio-Portal values
}

// Point is one corner of the curve of concurrent players. Two points at one instant make a step.
type Point struct {
	At      time.Duration `yaml:"at" json:"at"`           // since the beginning of the plan
	Players int           `yaml:"players" json:"players"` // concurrent players at that instant
}

// Session is the law of session lengths. The mean of the uniform law lies in the middle of Min and Max, so the third of
// them follows from the other two.
type Session struct {
	Law  string        `yaml:"law,omitempty" json:"law"`   // exponential (default), uniform or fixed
	Mean time.Duration `yaml:"mean,omitempty" json:"mean"` // default 30m
	Min  time.Duration `yaml:"min,omitempty" json:"min"`   // shorter draws are lengthened to it; default 1s
	Max  time.Duration `yaml:"max,omitempty" json:"max"`   // longer draws are cut to it; default 8 x mean
}

// UGC says how many content ids a session starts with, and from how large a catalogue they are drawn.
type UGC struct {
	Min       int `yaml:"min,omitempty" json:"min"`             // default 1
	Max       int `yaml:"max,omitempty" json:"max"`             // default 5, at least Min
	Catalogue int `yaml:"catalogue,omitempty" json:"catalogue"` // default 10000
}

// Heartbeat is the cadence of heartbeats. The k-th is due at the session's planned start + k x Period, moved by a
// seeded jitter in [-Jitter, +Jitter].
type Heartbeat struct {
	Period time.Duration `yaml:"period,omitempty" json:"period"` // default 150s
	Jitter time.Duration `yaml:"jitter,omitempty" json:"jitter"` // default 0; at most half a period
}

// Events says what analytics events a playing session produces. A player keeps to one transport.
type Events struct {
	Every     time.Duration  `yaml:"every,omitempty" json:"every"`               // between two flushes of a session; 0 is no events
	PerFlush  int            `yaml:"per_flush,omitempty" json:"per_flush"`       // events in one flush; default 1
	Bytes     int            `yaml:"bytes,omitempty" json:"bytes"`               // size that one event is padded to; default 450
	Names     []string       `yaml:"names,omitempty" json:"names"`               // drawn evenly; default level_complete
	Transport map[string]int `yaml:"transport,omitempty" json:"transport"`       // weights of http, kafka and sns; default http alone
	Clients   map[string]int `yaml:"clients,omitempty" json:"clients,omitempty"` // weights of the clients that send events by HTTP; default a backend
}

// The ways of waiting for the next due.
const (
	PacingAuto       = "auto"       // precise while the plan's busiest second has at most PrecisePeak actions, economical above
	PacingPrecise    = "precise"    // to some 50 µs, for more CPU
	PacingEconomical = "economical" // to the millisecond
)

// PrecisePeak is the rate, in actions per second on the wall, up to which automatic pacing is precise.
const PrecisePeak = 10_000

// Generator bounds the generator and says when its own lateness makes a run invalid.
type Generator struct {
	MaxInFlight int           `yaml:"max_in_flight,omitempty" json:"max_in_flight"` // default 4096
	MaxLag      time.Duration `yaml:"max_lag,omitempty" json:"max_lag"`             // a second whose p99 lag is above is late; default 250ms
	LateShare   float64       `yaml:"late_share,omitempty" json:"late_share"`       // share of late seconds that makes a run invalid; default 0.1
	Pacing      string        `yaml:"pacing,omitempty" json:"pacing"`               // auto (default), precise or economical
	Attackers   int           `yaml:"attackers,omitempty" json:"attackers"`         // that share the players; 0, the default, lets the engine choose
	MaxWorkers  int           `yaml:"max_workers,omitempty" json:"max_workers"`     // goroutines that send, of all attackers together; 0, the default, is as many as max_in_flight
}
