package fitness

import (
	"fmt"

	"github.com/passmuster/muster/internal/record"
)

// The limits. Each is far above what a generator at rest shows, and below what bends a measurement.
const (
	fullCPU       = 0.9    // share of the cores allowed: beyond it goroutines queue, whatever the mean says
	heldBack      = 50.0   // ms of throttling in a second: half of one of the kernel's usual periods of 100 ms
	queued        = 500.0  // ms that threads waited for a core, added up, in a second
	stolen        = 0.1    // share of the machine's CPU that its host took
	overslept     = 1500.0 // ms between two samples that are meant to be a second apart
	slowScheduler = 20_000 // µs, p99: as long as the slices that a loaded kernel gives to others
	standstill    = 50_000 // µs of a second in which garbage collection stopped everything
	collecting    = 0.1    // share of the cores allowed
	memoryFull    = 0.95   // share of the limit, ...
	memoryCosts   = 0.02   // ... when collecting takes at least this share of the cores allowed
	swapping      = 0.2    // share of time in which something waited for memory
	descriptors   = 0.95   // share of the limit
	portsFull     = 0.9    // share of one address's ephemeral ports
	stepped       = 50_000 // µs between two clocks
	slowWrite     = 1000.0 // ms: the next second's lines wait already
	unrecorded    = 0.25   // share of the slots: a quarter of what may be under way waits to be recorded
	silent        = 2500.0 // ms since the engine told of itself, which it does every second
)

// few is how many seconds with cause and effect a run may have, however short it is.
const few = 2

// Sign is one way in which a generator shows that it is the limit. It does not change.
type Sign struct {
	Name  string // what was used up, in words that follow "generator: "
	Limit string // what is beyond measure, in words
	Cure  string // what helps
	Alone bool   // it counts against the run without an effect on lag

	shows func(f facts) bool
}

// Signs returns the table, in the order in which they are told.
func Signs() []Sign {
	return []Sign{
		{Name: "slots exhausted", Limit: "an action found no free slot when it was due", Cure: "raise generator.max_in_flight",
			shows: func(f facts) bool { return f.above(record.Exhausted, 0) }},
		{Name: "workers at their cap", Limit: "an action found all workers busy that there may be", Cure: "raise generator.max_workers",
			shows: func(f facts) bool { return f.above(record.WorkersAtCap, 0) }},
		{Name: "slow recording", Limit: "a quarter of the slots waits to be recorded, or the engine was silent for 2.5 s", Cure: "give the generator more CPU or a faster disk",
			shows: func(f facts) bool {
				return f.share(record.Backlog, record.Slots) >= unrecorded || f.above(record.PulseAge, silent)
			}},
		{Name: "slow disk", Limit: "a second's frames could not be written within it", Cure: "write the run directory to a faster disk with --out",
			shows: func(f facts) bool { return f.above(record.CoarseFrames, 0) || f.above(record.WriteTime, slowWrite) }},
		{Name: "addresses or ports exhausted", Limit: "a dial found no local address or port, or 90 % of the ephemeral ports are taken", Cure: "more addresses in connections.sources, or a wider net.ipv4.ip_local_port_range",
			shows: func(f facts) bool { return f.above(record.AddressErrors, 0) || f.portsFull() }},
		{Name: "descriptors running out", Limit: "95 % of the open files allowed", Cure: "raise the limit with ulimit -n",
			shows: func(f facts) bool { return f.share(record.Descriptors, record.DescriptorMax) >= descriptors }},
		{Name: "memory at its limit", Limit: "95 % of the memory limit while collecting takes 2 % of the cores allowed, or 20 % of time waiting for memory", Cure: "give the generator more memory",
			shows: func(f facts) bool { return f.memoryFull() || f.above(record.MemPressure, swapping) }},
		{Name: "garbage collection", Limit: "10 % of the cores allowed, or 50 ms of standstill in a second while nobody else takes the CPU", Cure: "give the generator more memory or CPU",
			shows: func(f facts) bool {
				return f.collected() > collecting || f.above(record.GCPause, standstill) && !f.taken()
			}},
		{Name: "CPU throttled", Limit: "held back by the control group for 50 ms in a second", Cure: "raise the CPU quota",
			shows: func(f facts) bool { return f.above(record.Throttled, heldBack) }},
		{Name: "CPU taken by others", Limit: "threads waited half a second for cores in a second, and longer than they ran; or 10 % stolen; or the sampler overslept by half a second", Cure: "keep other work off the machine",
			shows: facts.taken},
		{Name: "CPU used up", Limit: "90 % of the cores that the process may use", Cure: "more cores, or less load on this machine",
			shows: func(f facts) bool { return f[record.CPUShare] >= fullCPU }},
		{Name: "goroutines waited for a thread", Limit: "p99 above 20 ms", Cure: "more cores, or less load on this machine",
			shows: func(f facts) bool { return f.above(record.SchedP99, slowScheduler) }},
		{Name: "clock stepped", Limit: "50 ms between the wall clock and the monotonic one", Cure: "keep the clock still, and the machine from being paused, during a run", Alone: true,
			shows: func(f facts) bool { return f.above(record.ClockStep, stepped) || f[record.ClockStep] < -stepped }},
	}
}

// Seen returns the signs that a second shows, in the table's order. What a machine does not tell shows nothing.
func Seen(h record.Health) []Sign {
	var seen []Sign
	for _, s := range Signs() {
		if s.shows(h.Facts) {
			seen = append(seen, s)
		}
	}
	return seen
}

// String returns the sign with its cure.
func (s Sign) String() string { return fmt.Sprintf("%s (%s)", s.Name, s.Cure) }

// facts are those of one Health; what is absent reads as 0, which is beyond no limit.
type facts map[string]float64

func (f facts) above(name string, limit float64) bool { return f[name] > limit }

// share returns a part of a whole; 0 when either is not known.
func (f facts) share(part, whole string) float64 {
	if f[whole] <= 0 {
		return 0
	}
	return f[part] / f[whole]
}

// collected is the share of the cores allowed that garbage collection took. Of what a process used that does next to nothing,
// collecting is soon a large part, and means nothing.
func (f facts) collected() float64 {
	used, known := f[record.CPUShare]
	if !known {
		used = 1
	}
	return f[record.GCShare] * used
}

// memoryFull tells a limit that hurts from one that a process was given to grow into.
func (f facts) memoryFull() bool {
	return f.share(record.Memory, record.MemoryMost) >= memoryFull && f.collected() >= memoryCosts
}

// portsFull counts the run's own connections, because the machine's sockets may belong to anybody and to any address.
func (f facts) portsFull() bool { return f.share(record.LinksOpen, record.PortRange) >= portsFull }

// taken tells threads that wait behind others from threads that wait behind their own kind.
func (f facts) taken() bool {
	ran := f[record.CPUShare] * f[record.Cores] * f[record.Span]
	return f[record.RunQueue] > max(queued, ran) || f.above(record.Steal, stolen) || f.above(record.Span, overslept)
}
