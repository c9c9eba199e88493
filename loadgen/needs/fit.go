package needs

import (
	"fmt"
	"slices"
	"time"

	"github.com/passmuster/muster/internal/machine"
	"github.com/passmuster/muster/internal/numeral"
)

// Tried is what was found out about a machine by trying.
type Tried struct {
	Tick       time.Duration // least step of the clock
	Oversleep  time.Duration // by which a sleep of a millisecond is too long
	Connect    time.Duration // on loopback; 0 when it failed
	Synced     bool          // whether the clock is kept in step with others
	SyncedTold bool          // whether the system tells
}

// cheapClocks are sources of the clock that are read without asking the kernel, or nearly so.
var cheapClocks = []string{"tsc", "kvm-clock", "hyperv_clocksource_tsc_page", "arch_sys_counter", "riscv_clocksource", "timebase", "tod"}

// From which on something is told as wanting.
const (
	fewCores     = 2
	fewFiles     = 4096
	fewPorts     = 16_384
	littleMemory = 256 << 20 // bytes
	coarseTick   = 10 * time.Microsecond
	longSleep    = 2 * time.Millisecond
	slowConnect  = time.Millisecond
	muchPressure = 20 // percent
)

// Fit judges what a machine has, whatever is to be played on it.
func Fit(m machine.Facts) []Check {
	return []Check{
		judge("cores", true, hasCores(m), m.CPU() < fewCores, "one core is shared by all that the generator does, so lateness shows sooner"),
		judge("memory", m.Memory > 0, Bytes(m.Memory), m.Memory < littleMemory, "end other programs, or take a machine with more memory"),
		judge("descriptors", m.Descriptors > 0, numeral.Thousands(int64(m.Descriptors)), m.Descriptors < fewFiles, "raise the hard limit (ulimit -Hn, LimitNOFILE)"),
		judge("ports", m.Ports() > 0, fmt.Sprintf("%s, from %d to %d", numeral.Thousands(int64(m.Ports())), m.PortFrom, m.PortTo), m.Ports() < fewPorts,
			"widen net.ipv4.ip_local_port_range"),
	}
}

// Around judges what lies around every run on a machine: its clocks, its sleep, its loopback, its neighbours.
func Around(m machine.Facts, t Tried) []Check {
	loopback := judge("loopback", true, "connects in "+Took(t.Connect), t.Connect > slowConnect, "other programs take the cores; end them")
	if t.Connect == 0 {
		loopback = Check{Name: "loopback", Status: Fail, Has: "cannot connect", Cure: "bring the loopback interface up ('ip link set lo up')"}
	}
	step := map[bool]string{true: "kept in step with others", false: "not kept in step with others"}
	return []Check{
		judge("clock", m.Clock != "", m.Clock, !slices.Contains(cheapClocks, m.Clock), "every action pays for a clock that is slow to read; tsc and kvm-clock are quick"),
		judge("clock step", true, Took(t.Tick), t.Tick > coarseTick, "times below the step cannot be told apart"),
		judge("sleep", true, sleeps(m, t), t.Oversleep > longSleep,
			"so late is everything that economical pacing fires; end other programs, or set generator.pacing to precise"),
		loopback,
		judge("pressure", m.Pressure >= 0, fmt.Sprintf("somebody waited for a core in %.0f %% of the last 10 s", m.Pressure), m.Pressure > muchPressure, "end other programs"),
		judge("time sync", t.SyncedTold, step[t.Synced], !t.Synced, "only times that a target stamps are compared with others; run an NTP client"),
	}
}

// judge makes a check without a need: a warning when something is wanting.
func judge(name string, known bool, has string, wanting bool, cure string) Check {
	switch {
	case !known:
		return Check{Name: name, Status: Unknown}
	case wanting:
		return Check{Name: name, Status: Warn, Has: has, Cure: cure}
	default:
		return Check{Name: name, Status: OK, Has: has}
	}
}

// sleeps says how exactly the machine sleeps.
func sleeps(m machine.Facts, t Tried) string {
	text := fmt.Sprintf("a millisecond takes %s more", Took(t.Oversleep))
	if m.Slack > 0 {
		text += fmt.Sprintf(", timer slack %s", Took(time.Duration(m.Slack)))
	}
	return text
}
