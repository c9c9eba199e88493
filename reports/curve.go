package reports

import (
	"math"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/passmuster/muster/internal/record"
)

// Curves are the percentiles of an operation's times after the warm-up, on an axis of nines.
type Curves struct{ Response, Service Curve }

// Curve is the value, in microseconds, at each step of an axis on which 1 is 90 %, 2 is 99 % and so on, from 0 % on and
// ten steps to a nine. It ends where a further step would tell of less than one action.
type Curve []int64

// ninesPerStep is the length of a step; mostNines bounds a curve at 99.9999 %.
const (
	ninesPerStep = 0.1
	mostNines    = 6
	mostSteps    = 10*mostNines + 1
)

func curvesOf(f *record.Frame) Curves { return Curves{curveOf(f.Response), curveOf(f.Service)} }

func curveOf(h *hdrhistogram.Histogram) Curve {
	if h == nil || h.TotalCount() == 0 {
		return nil
	}
	last := min(mostNines, math.Log10(float64(h.TotalCount())))
	at := nines(int(last/ninesPerStep+1e-9) + 1)
	for i, v := range at {
		at[i] = 100 * (1 - math.Pow(10, -v))
	}
	return h.ValueAtPercentilesSlice(at)
}

// nines returns the first n steps.
func nines(n int) []float64 {
	steps := make([]float64, n)
	for i := range steps {
		steps[i] = math.Round(float64(i)*ninesPerStep*10) / 10
	}
	return steps
}

// upTo returns n values, with gaps beyond the curve's end.
func (c Curve) upTo(n int) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = math.NaN()
		if i < len(c) {
			values[i] = float64(c[i])
		}
	}
	return values
}
