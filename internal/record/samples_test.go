package record

import (
	"errors"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func anySample() *rapid.Generator[Sample] {
	instants := rapid.Int64Range(0, int64(time.Hour))
	return rapid.Custom(func(t *rapid.T) Sample {
		at := func(name string) time.Duration { return time.Duration(instants.Draw(t, name)) }
		return Sample{
			Planned: at("planned"), Fired: at("fired"), Sent: at("sent"), Done: at("done"),
			Player: rapid.Uint32().Draw(t, "player"), Session: rapid.Uint32().Draw(t, "session"), Bytes: rapid.Uint32().Draw(t, "bytes"),
			Status: rapid.Int16().Draw(t, "status"), Operation: rapid.Uint8Range(0, 1).Draw(t, "operation"),
			Outcome: rapid.Uint8Range(0, 3).Draw(t, "outcome"), Class: rapid.Uint8Range(0, 2).Draw(t, "class"),
		}
	})
}

var samplesHead = SamplesHead{
	Operations: []string{"playtime.start", "ingest.kafka"}, Outcomes: []string{"never_sent", "failed", "indeterminate", "acknowledged"},
	Classes: []string{"", "timeout", "auth"},
}

// writeSamples writes a run directory with these samples and, behind them, more bytes.
func writeSamples(t *testing.T, samples []Sample, more string) *Run {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	w, err := Create(dir, Manifest{})
	if err == nil {
		err = w.SamplesHead(samplesHead)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range samples {
		if err := w.Samples(AppendSample(nil, s)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Samples([]byte(more)), w.Close()); err != nil {
		t.Fatal(err)
	}
	run, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func TestSamplesSurviveTheFile(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		want := rapid.SliceOfN(anySample(), 0, 20).Draw(rt, "samples")
		cutOff := rapid.SampledFrom([]string{"", "a piece of a record"}).Draw(rt, "cut off")
		s, err := writeSamples(t, want, cutOff).Samples()
		if err != nil {
			rt.Fatal(err)
		}
		defer s.Close() //nolint:errcheck // it was only read
		var got []Sample
		for sample, err := range s.All() {
			if err != nil {
				rt.Fatal(err)
			}
			got = append(got, sample)
		}
		if !slices.Equal(got, want) || s.Len() != int64(len(want)) {
			rt.Errorf("read\n%+v, wrote\n%+v", got, want)
		}
		var planned []time.Duration
		for sample, err := range s.ByPlan() {
			if err != nil {
				rt.Fatal(err)
			}
			planned = append(planned, sample.Planned)
		}
		if !slices.IsSorted(planned) || len(planned) != len(want) {
			rt.Errorf("by plan: %v", planned)
		}
	})
}

// Every sample that is whole is read, before and behind one that is damaged.
func TestADamagedSampleCostsNoOther(t *testing.T) {
	for _, damaged := range []Sample{{Operation: 7}, {Class: 9}, {Done: 1 << 62}, {Planned: -1 << 60}} {
		s, err := writeSamples(t, []Sample{{Player: 1, Planned: 2}, damaged, {Player: 3, Planned: 1}}, "").Samples()
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name string
			all  iter.Seq2[Sample, error]
			want []uint32
		}{{"in order", s.All(), []uint32{1, 3}}, {"by plan", s.ByPlan(), []uint32{3, 1}}} {
			var got []uint32
			faults := 0
			for sample, err := range c.all {
				if err != nil {
					faults++
				} else {
					got = append(got, sample.Player)
				}
			}
			if !slices.Equal(got, c.want) || faults != 1 {
				t.Errorf("%+v damaged, %s: players %v and %d faults, want %v and 1", damaged, c.name, got, faults, c.want)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSamplesThatAreNone(t *testing.T) {
	run := writeSamples(t, []Sample{{Operation: 7}}, "")
	s, err := run.Samples()
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range s.All() {
		if err == nil {
			t.Error("an operation that the head does not name was read")
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(run.Dir, SamplesFile)
	for _, head := range []string{"", "no JSON\n", `{"version":9}` + "\n", `{"version":1,"record_bytes":8}` + "\n", "no end"} {
		if err := os.WriteFile(path, []byte(head), 0o644); err != nil {
			t.Fatal(err)
		}
		if s, err := run.Samples(); err == nil {
			t.Errorf("head %q was accepted: %+v", head, s.Head)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := run.Samples(); !errors.Is(err, ErrNoSamples) {
		t.Errorf("no file: got %v", err)
	}
}

// Whatever a head holds, the decoder neither panics nor accepts records of another size.
func FuzzDecodeSamplesHead(f *testing.F) {
	f.Add([]byte(`{"version":1,"record_bytes":50,"operations":["a"]}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		h, err := decodeSamplesHead(line)
		if err == nil && h.Size != SampleSize {
			t.Errorf("accepted records of %d bytes", h.Size)
		}
	})
}
