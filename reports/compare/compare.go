package compare

import (
	"cmp"
	"hash/fnv"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/passmuster/muster/internal/record"
)

// Version is the version of the JSON form.
const Version = 1

// Options are what a caller may choose. The zero value is useful.
type Options struct {
	Confidence float64 // of the whole comparison, shared among its rows; default 0.99
	Tolerance  float64 // a change of less than this share is none; default 0.02
	Anyway     bool    // compare runs that differ in what a comparison rests on, or that are not valid
}

func (o Options) complete() Options {
	o.Confidence, o.Tolerance = cmp.Or(o.Confidence, 0.99), cmp.Or(o.Tolerance, 0.02)
	return o
}

// What a row says of the change from A to B.
const (
	Worse   = "worse"
	Better  = "better"
	Same    = "no change seen"
	TooFew  = "too little to say"
	Gone    = "only in A"
	Arrived = "only in B"
)

// Comparison is what changed from run A to run B. Its JSON form is published; times are in microseconds.
type Comparison struct {
	Version    int      `json:"version"`
	A          Identity `json:"a"`
	B          Identity `json:"b"`
	Differ     []string `json:"differ,omitempty"` // in what the runs differ although they must not; empty unless told to go on
	Confidence float64  `json:"confidence"`       // of all rows together
	Tolerance  float64  `json:"tolerance"`
	Verdict    string   `json:"verdict"` // Worse when any row is, then Better, else Same or TooFew
	Rows       []Row    `json:"rows"`
	Thresholds []Judged `json:"thresholds,omitempty"` // of either run
}

// Identity tells one run from another.
type Identity struct {
	Dir    string `json:"dir"`
	Name   string `json:"name"`
	Target string `json:"target"`
	Began  string `json:"began"`
	Muster string `json:"muster"`
}

// Row is one figure of one operation. Change, Low, High and Detectable are shares: 0.1 is 10 % more in B. Of errors A and
// B are shares of the actions, and the change is their difference.
type Row struct {
	Operation  string  `json:"operation"`
	Clock      string  `json:"clock"`     // response, service or errors
	Statistic  string  `json:"statistic"` // p50, p90, p99, p99.9, or share
	A          float64 `json:"a"`
	B          float64 `json:"b"`
	Change     float64 `json:"change"`
	Low        float64 `json:"low"`        // of the interval of the change
	High       float64 `json:"high"`       //
	Detectable float64 `json:"detectable"` // the smallest change that would have been seen four times out of five
	Verdict    string  `json:"verdict"`
}

// statistics are the percentiles that are compared, and how many values make one worth a word: ten beyond it.
var statistics = []struct {
	name string
	q    float64
	need int64
}{{"p50", 0.50, 20}, {"p90", 0.90, 100}, {"p99", 0.99, 1000}, {"p99.9", 0.999, 10_000}}

// fewestBlocks is how many blocks a run must have before the spread between them says anything.
const fewestBlocks = 4

// Runs compares run b with run a. The error says that they must not be compared (a *Refusal, unless o.Anyway), or that
// one of them holds nothing to compare. The same runs always give the same result.
func Runs(a, b *record.Run, o Options) (Comparison, error) {
	o = o.complete()
	differ := differences(a, b)
	if len(differ) > 0 && !o.Anyway {
		return Comparison{}, &Refusal{A: a.Dir, B: b.Dir, Differ: differ}
	}
	one, err := read(a)
	if err != nil {
		return Comparison{}, err
	}
	other, err := read(b)
	if err != nil {
		return Comparison{}, err
	}
	c := Comparison{Version: Version, A: identify(a), B: identify(b), Differ: differ, Confidence: o.Confidence, Tolerance: o.Tolerance}
	c.Rows = rows(a.Manifest.Load.Operations, one, other, o)
	c.Verdict = overall(c.Rows)
	c.Thresholds = judged(a, b)
	return c, nil
}

// rows compares everything that either side has, in the order of the plan.
func rows(planned []string, a, b *side, o Options) []Row {
	j := newJudge(a, b, o)
	var all []Row
	for _, operation := range operations(planned, a, b) {
		all = append(all, j.operation(operation)...)
	}
	return all
}

// operations lists those of either side, in the order of the plan.
func operations(planned []string, sides ...*side) []string {
	names := slices.Clone(planned)
	var others []string
	for _, s := range sides {
		for _, name := range slices.Sorted(maps.Keys(s.errors)) {
			if !slices.Contains(names, name) && !slices.Contains(others, name) {
				others = append(others, name)
			}
		}
	}
	return append(names, others...)
}

// judge holds what every row is judged by.
type judge struct {
	a, b      *side
	buckets   buckets
	tolerance float64
	margin    float64 // standard errors on each side of an interval
	power     float64 // and beyond it, for a change to be seen four times out of five
	enough    bool    // both runs have blocks enough
}

// newJudge shares the level among all rows.
func newJudge(a, b *side, o Options) *judge {
	worth := min(blocks(a.seconds), blocks(b.seconds))
	rows := 0
	for _, operation := range slices.Compact(slices.Sorted(maps.Keys(a.errors))) {
		if _, both := b.errors[operation]; both {
			rows += 2*len(statistics) + 1
		}
	}
	law := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(max(1, 2*worth-2))}
	return &judge{
		a: a, b: b, buckets: newBuckets(), tolerance: o.Tolerance, enough: worth >= fewestBlocks,
		margin: law.Quantile(1 - (1-o.Confidence)/2/float64(max(1, rows))),
		power:  law.Quantile(0.8),
	}
}

// operation compares all figures of one operation.
func (j *judge) operation(name string) []Row {
	var rows []Row
	for _, clock := range []string{Response, Service} {
		rows = append(rows, j.latency(series{name, clock})...)
	}
	return append(rows, j.errors(name)...)
}

// latency compares the percentiles of one clock. Both sides are drawn with seeds of their own.
func (j *judge) latency(what series) []Row {
	a, b := j.a.series[what], j.b.series[what]
	if a == nil || b == nil {
		return oneSided(Row{Operation: what.operation, Clock: what.clock, Statistic: "p50"}, a != nil, b != nil)
	}
	var qs []float64
	for _, s := range statistics {
		qs = append(qs, s.q)
	}
	spreadA, spreadB := a.spread(j.buckets, qs, seed(what, "a")), b.spread(j.buckets, qs, seed(what, "b"))
	wholeA, wholeB := a.whole(j.buckets), b.whole(j.buckets)
	var rows []Row
	for i, s := range statistics {
		r := Row{Operation: what.operation, Clock: what.clock, Statistic: s.name}
		r.A, r.B = j.buckets.quantile(wholeA, s.q), j.buckets.quantile(wholeB, s.q)
		if !j.enough || min(a.total, b.total) < s.need || r.A == 0 || r.B == 0 {
			r.Verdict = TooFew
			rows = append(rows, r)
			continue
		}
		err := math.Hypot(spreadA[i], spreadB[i])
		change := math.Log(r.B / r.A)
		r.Change, r.Low, r.High = math.Expm1(change), math.Expm1(change-j.margin*err), math.Expm1(change+j.margin*err)
		r.Detectable = max(math.Expm1((j.margin+j.power)*err), j.tolerance)
		r.Verdict = j.verdict(r)
		rows = append(rows, r)
	}
	return rows
}

// errors compares the share of actions that were not acknowledged. A change of less than a thousandth of all actions
// is none.
func (j *judge) errors(name string) []Row {
	a, b := j.a.errors[name], j.b.errors[name]
	r := Row{Operation: name, Clock: Errors, Statistic: "share"}
	if a == nil || b == nil {
		return oneSided(r, a != nil, b != nil)
	}
	var errA, errB float64
	r.A, errA = a.share(seed(series{name, r.Clock}, "a"))
	r.B, errB = b.share(seed(series{name, r.Clock}, "b"))
	if !j.enough || math.IsInf(errA, 1) || math.IsInf(errB, 1) {
		r.Verdict = TooFew
		return []Row{r}
	}
	const least = 0.001
	err := math.Hypot(errA, errB)
	r.Change, r.Low, r.High = r.B-r.A, r.B-r.A-j.margin*err, r.B-r.A+j.margin*err
	r.Detectable = max((j.margin+j.power)*err, least)
	r.Verdict = direction(r, least, least)
	return []Row{r}
}

// verdict says whether a change is beyond both chance and tolerance.
func (j *judge) verdict(r Row) string { return direction(r, j.tolerance, 1-1/(1+j.tolerance)) }

// direction says whether the whole interval lies above up or below down.
func direction(r Row, up, down float64) string {
	switch {
	case r.Low > 0 && r.Change > up:
		return Worse
	case r.High < 0 && -r.Change > down:
		return Better
	default:
		return Same
	}
}

// oneSided is the row of what only one of the runs has; none when neither does.
func oneSided(r Row, inA, inB bool) []Row {
	switch {
	case inA:
		r.Verdict = Gone
	case inB:
		r.Verdict = Arrived
	default:
		return nil
	}
	return []Row{r}
}

// overall is the worst that any row says.
func overall(rows []Row) string {
	verdict := TooFew
	for _, v := range []string{Worse, Better, Same} {
		if slices.ContainsFunc(rows, func(r Row) bool { return r.Verdict == v }) {
			return v
		}
	}
	return verdict
}

// seed makes the draws of every series and side independent of the others, and always the same.
func seed(what series, side string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(what.operation + "/" + what.clock + "/" + side)) // a hash never fails
	return h.Sum64()
}
