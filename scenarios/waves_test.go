package scenarios_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/passmuster/muster/scenarios"
)

// waving returns the points that waves become in a plan of this length.
func waving(duration time.Duration, waves ...scenarios.Wave) []scenarios.Point {
	s := scenarios.Scenario{Version: 1, Name: "x", Duration: duration, Players: scenarios.Players{Waves: waves}}
	return s.WithDefaults().Players.CCU
}

func TestADay(t *testing.T) {
	points := waving(24*time.Hour, scenarios.Wave{Peak: 5000, Trough: 1000, At: 20 * time.Hour})
	if len(points) != 97 {
		t.Fatalf("%d points, want one each quarter of an hour", len(points))
	}
	for hour, want := range map[int]int{20: 5000, 8: 1000, 14: 3000, 2: 3000, 16: 4000, 0: 4000, 24: 4000, 12: 2000} {
		p := points[4*hour]
		if p.At != time.Duration(hour)*time.Hour || p.Players < want-1 || p.Players > want {
			t.Errorf("hour %d: got %+v, want %d players", hour, p, want)
		}
	}
}

func TestWavesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		duration := time.Duration(rapid.Int64Range(int64(time.Second), int64(40*24*time.Hour)).Draw(t, "duration"))
		var waves []scenarios.Wave
		for range rapid.IntRange(1, 5).Draw(t, "waves") {
			peak := rapid.IntRange(1, 2_000_000).Draw(t, "peak")
			waves = append(waves, scenarios.Wave{
				Peak: peak, Trough: rapid.IntRange(0, peak).Draw(t, "trough"),
				Period: time.Duration(rapid.Int64Range(int64(time.Minute), int64(30*24*time.Hour)).Draw(t, "period")),
				At:     time.Duration(rapid.Int64Range(0, int64(24*time.Hour)).Draw(t, "at")),
			})
		}
		points := waving(duration, waves...)
		if len(points) < 2 || len(points) > 1000 || points[0].At != 0 || points[len(points)-1].At != duration {
			t.Fatalf("%d points over %v, want 2 to 1000 from beginning to end", len(points), duration)
		}
		for i, p := range points {
			want := 0.0
			for _, w := range waves {
				phase := math.Mod((p.At-w.At).Seconds(), w.Period.Seconds()) / w.Period.Seconds()
				want += float64(w.Trough) + float64(w.Peak-w.Trough)*(1+math.Cos(2*math.Pi*phase))/2
			}
			// Each wave is cut to a whole player, and floating point is not exact either.
			if math.Abs(float64(p.Players)-want) > float64(len(waves))+0.01 || i > 0 && p.At <= points[i-1].At {
				t.Fatalf("point %d is %+v, want %.2f players", i, p, want)
			}
		}
	})
}

func TestWavesBecomePointsOnce(t *testing.T) {
	s, err := scenarios.Decode("x.yaml", []byte("version: 1\nname: x\nduration: 24h\nplayers:\n  waves: [{peak: 100, trough: 10}, {peak: 50, at: 8h}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	if s.Players.Waves != nil || len(s.Players.CCU) != 97 {
		t.Errorf("got %d waves and %d points", len(s.Players.Waves), len(s.Players.CCU))
	}
	half, err := s.Override(1000, time.Hour, 0)
	if err != nil {
		t.Fatal(err)
	}
	top := slices.MaxFunc(half.Players.CCU, func(a, b scenarios.Point) int { return a.Players - b.Players })
	if top.Players != 1000 || half.Players.CCU[96].At != time.Hour {
		t.Errorf("bent to peak %d and end %v, want 1000 and 1h", top.Players, half.Players.CCU[96].At)
	}
}
