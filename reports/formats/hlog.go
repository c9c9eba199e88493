package formats

import (
	"io"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/passmuster/muster/internal/record"
)

// writeHlog writes the histograms of every second, each tagged with its operation and clock, as HdrHistogram's tools read
// them. Values are in microseconds; the column Interval_Max, which nobody computes with, is in seconds.
func writeHlog(w io.Writer, s source) error {
	if s.summary.Load == nil {
		return errNothing
	}
	out := hdrhistogram.NewHistogramLogWriter(w)
	began := s.run.Manifest.Began.UnixMilli()
	for _, err := range []error{
		out.OutputComment("[Logged by muster; values in microseconds, one tag per operation and clock]"),
		out.OutputLogFormatVersion(),
		out.OutputStartTime(began),
		out.OutputLegend(),
	} {
		if err != nil {
			return err
		}
	}
	var lost damage
	for f, err := range s.run.Frames() {
		if err != nil {
			lost.add(err)
			continue
		}
		if err := writeIntervals(out, f, began); err != nil {
			return err
		}
	}
	return lost.err()
}

func writeIntervals(out *hdrhistogram.HistogramLogWriter, f *record.Frame, began int64) error {
	for _, clock := range []struct {
		name string
		h    *hdrhistogram.Histogram
	}{{"response", f.Response}, {"service", f.Service}, {"lag", f.Lag}} {
		if clock.h == nil || clock.h.TotalCount() == 0 {
			continue
		}
		clock.h.SetTag(f.Operation + "." + clock.name)
		clock.h.SetStartTimeMs(began + int64(f.Second)*1000)
		clock.h.SetEndTimeMs(began + int64(f.Second+1)*1000)
		if err := out.OutputIntervalHistogram(clock.h); err != nil {
			return err
		}
	}
	return nil
}
