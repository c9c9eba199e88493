package health

import (
	"math"
	"runtime/metrics"
	"time"

	"github.com/passmuster/muster/internal/record"
)

// The runtime's metrics that are read, in the order of goRuntime.samples.
const (
	schedLatencies = iota
	gcPauses
	gcCPU
	gcIdleCPU
	totalCPU
	idleCPU
	heapObjects
	totalMemory
	releasedMemory
	memoryLimit
	goroutines
	threads
)

var runtimeNames = [...]string{
	schedLatencies: "/sched/latencies:seconds",
	gcPauses:       "/sched/pauses/total/gc:seconds",
	gcCPU:          "/cpu/classes/gc/total:cpu-seconds",
	gcIdleCPU:      "/cpu/classes/gc/mark/idle:cpu-seconds",
	totalCPU:       "/cpu/classes/total:cpu-seconds",
	idleCPU:        "/cpu/classes/idle:cpu-seconds",
	heapObjects:    "/memory/classes/heap/objects:bytes",
	totalMemory:    "/memory/classes/total:bytes",
	releasedMemory: "/memory/classes/heap/released:bytes",
	memoryLimit:    "/gc/gomemlimit:bytes",
	goroutines:     "/sched/goroutines:goroutines",
	threads:        "/sched/threads/total:threads",
}

// goRuntime is the Go runtime as a source.
type goRuntime struct {
	samples       []metrics.Sample
	latencies     []uint64 // bucket counts at the call before
	pauses        []uint64
	gc, used      float64 // CPU seconds at the call before
	containerMost float64 // bytes that the control group may hold; 0: no limit
}

func newRuntime(containerMost float64) *goRuntime {
	r := &goRuntime{samples: make([]metrics.Sample, len(runtimeNames)), containerMost: containerMost}
	for i, name := range runtimeNames {
		r.samples[i].Name = name
	}
	return r
}

// Read tells what the runtime knows of scheduling, collection and memory. The runtime brings its CPU figures up to date
// when a collection ends, so the share is of the time since the one before.
func (r *goRuntime) Read(facts map[string]float64, _ time.Time) {
	metrics.Read(r.samples)
	sched, pauses := r.histogram(schedLatencies), r.histogram(gcPauses)
	facts[record.SchedP99] = 1e6 * quantile(sched, r.latencies, 0.99)
	facts[record.GCPause] = 1e6 * sum(pauses, r.pauses)
	r.latencies, r.pauses = keep(r.latencies, sched), keep(r.pauses, pauses)

	gc := r.float(gcCPU) - r.float(gcIdleCPU) // what ran on cores that nobody else wanted costs nothing
	used := r.float(totalCPU) - r.float(idleCPU) - r.float(gcIdleCPU)
	facts[record.GCShare] = 0
	if used > r.used {
		facts[record.GCShare] = (gc - r.gc) / (used - r.used)
	}
	r.gc, r.used = gc, used

	facts[record.HeapBytes] = r.number(heapObjects)
	facts[record.Memory] = r.number(totalMemory) - r.number(releasedMemory)
	if most := r.memoryMost(); most > 0 {
		facts[record.MemoryMost] = most
	}
	facts[record.Goroutines], facts[record.Threads] = r.number(goroutines), r.number(threads)
}

// memoryMost is the lower of the runtime's limit and the control group's; 0 when there is neither.
func (r *goRuntime) memoryMost() float64 {
	most := r.number(memoryLimit)
	if most >= math.MaxInt64/2 {
		most = 0
	}
	if r.containerMost > 0 && (most == 0 || r.containerMost < most) {
		return r.containerMost
	}
	return most
}

// number, float and histogram return a metric, or nothing where this runtime does not have it.
func (r *goRuntime) number(i int) float64 {
	if v := r.samples[i].Value; v.Kind() == metrics.KindUint64 {
		return float64(v.Uint64())
	}
	return 0
}

func (r *goRuntime) float(i int) float64 {
	if v := r.samples[i].Value; v.Kind() == metrics.KindFloat64 {
		return v.Float64()
	}
	return 0
}

func (r *goRuntime) histogram(i int) *metrics.Float64Histogram {
	if v := r.samples[i].Value; v.Kind() == metrics.KindFloat64Histogram {
		return v.Float64Histogram()
	}
	return &metrics.Float64Histogram{}
}

// keep copies the counts of h into room.
func keep(room []uint64, h *metrics.Float64Histogram) []uint64 { return append(room[:0], h.Counts...) }

// added is what bucket i gained since before.
func added(h *metrics.Float64Histogram, before []uint64, i int) uint64 {
	if i < len(before) {
		return h.Counts[i] - before[i]
	}
	return h.Counts[i]
}

// quantile returns the upper end of the bucket that holds the quantile of what was added since before; the lower end of
// the last one, which has no other. 0 when nothing was added.
func quantile(h *metrics.Float64Histogram, before []uint64, q float64) float64 {
	all, seen := uint64(0), uint64(0)
	for i := range h.Counts {
		all += added(h, before, i)
	}
	for i := range h.Counts {
		seen += added(h, before, i)
		if seen > 0 && float64(seen) >= q*float64(all) {
			return end(h, i)
		}
	}
	return 0
}

// sum returns what was added since before, each value taken for the middle of its bucket.
func sum(h *metrics.Float64Histogram, before []uint64) float64 {
	total := 0.0
	for i := range h.Counts {
		if n := added(h, before, i); n > 0 {
			total += float64(n) * (max(h.Buckets[i], 0) + end(h, i)) / 2
		}
	}
	return total
}

func end(h *metrics.Float64Histogram, i int) float64 {
	if math.IsInf(h.Buckets[i+1], 1) {
		return h.Buckets[i]
	}
	return h.Buckets[i+1]
}
