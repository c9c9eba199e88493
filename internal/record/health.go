package record

import (
	"encoding/json"
	"fmt"
	"math"
)

// Health is how the generator itself fared in one wall second, as named facts about its process and its machine. A fact
// that the machine does not tell is absent, never zero; one that a newer binary wrote is kept. Not safe for concurrent
// use.
type Health struct {
	Version int                `json:"version"`
	Second  int                `json:"second"` // wall seconds since the plan's beginning
	Facts   map[string]float64 `json:"facts"`
}

// The facts of a Health. Shares are of 1. Counts and times are of the second, unless the note says that they are as of its
// end.
const (
	Span = "span_ms" // how much time the sample covers; far above 1000 when the sampler itself got no CPU

	SchedP99   = "sched_p99_us"       // runnable goroutines' wait for a thread
	GCPause    = "gc_pause_us"        // the world stood still for garbage collection
	GCShare    = "gc_cpu_share"       // CPU that garbage collection took, of what the process used
	HeapBytes  = "heap_bytes"         // objects, as of the end
	Memory     = "memory_bytes"       // held by the Go runtime, as of the end
	MemoryMost = "memory_limit_bytes" // the Go runtime's limit or the control group's, whichever is lower; absent: none
	Goroutines = "goroutines"         // as of the end
	Threads    = "threads"            // likewise

	Cores         = "cores"                // that the process may use
	CPUShare      = "cpu_share"            // user and system time of the process, of the cores that it may use
	Throttled     = "throttled_ms"         // the control group was held back
	CPUPressure   = "cpu_pressure_share"   // time in which something on the machine waited for a core (PSI, some)
	MemPressure   = "memory_pressure"      // time in which something on the machine waited for memory (PSI, some)
	RunQueue      = "run_queue_ms"         // the process's threads waited for a core, added up
	Steal         = "steal_share"          // of the machine's CPU, taken by its host
	MachineCPU    = "machine_cpu_share"    // of the machine's cores, busy with anything
	Descriptors   = "descriptors"          // open, as of the end
	DescriptorMax = "descriptors_limit"    // as of the end
	Sockets       = "tcp_sockets"          // of the machine, those that linger after their end too, as of the end
	PortRange     = "ephemeral_ports"      // of all local addresses that the run dials from
	ClockStep     = "clock_step_us"        // the wall clock against the monotonic one
	WriteTime     = "write_ms"             // the slowest write into the run directory that was under way in the second
	HealthLost    = "health_lines_dropped" // lines of this file that the disk was too slow for

	LinksOpen     = "links_open"     // connections, as of the end
	AddressErrors = "address_errors" // dials that failed for want of a local address or port

	Slots        = "slots"          // for actions under way
	InFlight     = "in_flight"      // actions under way, as of the end
	PeakInFlight = "peak_in_flight" // since the second before
	Workers      = "workers"        // as of the end
	Exhausted    = "slots_exhausted"
	WorkersAtCap = "workers_at_cap"
	Backlog      = "drainer_backlog" // finished actions that wait to be recorded, as of the end
	CoarseFrames = "coarse_frames"   // seconds that were merged into the next because the disk was slow
	PulseAge     = "pulse_age_ms"    // since the engine last told of itself, as of the end
)

// DecodeHealth reads one line of HealthFile. It accepts this version, a second within a year and finite facts.
func DecodeHealth(line []byte) (Health, error) {
	var h Health
	if err := json.Unmarshal(line, &h); err != nil {
		return h, fmt.Errorf("decode health: %w", err)
	}
	if err := checkVersion(h.Version); err != nil {
		return h, fmt.Errorf("decode health: %w", err)
	}
	if h.Second < 0 || h.Second > lastSecond {
		return h, fmt.Errorf("decode health: second %d: want 0 to %d", h.Second, lastSecond)
	}
	for name, v := range h.Facts {
		if math.Abs(v) > float64(mostPerFrame)*1024 {
			return h, fmt.Errorf("decode health: %s %g: want at most %g", name, v, float64(mostPerFrame)*1024)
		}
	}
	return h, nil
}

// Floor is what this machine made of the scenario's first seconds with a target that answers at once and costs nothing:
// times below it cannot be measured here and now. Times are in microseconds.
type Floor struct {
	Seconds     float64 `json:"seconds"` // on the wall
	Actions     int64   `json:"actions"`
	LagP50      int64   `json:"lag_p50_us"`
	LagP99      int64   `json:"lag_p99_us"`
	ResponseP50 int64   `json:"response_p50_us"`
	ResponseP99 int64   `json:"response_p99_us"`
}
