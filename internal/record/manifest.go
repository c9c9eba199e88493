package record

import (
	"encoding/json"
	"time"
)

// How a run ended. A run directory says Running until the very end, so one whose process died never reads as complete.
const (
	Running     = "running"
	Complete    = "complete"
	Interrupted = "interrupted"
	Aborted     = "aborted" // a threshold was broken for good; Manifest.Abort says which
	Broken      = "broken"  // muster's own fault; Manifest.Fault says which
)

// Manifest says what was run, with what, and how it ended.
type Manifest struct {
	Version   int             `json:"version"`
	Name      string          `json:"name"`             // of the run
	Verb      string          `json:"verb"`             // rehearse, conform or load
	Muster    Build           `json:"muster"`           // the binary that ran
	Host      Host            `json:"host"`             // the machine that it ran on
	Target    json.RawMessage `json:"target,omitempty"` // the target file, secrets redacted
	TargetIs  string          `json:"target_name"`
	Began     time.Time       `json:"began"`
	Finished  time.Time       `json:"finished,omitzero"`
	Ended     string          `json:"ended"` // Running, Complete, Interrupted, Aborted or Broken
	Fault     string          `json:"fault,omitempty"`
	Abort     *Abort          `json:"abort,omitempty"`     // why the load half was aborted; nil when it was not
	Generator *Generator      `json:"generator,omitempty"` // nil until a load half has ended
	Load      *LoadPlan       `json:"load,omitempty"`      // nil when the run had no load half
	Conform   *ConformPlan    `json:"conform,omitempty"`   // nil when the run had no conformance half
	Problems  []Problem       `json:"problems,omitempty"`  // what could not be read of the slices that the run was merged from
}

// Abort is the threshold for which a run was ended early.
type Abort struct {
	Threshold string `json:"threshold"` // as the scenario has it
	Second    int    `json:"second"`    // wall second of the run, the first being 1, at whose end it was found broken
	Of        int    `json:"of"`        // wall seconds that the plan takes
	Measured  string `json:"measured"`  // what was known then
}

// Generator is what the generator knows of itself when a run has ended.
type Generator struct {
	CPUSeconds     float64 `json:"cpu_s"`                     // user and system time of this process during the run
	MaxRSSBytes    int64   `json:"max_rss_bytes"`             // peak resident memory of this process
	Attackers      int     `json:"attackers"`                 // vegeta attackers that shared the players
	MaxInFlight    int     `json:"max_in_flight"`             // bound on actions under way
	PeakInFlight   int     `json:"peak_in_flight"`            // most actions under way at once
	SlotsExhausted int64   `json:"slots_exhausted"`           // dues that had to wait because the bound was reached
	WorkersAtCap   int64   `json:"workers_at_cap"`            // dues that had to wait for a worker
	CoarseFrames   int64   `json:"coarse_frames"`             // seconds that were merged into the next because the disk was slow
	SamplesDropped int64   `json:"samples_dropped,omitempty"` // actions that were to be kept and were not, because the disk was slow
	SharedProcess  bool    `json:"shared_process"`            // the target ran in the same process, so CPU and memory are of both
	Floor          *Floor  `json:"floor,omitempty"`           // nil when it was not measured
}

// Build identifies a binary.
type Build struct {
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Go      string `json:"go"`
}

// Host describes the generator's machine.
type Host struct {
	OS    string `json:"os"`
	Arch  string `json:"arch"`
	Cores int    `json:"cores"`
}

// LoadPlan is what the load half set out to do.
type LoadPlan struct {
	Scenario       json.RawMessage `json:"scenario"`        // as run, overrides applied
	ScenarioDigest string          `json:"scenario_digest"` // SHA-256 of it
	Seed           uint64          `json:"seed"`
	Run            string          `json:"run,omitempty"` // number of the run in 16 hex digits, which all slices of it share
	ScheduleHash   string          `json:"schedule_hash"` // of the whole plan, the same for any slicing
	TimeScale      float64         `json:"time_scale"`
	PlannedWall    time.Duration   `json:"planned_wall_ns"` // how long the plan lasts on the wall
	Warmup         time.Duration   `json:"warmup_wall_ns"`  // wall time at the beginning that percentiles leave out
	Slice          Slice           `json:"slice"`
	Players        int             `json:"players"`    // of the slice, as are the figures below
	PeakCCU        int             `json:"peak_ccu"`   // the curve's highest
	Planned        map[string]int  `json:"planned"`    // actions by operation
	Operations     []string        `json:"operations"` // in the order that reports show them
	CCU            []int           `json:"ccu"`        // intended concurrent players at the end of each wall second
	MaxLag         time.Duration   `json:"max_lag_ns"`
	LateShare      float64         `json:"late_share"`
	Thresholds     []string        `json:"thresholds,omitempty"`
	Readback       bool            `json:"readback,omitempty"` // whether the run is to end with a ledger
	Kafka          *KafkaSettings  `json:"kafka,omitempty"`    // how records are produced; nil when the run has none

	Whole   *Whole        `json:"whole,omitempty"`          // of which the slice is a share; nil when it is all
	Missing *Missing      `json:"missing,omitempty"`        // of a run that was merged from slices, what it is without; nil when it is whole
	Apart   time.Duration `json:"began_apart_ns,omitempty"` // likewise, between the first slice's beginning and the last's
}

// Slice is the share Index of Count of the players that one process plays; 0 of 1 is all of them.
type Slice struct {
	Index int `json:"index"`
	Count int `json:"count"`
}

// ConformPlan is what the conformance half set out to do.
type ConformPlan struct {
	Claimed []string `json:"claimed"` // capabilities
	Filter  string   `json:"filter,omitempty"`
	FailOn  string   `json:"fail_on"`
	Clauses int      `json:"clauses"` // how many the register holds

	Procs   int   `json:"procs,omitempty"`   // processes that shared the clauses; 0 was one
	Retries int   `json:"retries,omitempty"` // how often a broken clause was to be judged again
	Order   int64 `json:"order,omitempty"`   // draws the order of the clauses

	Drift []Drift `json:"drift,omitempty"` // of the known-failing list, once the clauses were judged

	TargetFile string `json:"target_file,omitempty"` // as the command line gave it; empty for the embedded reference
	Mutant     string `json:"mutant,omitempty"`      // of the embedded reference
}
