package record

import (
	"strings"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
	"pgregory.net/rapid"
)

func TestFrameSurvivesTheFile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := frames(rapid.IntRange(0, lastSecond).Draw(t, "second")).Draw(t, "frame")
		line, err := EncodeFrame(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := DecodeFrame(line)
		if err != nil {
			t.Fatal(err)
		}
		if !sameFrame(got, want) {
			t.Errorf("read\n%+v, wrote\n%+v", got, want)
		}
	})
}

func TestDecodeFrameRefuses(t *testing.T) {
	foreign, err := hdrhistogram.New(1, 1000, 3).Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, line, want string }{
		{"no JSON", `{"version":1,`, "decode frame"},
		{"a newer version", `{"version":2,"operation":"x"}`, "newer than this binary reads"},
		{"no version", `{"operation":"x"}`, "format version 0"},
		{"no operation", `{"version":1}`, "a name"},
		{"a second before the beginning", `{"version":1,"operation":"x","second":-1}`, "second -1"},
		{"a second beyond a year", `{"version":1,"operation":"x","second":99999999}`, "second 99999999"},
		{"a negative count", `{"version":1,"operation":"x","sent":-4}`, "count -4"},
		{"a negative outcome", `{"version":1,"operation":"x","outcomes":{"failed":-1}}`, `count -1 of "failed"`},
		{"a histogram that is none", `{"version":1,"operation":"x","lag":"AAAA"}`, "lag: "},
		{"a histogram with other buckets", `{"version":1,"operation":"x","lag":"` + string(foreign) + `"}`, "want 1..3600000000"},
	} {
		if _, err := DecodeFrame([]byte(c.line)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", c.name, err, c.want)
		}
	}
}

// Whatever a line holds, the decoder neither panics nor accepts what it could not write again.
func FuzzDecodeFrame(f *testing.F) {
	sample := NewFrame(7, "ingest.kafka")
	sample.Sent, sample.Outcomes["acknowledged"] = 2, 2
	for _, v := range []int64{3, 40_000} {
		if err := sample.Service.RecordValue(v); err != nil {
			f.Fatal(err)
		}
	}
	line, err := EncodeFrame(sample)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(line)
	f.Add(line[:len(line)/2])
	f.Add([]byte(`{"version":1,"operation":"x","lag":"HISTFAAAAAA="}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		first, err := DecodeFrame(line)
		if err != nil {
			return
		}
		again, err := EncodeFrame(first)
		if err != nil {
			t.Fatalf("accepted a frame that cannot be written: %v", err)
		}
		second, err := DecodeFrame(again)
		if err != nil || !sameFrame(first, second) {
			t.Fatalf("the frame changed on its way through a file: %v\n%+v\n%+v", err, first, second)
		}
	})
}
