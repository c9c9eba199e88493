package telemetry

import "github.com/passmuster/muster/internal/record"

// fact is what a fact of record.Health becomes.
type fact struct {
	*family
	scale float64 // of the fact in the metric's unit
}

// defineFacts lists the facts that are shown. What lies in a second adds up to a counter; what is as of its end is a gauge.
func (m *metrics) defineFacts() {
	const us, ms = 1e-6, 1e-3
	m.facts = map[string]fact{}
	for _, f := range []struct {
		fact             string
		scale            float64
		kind             kind
		name, unit, help string
	}{
		{record.Span, ms, gauge, "sample", "s", "Time that the last look of the generator at itself covers; far above 1 when it got no CPU"},
		{record.SchedP99, us, gauge, "scheduler_wait_p99", "s", "Wait of runnable goroutines for a thread, p99"},
		{record.GCPause, us, counter, "gc_pause", "s", "Time in which garbage collection stood everything still"},
		{record.GCShare, 1, gauge, "gc_cpu", "1", "CPU that garbage collection took, of what the process used"},
		{record.HeapBytes, 1, gauge, "heap", "By", "Objects on the heap"},
		{record.Memory, 1, gauge, "memory", "By", "Memory held by the Go runtime"},
		{record.MemoryMost, 1, gauge, "memory_limit", "By", "Limit of memory, the runtime's or the control group's"},
		{record.Goroutines, 1, gauge, "goroutines", "", "Goroutines"},
		{record.Threads, 1, gauge, "threads", "", "Threads"},
		{record.Cores, 1, gauge, "cores", "", "Cores that the process may use"},
		{record.CPUShare, 1, gauge, "cpu", "1", "CPU of the process, of the cores that it may use"},
		{record.Throttled, ms, counter, "cpu_throttled", "s", "Time in which the control group was held back"},
		{record.CPUPressure, 1, gauge, "cpu_pressure", "1", "Share of time in which something on the machine waited for a core"},
		{record.MemPressure, 1, gauge, "memory_pressure", "1", "Share of time in which something on the machine waited for memory"},
		{record.RunQueue, ms, counter, "run_queue", "s", "Time that the process's threads waited for a core, added up"},
		{record.Steal, 1, gauge, "cpu_steal", "1", "Share of the machine's CPU taken by its host"},
		{record.MachineCPU, 1, gauge, "machine_cpu", "1", "Share of the machine's cores busy with anything"},
		{record.Descriptors, 1, gauge, "descriptors", "", "Open descriptors"},
		{record.DescriptorMax, 1, gauge, "descriptors_limit", "", "Descriptors that may be open"},
		{record.Sockets, 1, gauge, "tcp_sockets", "", "TCP sockets of the machine, lingering ones too"},
		{record.PortRange, 1, gauge, "ephemeral_ports", "", "Ports that the run may dial from"},
		{record.ClockStep, us, gauge, "clock_step", "s", "Step of the wall clock against the monotonic one in the last second"},
		{record.WriteTime, ms, gauge, "write", "s", "Slowest write into the run directory in the last second"},
		{record.HealthLost, 1, counter, "health_lines_dropped", "", "Lines about the generator that the disk was too slow for"},
		{record.Slots, 1, gauge, "slots", "", "Actions that may be under way at once"},
		{record.InFlight, 1, gauge, "in_flight", "", "Actions under way"},
		{record.PeakInFlight, 1, gauge, "in_flight_peak", "", "Most actions under way at once in the last second"},
		{record.Workers, 1, gauge, "workers", "", "Workers that send"},
		{record.Exhausted, 1, counter, "slots_exhausted", "", "Actions that found no free slot when they were due"},
		{record.WorkersAtCap, 1, counter, "workers_at_cap", "", "Actions that found all workers busy that there may be"},
		{record.Backlog, 1, gauge, "backlog", "", "Finished actions that wait to be recorded"},
		{record.CoarseFrames, 1, counter, "coarse_frames", "", "Seconds merged into the next because the disk was slow"},
		{record.PulseAge, ms, gauge, "pulse_age", "s", "Time since the engine last told of itself"},
	} {
		m.facts[f.fact] = fact{m.add(f.kind, "generator."+f.name, f.unit, f.help), f.scale}
	}
}

// note takes up the facts of a second. What the machine does not tell makes no series.
func (m *metrics) note(facts map[string]float64) {
	for name, v := range facts {
		f, shown := m.facts[name]
		switch {
		case !shown:
		case f.kind == counter:
			f.add(max(v, 0) * f.scale)
		default:
			f.set(v * f.scale)
		}
	}
}
