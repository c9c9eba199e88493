package main

import (
	"github.com/passmuster/muster/loadgen"
	"github.com/passmuster/muster/loadgen/needs"
	"github.com/passmuster/muster/loadgen/plan"
)

// foresight is a preview for machines; `scenarios preview --json` prints it.
type foresight struct {
	Version      int           `json:"version"`
	Scenario     string        `json:"scenario"`
	Seed         uint64        `json:"seed"`
	ScheduleHash string        `json:"schedule_hash"`
	WallS        float64       `json:"wall_s"`
	TimeScale    float64       `json:"time_scale"`
	Players      int           `json:"players"`
	PeakCCU      int           `json:"peak_ccu"`
	Actions      planOfKinds   `json:"actions"`
	PeakRate     int           `json:"peak_actions_per_s"`
	PeakAtS      float64       `json:"peak_at_s"`
	Needs        needs.Needs   `json:"needs"`
	Checks       []needs.Check `json:"checks"` // of this machine
	Seconds      planOfSeconds `json:"seconds"`
}

// planOfKinds counts the actions of a plan.
type planOfKinds struct {
	All        int `json:"all"`
	Starts     int `json:"starts"`
	Heartbeats int `json:"heartbeats"`
	Ends       int `json:"ends"`
	Flushes    int `json:"flushes"`
}

// planOfSeconds has an entry in each list for each second on the wall.
type planOfSeconds struct {
	CCU        []int    `json:"ccu"` // at the second's end
	Starts     []uint32 `json:"starts"`
	Heartbeats []uint32 `json:"heartbeats"`
	Ends       []uint32 `json:"ends"`
	Flushes    []uint32 `json:"flushes"`
}

func foreseen(p loadgen.Preview, n needs.Needs, checks []needs.Check) foresight {
	return foresight{
		Version: 1, Scenario: p.Scenario.Name, Seed: p.Scenario.Seed, ScheduleHash: p.ScheduleHash,
		WallS: p.Wall.Seconds(), TimeScale: p.Scenario.TimeScale, Players: p.Players, PeakCCU: p.PeakCCU,
		Actions:  planOfKinds{All: p.Actions, Starts: p.Counts[plan.Start], Heartbeats: p.Counts[plan.Heartbeat], Ends: p.Counts[plan.End], Flushes: p.Counts[plan.Flush]},
		PeakRate: p.PeakRate(), PeakAtS: p.PeakAt().Seconds(), Needs: n, Checks: checks,
		Seconds: planOfSeconds{CCU: p.CCU, Starts: p.Kinds[plan.Start], Heartbeats: p.Kinds[plan.Heartbeat], Ends: p.Kinds[plan.End], Flushes: p.Kinds[plan.Flush]},
	}
}
