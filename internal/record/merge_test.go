package record

import (
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
	"pgregory.net/rapid"
)

// frames draws a frame of any content.
func frames(second int) *rapid.Generator[*Frame] {
	counts := func(names ...string) *rapid.Generator[map[string]int64] {
		return rapid.MapOfN(rapid.SampledFrom(names), rapid.Int64Range(0, 1e6), 0, len(names))
	}
	values := rapid.SliceOfN(rapid.Int64Range(0, highest), 0, 20)
	return rapid.Custom(func(t *rapid.T) *Frame {
		f := NewFrame(second, "playtime.heartbeat")
		f.Planned = rapid.Int64Range(0, 1e6).Draw(t, "planned")
		f.Fired = rapid.Int64Range(0, 1e6).Draw(t, "fired")
		f.Sent = rapid.Int64Range(0, 1e6).Draw(t, "sent")
		f.Outcomes = counts("acknowledged", "failed", "indeterminate", "never_sent").Draw(t, "outcomes")
		f.Classes = counts("timeout", "rejected", "generator").Draw(t, "classes")
		for _, h := range []*hdrhistogram.Histogram{f.Response, f.Service, f.Lag} {
			for _, v := range values.Draw(t, "values") {
				if err := h.RecordValue(v); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, name := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{LagPacer, KafkaLinger}), rapid.ID).Draw(t, "parts") {
			for _, v := range values.Draw(t, "values") {
				if err := f.Part(name).RecordValue(v); err != nil {
					t.Fatal(err)
				}
			}
		}
		return f
	})
}

func sameFrame(a, b *Frame) bool {
	sameCounts := func(a, b map[string]int64) bool {
		for _, m := range []map[string]int64{a, b} {
			for name := range m {
				if a[name] != b[name] {
					return false
				}
			}
		}
		return true
	}
	for _, name := range []string{LagPacer, KafkaLinger} {
		if !a.Part(name).Equals(b.Part(name)) {
			return false
		}
	}
	return a.Second == b.Second && a.Operation == b.Operation &&
		a.Planned == b.Planned && a.Fired == b.Fired && a.Sent == b.Sent &&
		sameCounts(a.Outcomes, b.Outcomes) && sameCounts(a.Classes, b.Classes) &&
		a.Response.Equals(b.Response) && a.Service.Equals(b.Service) && a.Lag.Equals(b.Lag)
}

func TestMergeOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(frames(3), 1, 5).Draw(t, "parts")
		shuffled := rapid.Permutation(parts).Draw(t, "shuffled")
		one, other := NewFrame(3, "playtime.heartbeat"), NewFrame(3, "playtime.heartbeat")
		for i := range parts {
			if err := one.Merge(parts[i]); err != nil {
				t.Fatal(err)
			}
			if err := other.Merge(shuffled[i]); err != nil {
				t.Fatal(err)
			}
		}
		if !sameFrame(one, other) {
			t.Errorf("another order gave another sum:\n%+v\n%+v", one, other)
		}
	})
}

func TestMergeAddsUp(t *testing.T) {
	a, b := NewFrame(1, "x"), NewFrame(1, "x")
	a.Sent, b.Sent = 2, 3
	a.Outcomes["failed"], b.Outcomes["failed"] = 4, 5
	for _, h := range []*hdrhistogram.Histogram{a.Lag, b.Lag, b.Lag} {
		if err := h.RecordValue(100); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Merge(b); err != nil {
		t.Fatal(err)
	}
	if a.Sent != 5 || a.Outcomes["failed"] != 9 || a.Lag.TotalCount() != 3 {
		t.Errorf("sent %d, failed %d, lags %d; want 5, 9, 3", a.Sent, a.Outcomes["failed"], a.Lag.TotalCount())
	}
	if b.Sent != 3 || b.Lag.TotalCount() != 2 {
		t.Error("the frame that was merged from has changed")
	}
}

func TestMergeRefusesOtherBuckets(t *testing.T) {
	a, b := NewFrame(1, "x"), NewFrame(1, "x")
	b.Lag = hdrhistogram.New(1, 1000, 3)
	if err := b.Lag.RecordValue(7); err != nil {
		t.Fatal(err)
	}
	if err := a.Merge(b); err == nil {
		t.Error("merged a histogram with other buckets, want an error")
	}
}

func TestMergeFillsAFrameWithoutHistograms(t *testing.T) {
	a, b := &Frame{Operation: "x"}, NewFrame(0, "x")
	b.Classes["timeout"] = 1
	if err := b.Lag.RecordValue(7); err != nil {
		t.Fatal(err)
	}
	if err := a.Merge(b); err != nil {
		t.Fatal(err)
	}
	if a.Lag.TotalCount() != 1 || a.Classes["timeout"] != 1 {
		t.Errorf("got %+v", a)
	}
}
