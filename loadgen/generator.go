package loadgen

import (
	"time"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/loadgen/engine"
)

// consumption is what this process has used so far.
type consumption struct {
	cpu     time.Duration // user and system
	peakRSS int64         // bytes
}

// generator describes how the generator itself did.
func generator(c Config, played engine.Result, before consumption) *record.Generator {
	now := usage()
	return &record.Generator{
		CPUSeconds:     (now.cpu - before.cpu).Seconds(),
		MaxRSSBytes:    now.peakRSS,
		Attackers:      max(c.Attackers, 1),
		MaxInFlight:    c.Scenario.Generator.MaxInFlight,
		PeakInFlight:   played.PeakInFlight,
		SlotsExhausted: played.SlotsExhausted,
		WorkersAtCap:   played.WorkersAtCap,
		CoarseFrames:   played.CoarseFrames,
	}
}
