package plan

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// params draws a small plan: up to some hundred players, with rising, falling, level and stepping curves.
func params(t *rapid.T) Params {
	duration := time.Duration(rapid.Int64Range(1, int64(20*time.Minute)).Draw(t, "duration"))
	var curve Curve
	at := time.Duration(0)
	for range rapid.IntRange(1, 6).Draw(t, "points") {
		curve = append(curve, Point{At: at, Players: rapid.IntRange(0, 120).Draw(t, "players")})
		at += time.Duration(rapid.Int64Range(0, int64(duration)/2).Draw(t, "gap"))
	}
	curve[len(curve)-1].Players++
	period := time.Duration(rapid.Int64Range(0, int64(5*time.Minute)).Draw(t, "period"))
	if period > 0 {
		period += time.Second
	}
	every := rapid.SampledFrom([]time.Duration{0, 7 * time.Second, 150 * time.Second}).Draw(t, "every")
	low := time.Duration(rapid.Int64Range(int64(time.Second), int64(time.Minute)).Draw(t, "min"))
	return Params{
		Seed:     rapid.Uint64().Draw(t, "seed"),
		Duration: duration,
		Curve:    curve,
		Lengths: Lengths{
			Law:  rapid.SampledFrom([]Law{Exponential, Uniform, Fixed}).Draw(t, "law"),
			Mean: 4 * low, Min: low, Max: 16 * low,
		},
		Period: period,
		Jitter: time.Duration(rapid.Int64Range(0, int64(period/2)).Draw(t, "jitter")),
		Every:  every,
	}
}

// all runs a timeline to its end.
func all(t interface{ Fatal(...any) }, p Params) []Due {
	timeline, err := NewTimeline(p)
	if err != nil {
		t.Fatal(err)
	}
	var dues []Due
	for d, ok := timeline.Next(); ok; d, ok = timeline.Next() {
		dues = append(dues, d)
	}
	return dues
}

func TestOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := params(t)
		dues := all(t, p)
		for i, d := range dues {
			if d.Ordinal != uint64(i) {
				t.Fatalf("due %d has ordinal %d", i, d.Ordinal)
			}
			if d.At < 0 || d.At > p.Duration {
				t.Fatalf("due outside the plan: %+v", d)
			}
			if i > 0 && (d.At < dues[i-1].At || d.At == dues[i-1].At && d.Player < dues[i-1].Player) {
				t.Fatalf("out of order: %+v after %+v", d, dues[i-1])
			}
		}
	})
}

// TestConcurrency counts open sessions after every instant at which one begins or ends, and just before the next: they
// are as many as the curve says, always.
func TestConcurrency(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := params(t)
		open, at := 0, time.Duration(0)
		check := func(next time.Duration) {
			for _, instant := range []time.Duration{at, (at + next) / 2, next - 1} {
				if instant >= at && instant < next && open != p.Curve.Value(instant) {
					t.Fatalf("%d sessions open at %d, want %d", open, instant, p.Curve.Value(instant))
				}
			}
		}
		for _, d := range all(t, p) {
			if d.At > at {
				check(d.At)
				at = d.At
			}
			switch d.Kind {
			case Start:
				open++
			case End:
				open--
			default:
			}
		}
		check(p.Duration)
		if open != 0 {
			t.Fatalf("%d sessions never end", open)
		}
	})
}

// TestSessions follows every player through his life.
func TestSessions(t *testing.T) {
	type state struct {
		open       bool
		start, end time.Duration
		session    uint32
		beats      uint32
		flushes    uint32
	}
	rapid.Check(t, func(t *rapid.T) {
		p := params(t)
		players := map[uint32]*state{}
		for _, d := range all(t, p) {
			s := players[d.Player]
			if s == nil {
				s = &state{}
				players[d.Player] = s
			}
			if s.open != (d.Kind != Start) || d.Session != s.session {
				t.Fatalf("%+v in state %+v", d, *s)
			}
			switch d.Kind {
			case Start:
				s.open, s.start, s.beats = true, d.At, 0
			case Heartbeat:
				s.beats++
				if d.Seq != s.beats || d.At <= s.start {
					t.Fatalf("heartbeat %+v in state %+v", d, *s)
				}
				offset := d.At - s.start - time.Duration(d.Seq)*p.Period
				if s.start > 0 && (offset < -p.Jitter || offset > p.Jitter) {
					t.Fatalf("heartbeat %+v is %v away from its cadence", d, offset)
				}
				s.end = d.At
			case Flush:
				if d.Seq != s.flushes {
					t.Fatalf("flush %+v in state %+v", d, *s)
				}
				s.flushes++
			case End:
				if d.Seq != s.beats+1 || d.At <= s.start || s.beats > 0 && d.At <= s.end {
					t.Fatalf("end %+v in state %+v", d, *s)
				}
				s.open = false
				s.session++
			}
		}
	})
}

// TestSlices divides a plan and puts it together again.
func TestSlices(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := params(t)
		whole, err := Summarize(p, time.Second)
		if err != nil {
			t.Fatal(err)
		}
		var sum Summary
		p.Slices = rapid.IntRange(1, 64).Draw(t, "slices")
		for p.Slice = range p.Slices {
			part, err := Summarize(p, time.Second)
			if err != nil {
				t.Fatal(err)
			}
			sum.Hash = sum.Hash.Add(part.Hash)
			sum.Players += part.Players
			for k := range sum.Counts {
				sum.Counts[k] += part.Counts[k]
			}
			for i, n := range part.Flushes {
				if n != 0 && (n != whole.Flushes[i] || !p.Mine(uint32(i))) {
					t.Fatalf("slice %d: player %d makes %d flushes, want %d", p.Slice, i, n, whole.Flushes[i])
				}
			}
			sum.CCU = append(sum.CCU, make([]int, len(part.CCU)-len(sum.CCU))...)
			for i, n := range part.CCU {
				sum.CCU[i] += n
			}
		}
		if sum.Hash != whole.Hash || sum.Counts != whole.Counts || sum.Players != whole.Players {
			t.Fatalf("%d slices sum up to %+v, want %+v", p.Slices, sum, whole)
		}
		for i, n := range whole.CCU {
			if sum.CCU[i] != n {
				t.Fatalf("second %d: slices sum up to %d players, want %d", i, sum.CCU[i], n)
			}
		}
	})
}

// TestShards checks that the shards of a slice hold its dues exactly, and that Index is the place in the shard.
func TestShards(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := params(t)
		p.Slices = rapid.IntRange(1, 4).Draw(t, "slices")
		p.Slice = rapid.IntRange(0, p.Slices-1).Draw(t, "slice")
		whole, err := Summarize(p, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		var sum Hash
		p.Shards = rapid.IntRange(1, 8).Draw(t, "shards")
		for p.Shard = range p.Shards {
			timeline, err := NewTimeline(p)
			if err != nil {
				t.Fatal(err)
			}
			for i := range uint32(len(timeline.lives)) {
				if got := p.Index(timeline.player(i)); got != int(i) {
					t.Fatalf("player %d has index %d, want %d", timeline.player(i), got, i)
				}
			}
			for d, ok := timeline.Next(); ok; d, ok = timeline.Next() {
				sum = sum.Add(d.hash())
			}
		}
		if sum != whole.Hash {
			t.Fatalf("%d shards hash to %v, want %v", p.Shards, sum, whole.Hash)
		}
	})
}

func TestHashTellsPlansApart(t *testing.T) {
	p := example()
	first, again := mustSummarize(t, p), mustSummarize(t, p)
	if first.Hash != again.Hash {
		t.Errorf("one plan hashes to %v and to %v", first.Hash, again.Hash)
	}
	p.Seed++
	if other := mustSummarize(t, p); other.Hash == first.Hash {
		t.Errorf("another seed hashes to %v too", other.Hash)
	}
	p = example()
	p.Jitter++
	if other := mustSummarize(t, p); other.Hash == first.Hash {
		t.Errorf("another jitter hashes to %v too", other.Hash)
	}
}

// TestHashIsStable fails when the same parameters no longer give the same plan: runs of different binaries could then
// not be compared, so it must be meant.
func TestHashIsStable(t *testing.T) {
	const want = "a779d5bdc1356f4007bca735587bd8fd"
	if got := mustSummarize(t, example()).Hash.String(); got != want {
		t.Errorf("schedule hash %s, want %s", got, want)
	}
}

// TestOpenAtTheBeginning checks that players who are found on line do not act in step.
func TestOpenAtTheBeginning(t *testing.T) {
	p := example()
	p.Curve = Curve{{0, 1000}}
	p.Lengths = Lengths{Law: Fixed, Mean: 10 * time.Minute, Min: 1, Max: time.Hour}
	var beats, ends [10]int
	for _, d := range all(t, p) {
		if d.Kind == Heartbeat && d.Session == 0 && d.Seq == 1 {
			beats[min(9, int(d.At*10/p.Period))]++
		}
		if d.Kind == End && d.Session == 0 {
			ends[min(9, int(d.At/time.Minute))]++
		}
	}
	for i := range beats {
		if beats[i] < 60 || beats[i] > 140 || ends[i] < 60 || ends[i] > 140 {
			t.Fatalf("in steps: first heartbeats %v, ends %v, want about 100 in each tenth", beats, ends)
		}
	}
}

// TestFlushesCountPlay checks that flushes come once per Every of play, whatever the sessions.
func TestFlushesCountPlay(t *testing.T) {
	p := example()
	play := 0.0
	for at := time.Second; at <= p.Duration; at += time.Second {
		play += float64(p.Curve.Value(at))
	}
	got, want := float64(mustSummarize(t, p).Counts[Flush]), play/p.Every.Seconds()
	if math.Abs(got-want) > 0.05*want {
		t.Errorf("%v flushes in %v s of play, want about %v", got, play, want)
	}
}

func TestParamsAreChecked(t *testing.T) {
	for name, spoil := range map[string]func(*Params){
		"no duration":     func(p *Params) { p.Duration = 0 },
		"unknown law":     func(p *Params) { p.Lengths.Law = "pareto" },
		"max below min":   func(p *Params) { p.Lengths.Max = p.Lengths.Min - 1 },
		"no mean":         func(p *Params) { p.Lengths.Mean = 0 },
		"negative period": func(p *Params) { p.Period = -1 },
		"large jitter":    func(p *Params) { p.Jitter = p.Period },
		"slice 2 of 2":    func(p *Params) { p.Slice, p.Slices = 2, 2 },
		"shard 2 of 2":    func(p *Params) { p.Shard, p.Shards = 2, 2 },
		"nobody":          func(p *Params) { p.Curve = Curve{{0, 0}} },
		"back in time":    func(p *Params) { p.Curve = Curve{{2, 1}, {1, 1}} },
	} {
		t.Run(name, func(t *testing.T) {
			p := example()
			spoil(&p)
			if _, err := NewTimeline(p); err == nil {
				t.Errorf("accepted %+v", p)
			}
		})
	}
}

// example is a plan with everything in it: 200 players who come, go, and come again.
func example() Params {
	return Params{
		Seed:     7,
		Duration: 30 * time.Minute,
		Curve:    Curve{{0, 0}, {5 * time.Minute, 200}, {10 * time.Minute, 50}, {15 * time.Minute, 150}, {30 * time.Minute, 0}},
		Lengths:  Lengths{Law: Exponential, Mean: 8 * time.Minute, Min: time.Second, Max: 64 * time.Minute},
		Period:   150 * time.Second,
		Jitter:   5 * time.Second,
		Every:    40 * time.Second,
	}
}

func mustSummarize(t *testing.T, p Params) Summary {
	t.Helper()
	s, err := Summarize(p, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
