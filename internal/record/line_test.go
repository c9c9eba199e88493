package record

import (
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
	"pgregory.net/rapid"
)

func TestFrameSurvivesTheFile(t *testing.T) {
	frameCodec.survives(t, func(t *rapid.T) *Frame {
		return frames(rapid.IntRange(0, lastSecond).Draw(t, "second")).Draw(t, "frame")
	})
}

func TestDecodeFrameRefuses(t *testing.T) {
	foreign, err := hdrhistogram.New(1, 1000, 3).Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		t.Fatal(err)
	}
	refuses(t, DecodeFrame, []badLine{
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
	})
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
	frameCodec.fuzz(f)
}
