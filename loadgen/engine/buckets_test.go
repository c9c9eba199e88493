package engine

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/passmuster/muster/internal/record"
)

// TestBuckets compares the buckets with the record's own histogram, value by value, over two seconds.
func TestBuckets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b buckets
		for range 2 {
			want, got := record.NewHistogram(), record.NewHistogram()
			for _, us := range rapid.SliceOfN(rapid.Int64Range(-5, 2*longest), 0, 50).Draw(t, "values") {
				us >>= rapid.IntRange(0, 40).Draw(t, "shift")
				b.add(time.Duration(us) * time.Microsecond)
				if err := want.RecordValue(min(max(us, 0), longest)); err != nil {
					t.Fatal(err)
				}
			}
			if b.empty() != (want.TotalCount() == 0) {
				t.Fatalf("empty: %v, with %d values", b.empty(), want.TotalCount())
			}
			if b.move(got); !got.Equals(want) {
				t.Fatalf("%v, want %v", got.Distribution(), want.Distribution())
			}
		}
	})
}

func TestRecordingTakesNoMemory(t *testing.T) {
	tally, s := newTally([]string{"a"}), slot{}
	tally.record(&s, time.Second)
	if n := testing.AllocsPerRun(1000, func() { tally.record(&s, time.Second) }); n != 0 {
		t.Errorf("recording a due allocates %v times, want never", n)
	}
}

// BenchmarkAdd is the time that one sample takes.
func BenchmarkAdd(b *testing.B) {
	var to buckets
	b.ReportAllocs()
	for i := range b.N {
		to.add(time.Duration(i&0xfffff) * time.Microsecond)
	}
}

// BenchmarkRecord is the time that a due takes with all its samples: response, service, lag, and lag's parts.
func BenchmarkRecord(b *testing.B) {
	tally, s := newTally([]string{"a"}), slot{}
	now := time.Now()
	s.reply.Outcome, s.reply.Sent, s.reply.Done = 3, now, now.Add(time.Millisecond)
	b.ReportAllocs()
	for i := range b.N {
		s.taken = time.Duration(i&0xffff) * time.Microsecond
		tally.record(&s, 2*time.Millisecond)
	}
}

func TestEverySpanHasAName(t *testing.T) {
	seen := map[string]bool{}
	for s := lag + 1; s < spans; s++ {
		if name := s.part(); name == "" || seen[name] {
			t.Errorf("span %d is called %q, want a name of its own", s, name)
		}
		seen[s.part()] = true
	}
}
