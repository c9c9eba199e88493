package faultproxy

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// Why a connection ended that no side had ended.
var (
	errReset = errors.New("reset by the proxy")
	errCut   = errors.New("cut by the proxy")
)

// Faults say what is wrong with the network. The zero value is a good one.
type Faults struct {
	Seed      uint64        // of everything that chance decides
	Latency   time.Duration // added to every byte on its way there; the way back is as quick as it was
	Bandwidth int64         // bytes a second and connection, each way; 0 is no limit
	Reset     float64       // chance of a reset, 0 to 1: of each connection at its first byte, or else as ResetPer says
	ResetPer  int64         // bytes sent by the client to which the chance applies each time; 0: once for each connection
	CutAfter  int64         // bytes to the client after which a connection is closed; 0 is never
	Blackhole bool          // connections are accepted, and nothing is ever said on them
}

func (f Faults) check() error {
	switch {
	case !(f.Reset >= 0 && f.Reset <= 1):
		return fmt.Errorf("reset %v: want a chance from 0 to 1", f.Reset)
	case f.Latency < 0 || f.Bandwidth < 0 || f.ResetPer < 0 || f.CutAfter < 0:
		return fmt.Errorf("latency %v, bandwidth %d, reset per %d, cut after %d: none may be negative", f.Latency, f.Bandwidth, f.ResetPer, f.CutAfter)
	}
	return nil
}

// fate is what befalls one connection: after how many bytes it ends, from the client (reset) and to it (cut).
type fate struct{ resetAt, cutAt int64 }

const never = math.MaxInt64

// fate draws the fate of the n-th connection.
func (f Faults) fate(n uint64) fate {
	random := rand.New(rand.NewPCG(f.Seed, n)) //nolint:gosec // faults are to be repeatable, not unforeseeable
	drawn := fate{resetAt: never, cutAt: never}
	if f.CutAfter > 0 {
		drawn.cutAt = f.CutAfter
	}
	switch {
	case f.Reset == 0:
	case f.ResetPer == 0:
		if random.Float64() < f.Reset {
			drawn.resetAt = 0
		}
	default:
		drawn.resetAt = after(random, f.Reset, f.ResetPer)
	}
	return drawn
}

// after draws at which byte the chance first strikes, when it is taken once for every per bytes.
func after(random *rand.Rand, chance float64, per int64) int64 {
	spared := 0.0
	if chance < 1 {
		spared = math.Floor(math.Log1p(-random.Float64()) / math.Log1p(-chance))
	}
	if !(spared < float64(never/per)-1) { // nor is what is no number
		return never
	}
	return int64(spared)*per + random.Int64N(per)
}
