package compare

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat"
)

// draws is how often a run is drawn anew. The standard error of a standard error is then 3.5 %.
const draws = 400

// blockLength is how many consecutive seconds hold together: the square root of the length, which grows with the run as
// spells of slowness do, but at least 3 and at most 30.
func blockLength(seconds int) int {
	return min(max(3, int(math.Sqrt(float64(seconds)))), 30)
}

// blocks is what a run's evidence is worth: how many blocks it has of the longer kind (see unbiased).
func blocks(seconds int) int { return seconds / (2 * blockLength(seconds)) }

// unbiased joins the standard errors that blocks of one length and of twice that length give. Cutting a run into blocks
// forgets that neighbouring blocks are alike, which makes the variance too small by a term that halves as the length
// doubles; so the difference of the two is added once more.
func unbiased(single, double float64) float64 {
	return math.Sqrt(max(single*single, 2*double*double-single*single))
}

// picks yields, for each draw, the first seconds of the blocks that make it up. Blocks wrap around the end of the run,
// so that every second is as likely to be drawn as any other.
func picks(seconds, length int, seed uint64, yield func(first []int)) {
	random := rand.New(rand.NewPCG(seed, uint64(length)))
	n := max(1, (seconds+length-1)/length)
	first := make([]int, n)
	for range draws {
		for i := range first {
			first[i] = random.IntN(seconds)
		}
		yield(first)
	}
}

// spread returns, for each quantile, the standard error of its logarithm. It is infinite where the quantile is 0.
func (t *track) spread(b buckets, qs []float64, seed uint64) []float64 {
	length := blockLength(len(t.counts))
	errs, double := t.spreadOf(length, b, qs, seed), t.spreadOf(2*length, b, qs, seed)
	for i := range errs {
		errs[i] = unbiased(errs[i], double[i])
	}
	return errs
}

// spreadOf is spread by blocks of one length.
func (t *track) spreadOf(length int, b buckets, qs []float64, seed uint64) []float64 {
	sums := t.blockSums(length)
	logs := make([][]float64, len(qs))
	counts := make([]int64, t.width())
	picks(len(t.counts), length, seed, func(first []int) {
		clear(counts)
		for _, at := range first {
			sums[at].addTo(counts)
		}
		cumulate(counts)
		for i, q := range qs {
			logs[i] = append(logs[i], math.Log(b.quantile(counts, q)))
		}
	})
	errs := make([]float64, len(qs))
	for i := range qs {
		errs[i] = stat.StdDev(logs[i], nil)
		if math.IsNaN(errs[i]) {
			errs[i] = math.Inf(1)
		}
	}
	return errs
}

// sparse is the buckets of a block that hold anything.
type sparse struct {
	at []int32
	n  []int64
}

func (s sparse) addTo(counts []int64) {
	for i, at := range s.at {
		counts[at] += s.n[i]
	}
}

// blockSums returns the counts of the block that begins at each second.
func (t *track) blockSums(length int) []sparse {
	n := len(t.counts)
	sums := make([]sparse, n)
	window := make([]int64, t.width())
	for k := range length {
		t.slide(window, k%n, 1)
	}
	for second := range n {
		for i, count := range window {
			if count > 0 {
				sums[second].at, sums[second].n = append(sums[second].at, int32(i)), append(sums[second].n, count)
			}
		}
		t.slide(window, second, -1)
		t.slide(window, (second+length)%n, 1)
	}
	return sums
}

// slide adds a second's counts to the window, or takes them away.
func (t *track) slide(window []int64, second int, sign int64) {
	for i, count := range t.counts[second] {
		window[i] += sign * count
	}
}

// width is how many buckets the longest second has.
func (t *track) width() int {
	width := 0
	for _, counts := range t.counts {
		width = max(width, len(counts))
	}
	return width
}

// whole returns the cumulated counts of all seconds.
func (t *track) whole(b buckets) []int64 {
	counts := make([]int64, len(b.from))
	for _, second := range t.counts {
		for i, n := range second {
			if n > 0 {
				counts[i] += n
			}
		}
	}
	return cumulate(counts)
}

// share returns the share of actions that were not acknowledged, and its standard error; infinite when there are none.
func (e *shares) share(seed uint64) (share, err float64) {
	var all, bad int64
	for i := range e.all {
		all, bad = all+e.all[i], bad+e.bad[i]
	}
	if all == 0 {
		return 0, math.Inf(1)
	}
	length := blockLength(len(e.all))
	return float64(bad) / float64(all), unbiased(e.spreadOf(length, seed), e.spreadOf(2*length, seed))
}

// spreadOf is the standard error of the share by blocks of one length.
func (e *shares) spreadOf(length int, seed uint64) float64 {
	sum := func(of []int64, first int) (n int64) {
		for k := range length {
			n += of[(first+k)%len(of)]
		}
		return n
	}
	var drawn []float64
	picks(len(e.all), length, seed, func(first []int) {
		var all, bad int64
		for _, at := range first {
			all, bad = all+sum(e.all, at), bad+sum(e.bad, at)
		}
		if all > 0 {
			drawn = append(drawn, float64(bad)/float64(all))
		}
	})
	return stat.StdDev(drawn, nil)
}
