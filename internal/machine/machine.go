// Package machine reads what the machine that muster runs on has to give: descriptors, ports, cores, memory, clocks.
//
// The files of /proc and /sys flow in, Facts flow out. What cannot be known, on other systems or in a container that
// hides it, is told as unknown and never guessed. The package imports nothing of the project.
package machine

import (
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// Facts are what is known of a machine. A zero says unknown, where nothing else is said.
type Facts struct {
	OS          string  `json:"os"`
	Cores       int     `json:"cores"`         // that the scheduler of this process may use
	Quota       float64 `json:"quota"`         // of CPU time, in cores; 0 is none
	Descriptors uint64  `json:"descriptors"`   // that this process may open; the Go runtime has raised the soft limit to the hard one
	PortFrom    int     `json:"port_from"`     // the local ports that the system gives out by itself
	PortTo      int     `json:"port_to"`       // the last of them
	Reuse       int     `json:"tcp_tw_reuse"`  // whether a port is given out again while it waits: 0 no, 1 yes, 2 on loopback; -1 unknown
	Memory      int64   `json:"memory_bytes"`  // that can still be had, under the limit of the container
	Clock       string  `json:"clock"`         // source of the system's clock
	Pressure    float64 `json:"cpu_pressure"`  // share of the last ten seconds in which somebody waited for a core, in percent; -1 unknown
	Slack       int64   `json:"timerslack_ns"` // by which the system may delay a sleep of this process
}

// Read returns the facts of this machine.
func Read() Facts {
	f := From(os.DirFS("/"))
	f.Descriptors = descriptors()
	return f
}

// From returns the facts that the files under root tell. It leaves out the limit of descriptors, which no file tells
// reliably.
func From(root fs.FS) Facts {
	s := system{root}
	f := Facts{OS: runtime.GOOS, Cores: runtime.GOMAXPROCS(0), Reuse: -1, Pressure: -1}
	f.Quota = s.quota()
	if n, err := fmt.Sscan(s.text("proc/sys/net/ipv4/ip_local_port_range"), &f.PortFrom, &f.PortTo); n != 2 || err != nil {
		f.PortFrom, f.PortTo = 0, 0
	}
	if reuse, ok := s.number("proc/sys/net/ipv4/tcp_tw_reuse"); ok {
		f.Reuse = int(reuse)
	}
	f.Memory = s.memory()
	f.Clock = s.text("sys/devices/system/clocksource/clocksource0/current_clocksource")
	if _, rest, ok := strings.Cut(s.text("proc/pressure/cpu"), "some avg10="); ok {
		text, _, _ := strings.Cut(rest, " ")
		if share, err := strconv.ParseFloat(text, 64); err == nil {
			f.Pressure = share
		}
	}
	f.Slack, _ = s.number("proc/self/timerslack_ns")
	return f
}

// Ports returns how many local ports the system gives out by itself; 0 is unknown.
func (f Facts) Ports() int {
	if f.PortTo < f.PortFrom || f.PortTo == 0 {
		return 0
	}
	return f.PortTo - f.PortFrom + 1
}

// CPU returns the cores that the process can fill: all, or what its quota leaves of them.
func (f Facts) CPU() float64 {
	if f.Quota > 0 {
		return min(f.Quota, float64(f.Cores))
	}
	return float64(f.Cores)
}

// system is the files that a system tells about itself in.
type system struct{ root fs.FS }

// text returns a file without the white space around it, empty when there is none.
func (s system) text(path string) string {
	data, err := fs.ReadFile(s.root, path)
	if err != nil {
		return "" // unknown
	}
	return strings.TrimSpace(string(data))
}

func (s system) number(path string) (int64, bool) {
	n, err := strconv.ParseInt(s.text(path), 10, 64)
	return n, err == nil
}
