package health

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"github.com/passmuster/muster/internal/record"
)

// mostThreads bounds how many threads are asked for their waits, so that a sample stays cheap.
const mostThreads = 128

// process is the operating system's view of this process, and of its machine, as a source.
type process struct {
	root      string
	cores     float64
	ports     float64 // 0: not known
	stat      *file
	cpu, mem  *file // pressure
	throttled *file
	sockets   *file
	last      time.Time
	before    map[string]float64 // counters at the call before
	waits     map[string]float64 // of each thread, ns, at the call before
	counted   time.Time          // when descriptors were last counted one by one
	counts    float64
}

func newProcess(root string, g group, addresses int) *process {
	p := &process{root: root, cores: float64(runtime.GOMAXPROCS(0)), before: map[string]float64{}, waits: map[string]float64{}}
	if g.cores > 0 {
		p.cores = min(p.cores, g.cores)
	}
	p.stat = openFile(p.path("proc/stat"))
	p.cpu, p.mem = openFile(p.path("proc/pressure/cpu")), openFile(p.path("proc/pressure/memory"))
	p.throttled = openFile(g.stat)
	p.sockets = openFile(p.path("proc/net/sockstat"))
	p.ports = float64(addresses) * portRange(openOnce(p.path("proc/sys/net/ipv4/ip_local_port_range")))
	return p
}

func (p *process) path(name string) string { return filepath.Join(p.root, name) }

// openOnce returns the text of a file, or nothing where there is none.
func openOnce(path string) string {
	text, _ := os.ReadFile(path) // a fact that this machine does not tell
	return string(text)
}

// Read tells how much CPU the process got and waited for, and how near it is to the limits on files and ports.
func (p *process) Read(facts map[string]float64, now time.Time) {
	span := now.Sub(p.last).Seconds()
	p.last = now
	facts[record.Cores] = p.cores
	if cpu, _, ok := Consumed(); ok {
		facts[record.CPUShare] = p.gained("cpu", cpu.Seconds()) / span / p.cores
	}
	if busy, all, stolen, ok := machineTime(p.stat.read()); ok {
		busy, all, stolen = p.gained("busy", busy), p.gained("all", all), p.gained("stolen", stolen)
		if all > 0 {
			facts[record.MachineCPU], facts[record.Steal] = busy/all, stolen/all
		}
	}
	if us, ok := pressure(p.cpu.read()); ok {
		facts[record.CPUPressure] = p.gained("cpu pressure", us) / 1e6 / span
	}
	if us, ok := pressure(p.mem.read()); ok {
		facts[record.MemPressure] = p.gained("memory pressure", us) / 1e6 / span
	}
	if ms, ok := throttledTime(p.throttled.read()); ok {
		facts[record.Throttled] = p.gained("throttled", ms)
	}
	if ns, ok := p.waited(); ok {
		facts[record.RunQueue] = ns / 1e6
	}
	p.limits(facts, now)
}

// limits tells of descriptors and ports.
func (p *process) limits(facts map[string]float64, now time.Time) {
	if n, ok := p.descriptors(now); ok {
		facts[record.Descriptors] = n
	}
	if most, ok := descriptorLimit(); ok {
		facts[record.DescriptorMax] = most
	}
	if n, ok := sockets(p.sockets.read()); ok {
		facts[record.Sockets] = n
	}
	if p.ports > 0 {
		facts[record.PortRange] = p.ports
	}
}

// gained returns how much a counter grew since the call before, and notes its value. One that began anew grew by nothing.
func (p *process) gained(name string, v float64) float64 {
	grown := max(0, v-p.before[name])
	p.before[name] = v
	return grown
}

// waited returns how long the threads waited for a core since the call before, added up, in nanoseconds. A thread that
// ended meanwhile takes what it waited with it.
func (p *process) waited() (ns float64, ok bool) {
	dir, err := os.Open(p.path("proc/self/task"))
	if err != nil {
		return 0, false
	}
	defer dir.Close() //nolint:errcheck // it was only read
	names, err := dir.Readdirnames(mostThreads)
	if err != nil {
		return 0, false
	}
	waits := make(map[string]float64, len(names))
	for _, name := range names {
		wait, known := runDelay(openOnce(p.path("proc/self/task/" + name + "/schedstat")))
		if !known {
			continue // the thread has just ended
		}
		waits[name], ok = wait, true
		ns += max(0, wait-p.waits[name])
	}
	p.waits = waits
	return ns, ok
}

// descriptors returns how many files are open. Kernels before 6.2 have to be asked for each of them, which is done the
// more seldom the more there are.
func (p *process) descriptors(now time.Time) (float64, bool) {
	path := p.path("proc/self/fd")
	info, err := os.Stat(path)
	if err != nil {
		return 0, false
	}
	if info.Size() > 0 {
		return float64(info.Size()), true
	}
	if pause := time.Duration(p.counts) * time.Millisecond; !p.counted.IsZero() && now.Sub(p.counted) < pause {
		return p.counts, true
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return 0, false
	}
	p.counted, p.counts = now, float64(len(entries))
	return p.counts, true
}

// number reads a whole number.
func number(text string) (float64, bool) {
	n, err := strconv.ParseUint(text, 10, 64)
	return float64(n), err == nil
}
