package needs

import (
	"fmt"
	"net/netip"

	"github.com/passmuster/muster/internal/machine"
	"github.com/passmuster/muster/internal/numeral"
)

// Status is how a check ended.
type Status string

// The statuses. Unknown refuses nothing.
const (
	OK      Status = "ok"
	Warn    Status = "warn"
	Fail    Status = "fail"
	Unknown Status = "unknown"
)

// Check is one thing that a machine has, against what a run needs of it.
type Check struct {
	Name   string `json:"name"`
	Status Status `json:"status"`
	Has    string `json:"has"`             // what was found; empty when unknown
	Needs  string `json:"needs,omitempty"` // what is needed; empty when no scenario was given
	Cure   string `json:"cure,omitempty"`  // what to do, when it is not ok
}

// The parts of what is there from which on a need is tight, and the times by which an estimate has to be over to be
// refused.
const (
	tight    = 0.7
	hardOver = 1.5
)

// Hold compares what a run needs with what a machine has. foreign are those of the scenario's sources that are not of
// this machine.
func Hold(n Needs, m machine.Facts, foreign []netip.Addr) []Check {
	return []Check{cores(n, m), memory(n, m), descriptors(n, m), ports(n, m), sources(n, foreign)}
}

// Refusals returns those of the checks that failed.
func Refusals(checks []Check) []Check {
	var failed []Check
	for _, c := range checks {
		if c.Status == Fail {
			failed = append(failed, c)
		}
	}
	return failed
}

func cores(n Needs, m machine.Facts) Check {
	c := Check{Name: "cores", Status: OK, Has: hasCores(m), Needs: fmt.Sprintf("about %.2g of CPU", n.Cores)}
	const cure = "lower the load with --ccu, stretch it with --duration, or take a machine with more cores"
	switch has := m.CPU(); {
	case n.Cores > hardOver*has:
		c.Status, c.Cure = Fail, cure
		if n.OfDials > n.Cores/2 {
			c.Cure = "most of it is connecting: set connections.tls (version, curves, resumed), keep connections longer with connections.idle, or " + cure
		}
	case n.Cores > tight*has:
		c.Status, c.Cure = Warn, "the generator may be the limit; "+cure
	}
	return c
}

// hasCores says how many cores there are.
func hasCores(m machine.Facts) string {
	if m.Quota > 0 {
		return fmt.Sprintf("%d, quota %.2g", m.Cores, m.Quota)
	}
	return fmt.Sprint(m.Cores)
}

func memory(n Needs, m machine.Facts) Check {
	c := Check{Name: "memory", Status: OK, Has: Bytes(m.Memory), Needs: "about " + Bytes(n.Memory)}
	const cure = "lower the load with --ccu, close connections sooner with connections.idle, or take a machine with more memory"
	switch {
	case m.Memory == 0:
		c.Status, c.Has = Unknown, ""
	case n.Memory > m.Memory:
		c.Status, c.Cure = Fail, cure
	case float64(n.Memory) > tight*float64(m.Memory):
		c.Status, c.Cure = Warn, cure
	}
	return c
}

func descriptors(n Needs, m machine.Facts) Check {
	c := Check{Name: "descriptors", Status: OK, Has: numeral.Thousands(int64(m.Descriptors)), Needs: numeral.Thousands(int64(n.Descriptors))}
	const cure = "raise the hard limit (ulimit -Hn, LimitNOFILE), close connections sooner with connections.idle, or lower the load with --ccu"
	switch {
	case m.Descriptors == 0:
		c.Status, c.Has = Unknown, ""
	case uint64(n.Descriptors) > m.Descriptors:
		c.Status, c.Cure = Fail, cure
	case float64(n.Descriptors) > tight*float64(m.Descriptors):
		c.Status, c.Cure = Warn, cure
	}
	return c
}

// ports goes by half the range: Linux hands out ports of one parity first, and searches for each of the others one by
// one, which takes a hundred times as long.
func ports(n Needs, m machine.Facts) Check {
	half := m.Ports() / 2
	if half == 0 {
		return Check{Name: "ports", Status: Unknown, Needs: numeral.Thousands(int64(n.Ports))}
	}
	c := Check{Name: "ports", Status: OK, Has: fmt.Sprintf("%s by %s", numeral.Thousands(int64(half*n.Sources)), addresses(n.Sources)), Needs: numeral.Thousands(int64(n.Ports))}
	if want := (n.Ports + half - 1) / half; want > n.Sources {
		c.Status = Fail
		c.Needs = fmt.Sprintf("%s, so %s", c.Needs, addresses(want))
		c.Cure = fmt.Sprintf("needs %s, has %d: add connections.sources or widen net.ipv4.ip_local_port_range", addresses(want), n.Sources)
	}
	return c
}

func addresses(n int) string {
	if n == 1 {
		return "1 source address"
	}
	return fmt.Sprintf("%d source addresses", n)
}

func sources(n Needs, foreign []netip.Addr) Check {
	c := Check{Name: "sources", Status: OK, Has: "all are of this machine", Needs: addresses(n.Sources)}
	if len(foreign) > 0 {
		c.Status = Fail
		c.Has = fmt.Sprintf("%d of %d are not of this machine, such as %s", len(foreign), n.Sources, foreign[0])
		c.Cure = fmt.Sprintf("give them to it ('ip address add %s dev DEVICE') or take them out of connections.sources", netip.PrefixFrom(foreign[0], foreign[0].BitLen()))
	}
	return c
}
