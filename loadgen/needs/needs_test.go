package needs

import (
	"fmt"
	"math"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/machine"
	"github.com/passmuster/muster/loadgen/plan"
	"github.com/passmuster/muster/scenarios"
)

// level is a scenario in which so many players beat every 150 s, with connections as given, and the summary of two
// minutes in which every second is alike.
func level(t *testing.T, players int, connections string) (scenarios.Scenario, plan.Summary) {
	t.Helper()
	text := fmt.Sprintf("version: 1\nname: level\nduration: 2m\nplayers: {ccu: [{at: 0s, players: %d}]}\n%s\n", players, connections)
	s, err := scenarios.Decode("level.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	sum := plan.Summary{Players: players, Peak: players, Dues: make([]int, 120)}
	for k := range sum.Kinds {
		sum.Kinds[k] = make([]uint32, 120)
	}
	for i := range sum.Dues {
		sum.Kinds[plan.Heartbeat][i] = uint32(players / 150)
		sum.Dues[i] = players / 150
	}
	return s, sum
}

// roomy is a machine with plenty of everything, and the usual range of ports.
func roomy() machine.Facts {
	return machine.Facts{OS: "linux", Cores: 64, Descriptors: 1 << 20, PortFrom: 32_768, PortTo: 60_999, Reuse: 2, Memory: 256 << 30, Clock: "tsc"}
}

// TestPortsRule holds the rule on ports at the figure it was found with: a million players who connect for each
// heartbeat from this side need 29 source addresses of the usual range towards another machine, and none towards this.
func TestPortsRule(t *testing.T) {
	s, sum := level(t, 1_000_050, "connections: {mode: per-player, idle: 0s}")
	n := Reckon(s, sum, Abroad(), 2)
	if n.Dials != 6667 || n.Ports != 6667*60+6667 {
		t.Errorf("got %v dials, %d ports", n.Dials, n.Ports)
	}
	c := find(t, Hold(n, roomy(), nil), "ports")
	if c.Status != Fail || !strings.HasPrefix(c.Cure, "needs 29 source addresses, has 1: add connections.sources or widen net.ipv4.ip_local_port_range") {
		t.Errorf("got %+v", c)
	}
	n.Sources = 29
	if c := find(t, Hold(n, roomy(), nil), "ports"); c.Status != OK {
		t.Errorf("29 sources: got %+v", c)
	}
	here := Abroad()
	here.Loopback = true
	if n := Reckon(s, sum, here, 2); find(t, Hold(n, roomy(), nil), "ports").Status != OK {
		t.Errorf("on loopback ports come back after a second: got %d", n.Ports)
	}
	if n := Reckon(s, sum, here, 0); find(t, Hold(n, roomy(), nil), "ports").Status != Fail {
		t.Errorf("without tcp_tw_reuse loopback is as any other: got %d", n.Ports)
	}
}

func TestConnections(t *testing.T) {
	for _, c := range []struct {
		text        string
		dials       float64
		open, ports int
	}{
		{"", 0, 128, 128}, // 64 by two doors
		{"connections: {pool: 10}", 0, 20, 20},
		{"connections: {mode: per-player, idle: 0s}", 100, 100, 6_100},
		{"connections: {mode: per-player, idle: 75s}", 100, 7_600, 13_600}, // shorter than the cadence: each beat dials
		{"connections: {mode: per-player, idle: 10m}", 0, 12_000, 12_000},  // longer: all beats of the two minutes may be over connections of their own
	} {
		s, sum := level(t, 15_000, c.text)
		if n := Reckon(s, sum, Abroad(), 2); n.Dials != c.dials || n.Open != c.open || n.Ports != c.ports {
			t.Errorf("%q: got %v dials, %d open, %d ports, want %v, %d, %d", c.text, n.Dials, n.Open, n.Ports, c.dials, c.open, c.ports)
		}
	}
}

// TestHandshakes holds what perf measurements found: connecting by TLS 1.3 is what a machine of two cores cannot do for
// a million players, by resumed TLS 1.2 it can.
func TestHandshakes(t *testing.T) {
	small := roomy()
	small.Cores = 1
	for _, c := range []struct {
		tls           string
		full, resumed float64
		low, high     float64 // cores
		status        Status
	}{
		{"{resumed: 0, curves: [x25519]}", 6667, 0, 1.8, 2.1, Fail},
		{"{resumed: 0}", 6667, 0, 2.8, 3.2, Fail}, // the hybrid
		{"{resumed: 1, curves: [x25519]}", 0, 6667, 1.4, 1.8, Fail},
		{"{resumed: 1, version: \"1.2\"}", 0, 6667, 0.4, 0.63, OK},
	} {
		s, sum := level(t, 1_000_050, "connections: {mode: per-player, idle: 0s, tls: "+c.tls+"}")
		n := Reckon(s, sum, Abroad(), 2)
		got := find(t, Hold(n, small, nil), "cores")
		if n.Full != c.full || n.Resumed != c.resumed || n.Cores < c.low || n.Cores > c.high || got.Status != c.status {
			t.Errorf("%s: %v full, %v resumed, %.2f cores, %+v", c.tls, n.Full, n.Resumed, n.Cores, got)
		}
	}
}

// TestFlushes holds that flushes count by the shares of their transports, and only where the target has a door.
func TestFlushes(t *testing.T) {
	s, sum := level(t, 1500, "events: {every: 10s, per_flush: 5, transport: {http: 6, kafka: 3, sns: 1}}")
	for i := range sum.Dues {
		sum.Kinds[plan.Flush][i] = 150
	}
	n := Reckon(s, sum, Abroad(), 2)
	if want := (Rates{Heartbeats: 10, HTTP: 90, Kafka: 45, SNS: 15, Actions: 160}); !near(n.Peak, want) || math.Abs(n.Events-750) > 1e-6 {
		t.Errorf("got %+v, %v events", n.Peak, n.Events)
	}
	n = Reckon(s, sum, Doors{Kafka: true}, 2)
	if want := (Rates{Kafka: 45, Actions: 45}); !near(n.Peak, want) || n.Open != 0 {
		t.Errorf("Kafka alone: got %+v, %d open", n.Peak, n.Open)
	}
}

func near(a, b Rates) bool {
	return math.Abs(a.Starts-b.Starts)+math.Abs(a.Heartbeats-b.Heartbeats)+math.Abs(a.Ends-b.Ends)+math.Abs(a.HTTP-b.HTTP)+
		math.Abs(a.Kafka-b.Kafka)+math.Abs(a.SNS-b.SNS)+math.Abs(a.Actions-b.Actions) < 1e-6
}

func TestSharedProcessNeedsTwice(t *testing.T) {
	s, sum := level(t, 15_000, "connections: {mode: per-player, idle: 75s}")
	d := Abroad()
	alone := Reckon(s, sum, d, 2)
	d.Shared = true
	both := Reckon(s, sum, d, 2)
	if both.Descriptors != alone.Descriptors+alone.Open || both.Cores != 2*alone.Cores {
		t.Errorf("alone %+v\nshared %+v", alone, both)
	}
}

// TestTimeScale holds that cadences are compared on the wall, where connections live.
func TestTimeScale(t *testing.T) {
	s, sum := level(t, 15_000, "connections: {mode: per-player, idle: 20s}\ntime_scale: 10")
	if n := Reckon(s, sum, Abroad(), 2); n.Dials != 0 {
		t.Errorf("heartbeats come every 15 s on the wall, connections live 20 s: got %v dials", n.Dials)
	}
}

func TestHold(t *testing.T) {
	n := Needs{Sources: 2, Ports: 100, Descriptors: 1000, Cores: 1, OfActions: 1, Memory: 1 << 30}
	far := []netip.Addr{netip.MustParseAddr("10.9.9.9")}
	for name, c := range map[string]struct {
		bend    func(m *machine.Facts)
		foreign []netip.Addr
		check   string
		want    Status
		cure    string
	}{
		"all well":            {func(*machine.Facts) {}, nil, "cores", OK, ""},
		"few descriptors":     {func(m *machine.Facts) { m.Descriptors = 999 }, nil, "descriptors", Fail, "raise the hard limit"},
		"tight descriptors":   {func(m *machine.Facts) { m.Descriptors = 1001 }, nil, "descriptors", Warn, "raise the hard limit"},
		"descriptors unknown": {func(m *machine.Facts) { m.Descriptors = 0 }, nil, "descriptors", Unknown, ""},
		"little memory":       {func(m *machine.Facts) { m.Memory = 1<<30 - 1 }, nil, "memory", Fail, "--ccu"},
		"tight memory":        {func(m *machine.Facts) { m.Memory = 1<<30 + 1 }, nil, "memory", Warn, "--ccu"},
		"memory unknown":      {func(m *machine.Facts) { m.Memory = 0 }, nil, "memory", Unknown, ""},
		"quota":               {func(m *machine.Facts) { m.Quota = 0.5 }, nil, "cores", Fail, "--ccu"},
		"tight cores":         {func(m *machine.Facts) { m.Cores = 1 }, nil, "cores", Warn, "may be the limit"},
		"foreign":             {func(*machine.Facts) {}, far, "sources", Fail, "ip address add 10.9.9.9/32"},
		"ports unknown":       {func(m *machine.Facts) { m.PortFrom, m.PortTo = 0, 0 }, nil, "ports", Unknown, ""},
		"ports few":           {func(m *machine.Facts) { m.PortTo = m.PortFrom + 63 }, nil, "ports", Fail, "needs 4 source addresses, has 2"},
	} {
		m := roomy()
		c.bend(&m)
		checks := Hold(n, m, c.foreign)
		got := find(t, checks, c.check)
		if got.Status != c.want || !strings.Contains(got.Cure, c.cure) || (c.want == OK) != (got.Cure == "") && c.want != Unknown {
			t.Errorf("%s: got %+v", name, got)
		}
		if refused := len(Refusals(checks)); refused != map[bool]int{true: 1, false: 0}[c.want == Fail] {
			t.Errorf("%s: %d refusals", name, refused)
		}
	}
}

func TestFit(t *testing.T) {
	for _, c := range append(Fit(roomy()), Around(roomy(), Tried{Tick: 40, Oversleep: 60_000, Connect: 50_000, Synced: true, SyncedTold: true})...) {
		if c.Status != OK {
			t.Errorf("a roomy machine: %+v", c)
		}
	}
	poor := machine.Facts{Cores: 1, Descriptors: 256, PortFrom: 1000, PortTo: 2000, Memory: 1 << 20, Clock: "hpet", Pressure: 90}
	for _, c := range append(Fit(poor), Around(poor, Tried{Tick: time.Millisecond, Oversleep: 15 * time.Millisecond, Connect: time.Second, SyncedTold: true})...) {
		if c.Status != Warn || c.Cure == "" {
			t.Errorf("a poor machine: %+v", c)
		}
	}
	blind := machine.Facts{Cores: 4, Reuse: -1, Pressure: -1}
	for _, c := range append(Fit(blind), Around(blind, Tried{Connect: 1})...) {
		if c.Status != OK && c.Status != Unknown {
			t.Errorf("a machine that tells nothing: %+v", c)
		}
	}
	if c := find(t, Around(roomy(), Tried{}), "loopback"); c.Status != Fail {
		t.Errorf("no loopback: %+v", c)
	}
}

func TestUnits(t *testing.T) {
	for d, want := range map[time.Duration]string{30: "30 ns", 999: "999 ns", 86_400: "86 µs", 1_500_000: "1.5 ms", time.Second: "1000.0 ms"} {
		if got := Took(d); got != want {
			t.Errorf("%d: %s, want %s", d, got, want)
		}
	}
	for n, want := range map[int64]string{1: "1 MiB", 96 << 20: "96 MiB", 3 << 29: "1.5 GiB"} {
		if got := Bytes(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

func find(t *testing.T, checks []Check, name string) Check {
	t.Helper()
	for _, c := range checks {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no check %s in %+v", name, checks)
	return Check{}
}
