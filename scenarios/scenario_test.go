package scenarios_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/passmuster/muster/internal/golden"
	"github.com/passmuster/muster/internal/strict"
	"github.com/passmuster/muster/scenarios"
)

const minimal = "version: 1\nname: tiny\nduration: 1m\nplayers:\n  ccu: [{at: 0s, players: 1}]\n"

func TestDefaults(t *testing.T) {
	got, err := scenarios.Decode("tiny.yaml", []byte(minimal))
	if err != nil {
		t.Fatal(err)
	}
	want := scenarios.Scenario{
		Version: 1, Name: "tiny", Seed: 1, Duration: time.Minute, TimeScale: 1,
		Players: scenarios.Players{
			CCU:       []scenarios.Point{{Players: 1}},
			Session:   scenarios.Session{Law: "exponential", Mean: 30 * time.Minute, Min: time.Second, Max: 4 * time.Hour},
			UGC:       scenarios.UGC{Min: 1, Max: 5, Catalogue: 10_000},
			Heartbeat: scenarios.Heartbeat{Period: 150 * time.Second},
		},
		Events: scenarios.Events{PerFlush: 1, Bytes: 450, Names: []string{"level_complete"}, Transport: map[string]int{"http": 1}},
		Connections: scenarios.Connections{
			Mode: "pooled", Protocol: "http1", Pool: 64, Timeout: 10 * time.Second, Idle: new(75 * time.Second),
			TLS:   scenarios.TLS{Resumed: new(1.0)},
			Kafka: scenarios.Kafka{Linger: new(5 * time.Millisecond), Acks: "all", Compression: "snappy", Idempotent: new(true), MaxBuffered: 10_000},
		},
		Generator: scenarios.Generator{MaxInFlight: 4096, MaxLag: 250 * time.Millisecond, LateShare: 0.1, Pacing: "auto"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if again := got.WithDefaults(); !reflect.DeepEqual(again, got) {
		t.Errorf("defaults applied twice give %+v", again)
	}
}

func TestSessionDefaultsFollow(t *testing.T) {
	const s, m = time.Second, time.Minute
	for _, c := range []struct{ in, want scenarios.Session }{
		{scenarios.Session{Mean: 2 * m}, scenarios.Session{Law: "exponential", Mean: 2 * m, Min: s, Max: 16 * m}},
		{scenarios.Session{Mean: 500 * time.Millisecond}, scenarios.Session{Law: "exponential", Mean: s / 2, Min: s / 2, Max: 4 * s}},
		{scenarios.Session{Law: "fixed", Mean: 9 * m}, scenarios.Session{Law: "fixed", Mean: 9 * m, Min: s, Max: 72 * m}},
		{scenarios.Session{Law: "uniform", Min: 2 * m, Max: 6 * m}, scenarios.Session{Law: "uniform", Mean: 4 * m, Min: 2 * m, Max: 6 * m}},
		{scenarios.Session{Law: "uniform", Mean: 5 * m, Min: 2 * m}, scenarios.Session{Law: "uniform", Mean: 5 * m, Min: 2 * m, Max: 8 * m}},
		{scenarios.Session{Law: "uniform", Max: 3 * s}, scenarios.Session{Law: "uniform", Mean: 2 * s, Min: s, Max: 3 * s}},
		{scenarios.Session{Law: "uniform"}, scenarios.Session{Law: "uniform", Mean: 30 * m, Min: s, Max: 60*m - s}},
	} {
		got := scenarios.Scenario{Version: 1, Name: "x", Duration: m, Players: scenarios.Players{CCU: []scenarios.Point{{Players: 1}}, Session: c.in}}.WithDefaults()
		if got.Players.Session != c.want {
			t.Errorf("%+v: got %+v, want %+v", c.in, got.Players.Session, c.want)
		}
		if err := got.Validate(); err != nil {
			t.Errorf("%+v: %v", c.in, err)
		}
	}
}

// faulty holds, by name, what is wrong in a scenario; each is the whole file.
func faulty() []struct{ name, text string } {
	base := func(more string) string { return minimal + more }
	players := func(more string) string {
		return "version: 1\nname: tiny\nduration: 10m\nplayers:\n" + more
	}
	curve := func(points string) string { return players("  ccu: " + points + "\n") }
	return []struct{ name, text string }{
		{"empty", ""},
		{"nothing required is there", "seed: 5\n"},
		{"no curve", players("  ugc: {min: 1}\n")},
		{"points without members", curve("[{at: 1m}, {players: 5}, {}]")},
		{"general", "version: 2\nname: My Scenario\ndescription: \"a\\nb\"\nduration: 500ms\ntime_scale: 20000\nwarmup: 1m\nplayers: {ccu: [{at: 0, players: 1}]}\n"},
		{"zeros that stand for defaults", "version: 1\nname: tiny\nseed: 0\nduration: 1m\ntime_scale: 0\nplayers: {ccu: [{at: 0, players: 1}], session: {law: '', mean: 0s}, ugc: {min: 0}}\n" +
			"events: {every: 0, names: [], transport: {}}\nconnections: {pool: 0}\ngenerator: {late_share: 0}\n"},
		{"warmup as long as all", base("warmup: 1m\n")},
		{"curve: none", curve("[]")},
		{"curve: nobody", curve("[{at: 0s, players: 0}, {at: 1m, players: 0}]")},
		{"curve: going back in time", curve("[{at: 2m, players: 1}, {at: 1m, players: 2}]")},
		{"curve: after the end, before the beginning", curve("[{at: -1s, players: 1}, {at: 11m, players: 2}]")},
		{"curve: too many, too few", curve("[{at: 0s, players: -1}, {at: 1m, players: 10000001}]")},
		{"waves: none", players("  waves: []\n")},
		{"waves: bounds", players("  waves: [{peak: 0}, {peak: 5, trough: 6}, {trough: 1}, {peak: 9000000, period: 1s, at: -1s}, {peak: 9000000}]\n")},
		{"waves: and points", players("  waves: [{peak: 5}]\n  ccu: [{at: 0, players: 1}]\n")},
		{"session: law", players("  ccu: [{at: 0, players: 1}]\n  session: {law: exponentail}\n")},
		{"session: order", players("  ccu: [{at: 0, players: 1}]\n  session: {mean: 1m, min: 2m, max: 90s}\n")},
		{"session: mean above default", players("  ccu: [{at: 0, players: 1}]\n  session: {max: 10m}\n")},
		{"session: uniform", players("  ccu: [{at: 0, players: 1}]\n  session: {law: uniform, mean: 5m, min: 2m, max: 6m}\n")},
		{"ugc", players("  ccu: [{at: 0, players: 1}]\n  ugc: {min: 7, max: 3, catalogue: -1}\n")},
		{"heartbeat", players("  ccu: [{at: 0, players: 1}]\n  heartbeat: {period: 10s, jitter: 6s}\n")},
		{"heartbeat too fast", players("  ccu: [{at: 0, players: 1}]\n  heartbeat: {period: 1ms}\n")},
		{"clients", players("  ccu: [{at: 0, players: 1}]\n  clients: {cpp: 0, \"\": 0, \" rest\": 0, unity-2025 without unity-2025-body-pairs: 0}\n")},
		{"weights", players("  ccu: [{at: 0, players: 1}]\n  platforms: {widnows: 1, Linux: -1, PS5: 0}\n  portals: {steam: 0}\n")},
		{"events", base("events: {every: 1ms, per_flush: 5000, bytes: 2000000, names: ['', ok], transport: {htpp: 1, kafka: 0, smtp: 1}}\n")},
		{"clients of events", base("events: {every: 1m, clients: {js: -1, \" godot\": 1, godot without all: 2000000}}\n")},
		{"events without cadence", base("events: {bytes: 300}\n")},
		{"connections and generator", base("connections: {pool: 100000, timeout: 1ns}\ngenerator: {max_in_flight: -1, max_lag: 1us, late_share: 1.5}\n")},
		{"connections: words", base("connections: {mode: per player, protocol: h2, pipeline: 1000, idle: 2h, tls: {version: \"1.1\", curves: [x25519, x25519, p257], resumed: 1.5}, " +
			"kafka: {linger: -1s, acks: 1, compression: zip, max_buffered: -5}}\n")},
		{"connections: what does not go together", base("connections: {mode: per-player, protocol: http2, pipeline: 4, tls: {version: \"1.2\", curves: [x25519mlkem768]}, kafka: {acks: leader, idempotent: true}}\n")},
		{"connections: idle while pooled", base("connections: {idle: 0s}\n")},
		{"connections: zeros and empty lists", base("connections: {mode: \"\", timeout: 0s, sources: [], tls: {version: 1.3, curves: []}, kafka: {acks: \"\"}}\n")},
		{"connections: sources", base("connections: {sources: [localhost, 127.0.0.2, 127.0.0.0/28, 10.0.0.0/8, 0.0.0.0, \"fe80::1%eth0/120\"]}\n")},
		{"generator: words", base("generator: {pacing: fast, attackers: -1, max_workers: 2000000}\n")},
		{"thresholds", base("thresholds: [\"lost == 0\", \"fast\", \"errors <\", \"playtime.heartbeat response p99 < 250ms\", \"errors < 0.1% abort\", \"< 5\"]\n")},
		{"slips", "version: 1\nname: tiny\nduraton: 1m\nplayer:\n  ccu: []\nevents: {evry: 5s}\n"},
		{"units", "version: 1\nname: tiny\nduration: 60\nwarmup: 5\nplayers: {ccu: [{at: 30, players: 1.5}]}\n"},
	}
}

func TestFaultsGolden(t *testing.T) {
	var b strings.Builder
	for _, c := range faulty() {
		_, err := scenarios.Decode("launch.yaml", []byte(c.text))
		var faults strict.Faults
		if !errors.As(err, &faults) {
			t.Errorf("%s: got %v, want faults", c.name, err)
			continue
		}
		b.WriteString("# " + c.name + "\n" + faults.Error() + "\n")
		if hint := faults.Hint(); hint != "" {
			b.WriteString("hint: " + hint + "\n")
		}
		b.WriteString("\n")
	}
	golden.Check(t, "faults.golden", b.String())
}

func TestBuiltin(t *testing.T) {
	var names []string
	for _, s := range scenarios.Builtin() {
		names = append(names, s.Name)
		if s.Description == "" || len(s.Thresholds) == 0 {
			t.Errorf("%s: want a description and thresholds", s.Name)
		}
		found, source, err := scenarios.Lookup(s.Name)
		if err != nil || !reflect.DeepEqual(found, s) || !strings.Contains(source, "name: "+s.Name+"\n") {
			t.Errorf("Lookup(%s): got another scenario, or %v", s.Name, err)
		}
	}
	if want := []string{"diurnal", "launch-day", "outage", "patch-day", "ramp", "regional-wave", "smoke", "soak", "spike", "steady"}; !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
}

// Smoke is what the demonstration plays: its size is promised.
func TestSmoke(t *testing.T) {
	s, _, err := scenarios.Lookup("smoke")
	if err != nil {
		t.Fatal(err)
	}
	if wall := time.Duration(float64(s.Duration) / s.TimeScale); wall != 30*time.Second {
		t.Errorf("lasts %v, want 30s", wall)
	}
	if s.Players.CCU[1].Players != 5000 || s.Players.Heartbeat.Period != 150*time.Second {
		t.Errorf("got %+v, want 5000 players and heartbeats every 150s", s.Players)
	}
}

func TestLookup(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "mine")
	for _, p := range []string{path, path + ".yaml", path + ".yml"} {
		if err := os.WriteFile(p, []byte(minimal), 0o600); err != nil {
			t.Fatal(err)
		}
		if s, source, err := scenarios.Lookup(p); err != nil || s.Name != "tiny" || source != minimal {
			t.Errorf("Lookup(%s) = %q, %q, %v", p, s.Name, source, err)
		}
	}
	for _, c := range []struct{ name, want string }{
		{"smok", `scenario "smok": unknown, built in are diurnal, launch-day, outage, patch-day, ramp, regional-wave, smoke, soak, spike, steady, did you mean "smoke"?`},
		{"nothing", `scenario "nothing": unknown, built in are diurnal, launch-day, outage, patch-day, ramp, regional-wave, smoke, soak, spike, steady`},
		{"", `scenario "": unknown, built in are diurnal, launch-day, outage, patch-day, ramp, regional-wave, smoke, soak, spike, steady`},
		{"..", `scenario "..": unknown, built in are diurnal, launch-day, outage, patch-day, ramp, regional-wave, smoke, soak, spike, steady`},
		{"none.yaml", "read scenario none.yaml: no such file or directory"},
	} {
		if _, _, err := scenarios.Lookup(c.name); err == nil || err.Error() != c.want {
			t.Errorf("Lookup(%q): got %v, want %s", c.name, err, c.want)
		}
	}
}

func TestOverride(t *testing.T) {
	smoke, _, err := scenarios.Lookup("smoke")
	if err != nil {
		t.Fatal(err)
	}
	before, err := scenarios.Digest(smoke)
	if err != nil {
		t.Fatal(err)
	}
	got, err := smoke.Override(200, time.Minute, 9)
	if err != nil {
		t.Fatal(err)
	}
	want := []scenarios.Point{{At: 0}, {At: 8 * time.Minute, Players: 200}, {At: 34 * time.Minute, Players: 200}, {At: 40 * time.Minute}}
	if !slices.Equal(got.Players.CCU, want) || got.Duration != 40*time.Minute || got.Seed != 9 {
		t.Errorf("got %+v, duration %v, seed %d", got.Players.CCU, got.Duration, got.Seed)
	}
	if got.Players.Session != smoke.Players.Session || got.Players.Heartbeat != smoke.Players.Heartbeat || got.TimeScale != smoke.TimeScale {
		t.Error("what players do has changed")
	}
	if after, _ := scenarios.Digest(smoke); after != before {
		t.Error("the scenario that was overridden has changed")
	}
	if same, err := smoke.Override(0, 0, 0); err != nil || !reflect.DeepEqual(same, smoke) {
		t.Errorf("nothing to override: got %+v, %v", same, err)
	}
	for _, c := range []struct {
		ccu  int
		wall time.Duration
		want string
	}{
		{-1, 0, "scale scenario smoke: -1 players, want 1 to 10000000"},
		{10_000_001, 0, "scale scenario smoke: 10000001 players, want 1 to 10000000"},
		{0, -time.Second, "stretch scenario smoke: -1s on the wall at time scale 40, want a plan of 1s to 8784h"},
		{0, time.Nanosecond, "stretch scenario smoke: 1ns on the wall at time scale 40, want a plan of 1s to 8784h"},
		{0, 1<<63 - 1, "stretch scenario smoke: 2562047h47m16.854775807s on the wall at time scale 40, want a plan of 1s to 8784h"},
	} {
		if _, err := smoke.Override(c.ccu, c.wall, 0); err == nil || err.Error() != c.want {
			t.Errorf("Override(%d, %v): got %v, want %s", c.ccu, c.wall, err, c.want)
		}
	}
}

// drawn makes a valid scenario of arbitrary length, curve and warm-up.
func drawn(t *rapid.T) scenarios.Scenario {
	duration := time.Duration(rapid.Int64Range(int64(time.Second), int64(366*24*time.Hour)).Draw(t, "duration"))
	s := scenarios.Scenario{
		Version: 1, Name: "drawn", Duration: duration,
		TimeScale: rapid.Float64Range(0.01, 10_000).Draw(t, "time_scale"),
		Warmup:    time.Duration(rapid.Int64Range(0, int64(duration)-1).Draw(t, "warmup")),
	}
	instants := rapid.SliceOfN(rapid.Int64Range(0, int64(duration)), 1, 20).Draw(t, "instants")
	slices.Sort(instants)
	for _, at := range instants {
		s.Players.CCU = append(s.Players.CCU, scenarios.Point{At: time.Duration(at), Players: rapid.IntRange(0, scenarios.MaxPlayers).Draw(t, "players")})
	}
	s.Players.CCU[rapid.IntRange(0, len(instants)-1).Draw(t, "peak")].Players++ // at least one somebody, at most one above the bound
	for i := range s.Players.CCU {
		s.Players.CCU[i].Players = min(s.Players.CCU[i].Players, scenarios.MaxPlayers)
	}
	return s.WithDefaults()
}

func TestOverrideKeepsValidity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawn(t)
		if err := s.Validate(); err != nil {
			t.Fatalf("drawn: %v", err)
		}
		ccu := rapid.IntRange(1, scenarios.MaxPlayers).Draw(t, "ccu")
		plan := rapid.Float64Range(float64(2*time.Second), float64(365*24*time.Hour)).Draw(t, "plan")
		wall := time.Duration(plan / s.TimeScale)
		got, err := s.Override(ccu, max(wall, 1), 7)
		if wall > 0 && err != nil {
			t.Fatalf("Override(%d, %v): %v", ccu, wall, err)
		}
		if err != nil {
			return // the time scale is so large that a nanosecond on the wall is more than the plan
		}
		top := 0
		for i, p := range got.Players.CCU {
			top = max(top, p.Players)
			if old := s.Players.CCU[i].At; got.Duration > s.Duration && p.At < old || got.Duration < s.Duration && p.At > old {
				t.Fatalf("point %d moved from %v to %v, the duration from %v to %v", i, old, p.At, s.Duration, got.Duration)
			}
		}
		if top != ccu {
			t.Fatalf("peak %d, want %d", top, ccu)
		}
	})
}

func TestDigest(t *testing.T) {
	a, err := scenarios.Decode("a.yaml", []byte(minimal))
	if err != nil {
		t.Fatal(err)
	}
	b, err := scenarios.Decode("b.yaml", []byte("players: {ccu: [{players: 1, at: 0}]} # other words\nname: tiny\nversion: 1\nduration: 60s\nseed: 1\n"))
	if err != nil {
		t.Fatal(err)
	}
	first, err := scenarios.Digest(a)
	if err != nil || len(first) != 64 {
		t.Fatalf("Digest = %q, %v", first, err)
	}
	if second, _ := scenarios.Digest(b); second != first {
		t.Error("equal scenarios have different digests")
	}
	b.Seed = 2
	if third, _ := scenarios.Digest(b); third == first {
		t.Error("different scenarios have equal digests")
	}
}

// A scenario survives the way into a run directory and back.
func TestJSONRoundTrip(t *testing.T) {
	for _, s := range scenarios.Builtin() {
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var back scenarios.Scenario
		if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(back, s) {
			t.Errorf("%s: got %+v, %v", s.Name, back, err)
		}
	}
}

// FuzzDecode: what Decode takes is valid, also when defaults are filled in again; it never panics.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(minimal))
	for _, c := range faulty() {
		f.Add([]byte(c.text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := scenarios.Decode("f.yaml", data)
		if err != nil {
			return
		}
		if err := s.WithDefaults().Validate(); err != nil {
			t.Errorf("decoded and yet not valid: %v", err)
		}
	})
}
