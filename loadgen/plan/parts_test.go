package plan

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestCurveValue(t *testing.T) {
	c := Curve{{10, 0}, {20, 5}, {30, 5}, {30, 8}, {40, 0}}
	for at, want := range map[time.Duration]int{0: 0, 10: 0, 11: 1, 12: 1, 13: 2, 19: 5, 20: 5, 29: 5, 30: 8, 31: 8, 35: 4, 39: 1, 40: 0, 99: 0} {
		if got := c.Value(at); got != want {
			t.Errorf("at %d: %d players, want %d", at, got, want)
		}
	}
}

func TestSpan(t *testing.T) {
	c := Curve{{10, 0}, {20, 10}, {30, 0}, {40, 10}}
	for _, tc := range []struct {
		player       uint32
		after, until time.Duration
		from, to     time.Duration
		on           bool
		why          string
	}{
		{0, 0, 99, 11, 30, true, "rises above 0 right after 10, falls to 0 at 30"},
		{0, 11, 99, 11, 30, true, "asked at the beginning"},
		{0, 15, 99, 15, 30, true, "asked in the middle"},
		{0, 30, 99, 31, 99, true, "comes again, and stays"},
		{9, 0, 99, 20, 21, true, "the last player is on line at the top only"},
		{9, 21, 99, 40, 99, true, "and from the second top on"},
		{9, 21, 40, 0, 0, false, "which the plan does not reach"},
		{10, 0, 99, 0, 0, false, "nobody is above the peak"},
	} {
		from, to, on := c.span(tc.player, tc.after, tc.until)
		if from != tc.from || to != tc.to || on != tc.on {
			t.Errorf("player %d after %d: [%d, %d) %v, want [%d, %d) %v: %s", tc.player, tc.after, from, to, on, tc.from, tc.to, tc.on, tc.why)
		}
	}
}

// TestWheel compares the wheel with a sorted list, with waits within a slot, within a turn and over many turns.
func TestWheel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 50).Draw(t, "players")
		due := make([]time.Duration, n)
		w := newWheel(n, time.Duration(rapid.IntRange(1, 100_000).Draw(t, "horizon")), func(i uint32) time.Duration { return due[i] })
		var model []uint32
		add := func(i uint32, at time.Duration) {
			due[i] = at
			w.add(i, at)
			model = append(model, i)
		}
		wait := func() time.Duration {
			reach := rapid.SampledFrom([]int{1, 300, 5000, 200_000, 2_000_000}).Draw(t, "reach")
			return time.Duration(rapid.IntRange(0, reach).Draw(t, "wait"))
		}
		for i := range uint32(n) {
			add(i, wait())
		}
		for rounds := 3 * n; len(model) > 0; rounds-- {
			slices.SortFunc(model, func(i, j uint32) int {
				return cmp.Or(cmp.Compare(due[i], due[j]), cmp.Compare(i, j))
			})
			i, at, ok := w.take()
			if !ok || i != model[0] || at != due[i] {
				t.Fatalf("took %d at %d (%v), want %d at %d", i, at, ok, model[0], due[model[0]])
			}
			model = model[1:]
			if rounds > 0 {
				add(i, at+wait())
			}
		}
		if _, _, ok := w.take(); ok {
			t.Fatal("an empty wheel gave somebody")
		}
	})
}

func TestNegLog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		roll := rapid.Uint64().Draw(t, "roll")
		got := float64(negLog(roll)) / (1 << logBits)
		if want := -math.Log((float64(roll) + 1) / (1 << 64)); math.Abs(got-want) > 1e-8 {
			t.Fatalf("-ln of roll %d: %v, want %v", roll, got, want)
		}
	})
}

func TestLengthsAreBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := Lengths{Law: Exponential, Mean: time.Duration(rapid.Int64Range(1, int64(24*time.Hour)).Draw(t, "mean")), Min: 1, Max: never}
		roll := rapid.OneOf(rapid.Uint64(), rapid.Just(uint64(0)), rapid.Just(^uint64(0))).Draw(t, "roll") >> rapid.UintRange(0, 63).Draw(t, "shift")
		if got, bound := l.draw(roll), l.atMost(roll); got > bound {
			t.Fatalf("roll %d gives %v, above the bound of %v", roll, got, bound)
		}
	})
}

func TestLengths(t *testing.T) {
	const n = 20000
	dice := NewDice(1, "test")
	for _, tc := range []struct {
		lengths  Lengths
		mean     float64 // of whole lengths, in seconds
		residual float64 // of what is left: E[L^2] / 2 E[L]
	}{
		{Lengths{Fixed, 10 * time.Second, 1, time.Minute}, 10, 5},
		{Lengths{Uniform, 10 * time.Second, 10 * time.Second, 40 * time.Second}, 25, 14},
		{Lengths{Exponential, 10 * time.Second, 1, 80 * time.Second}, 10, 10},
	} {
		whole, left := 0.0, 0.0
		for i := range uint32(n) {
			whole += tc.lengths.draw(dice.Roll(i, 0, 0)).Seconds() / n
			left += tc.lengths.residual(func(k uint64) uint64 { return dice.Roll(i, 1, k) }).Seconds() / n
		}
		if math.Abs(whole-tc.mean) > 0.03*tc.mean || math.Abs(left-tc.residual) > 0.03*tc.residual {
			t.Errorf("%s: mean %.2f s and %.2f s left, want %v and %v", tc.lengths.Law, whole, left, tc.mean, tc.residual)
		}
	}
}

func TestIdentity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		run, player, seq := rapid.Uint64().Draw(t, "run"), rapid.Uint32().Draw(t, "player"), rapid.Uint32().Draw(t, "seq")
		id := NewIdentity(run)
		text := id.EventID(player, seq)
		gotRun, gotPlayer, gotSeq, ok := NewIdentity(0).ParseEventID(text)
		if !ok || gotRun != run || gotPlayer != player || gotSeq != seq {
			t.Fatalf("%s reads as (%d, %d, %d, %v), want (%d, %d, %d)", text, gotRun, gotPlayer, gotSeq, ok, run, player, seq)
		}
	})
}

func TestIdentityIsStable(t *testing.T) {
	id := NewIdentity(0x0123456789abcdef)
	for _, tc := range []struct{ what, got, want string }{
		{"event", id.EventID(1, 2), "8fdaa436ce361439ec5a226186a17a71"},
		{"session", id.SessionID(1, 2), "fa852c9b-1a23-4b97-96bd-9892ca4a211d"},
		{"nonce", id.Nonce(1, 2, 3), "504e410f-f1c6-4a36-8eff-e669f4630b60"},
	} {
		if tc.got != tc.want {
			t.Errorf("%s id %s, want %s", tc.what, tc.got, tc.want)
		}
	}
}

func TestParseEventIDInAClientsForm(t *testing.T) {
	const id = "8fdaa436ce361439ec5a226186a17a71"
	const uuid = "8fdaa436-ce36-1439-ec5a-226186a17a71"
	for _, text := range []string{id, strings.ToUpper(id), uuid, "event-" + uuid} {
		if run, player, seq, ok := NewIdentity(0).ParseEventID(text); !ok || run != 0x0123456789abcdef || player != 1 || seq != 2 {
			t.Errorf("%s reads as (%x, %d, %d, %v)", text, run, player, seq, ok)
		}
	}
}

func TestParseEventIDRefuses(t *testing.T) {
	for _, text := range []string{"", "0123", "0123456789abcdef0123456789abcdeg", "0123456789abcdef0123456789abcdef00",
		"x0123456789abcdef0123456789abcdef", "01234567x89ab-cdef-0123-456789abcdef", "x01234567-89ab-cdef-0123-456789abcdef"} {
		if _, _, _, ok := NewIdentity(1).ParseEventID(text); ok {
			t.Errorf("%q was taken for an id", text)
		}
	}
}

func FuzzParseEventID(f *testing.F) {
	id := NewIdentity(1)
	f.Add(id.EventID(1, 2))
	f.Add("not an id")
	f.Add("event-8fdaa436-ce36-1439-ec5a-226186a17a71")
	f.Fuzz(func(t *testing.T, text string) {
		run, player, seq, ok := id.ParseEventID(text)
		if ok && len(text) != 32 && len(text) < 36 {
			t.Errorf("%q was taken for an id", text)
		}
		if again := NewIdentity(run).EventID(player, seq); ok && !strings.HasSuffix(strings.ToLower(strings.ReplaceAll(text, "-", "")), again) {
			t.Errorf("%q reads as the id %q", text, again)
		}
	})
}
