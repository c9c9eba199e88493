package reports

import (
	"fmt"
	"html/template"

	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/reports/chart"
)

// Exhibits are what a page shows beside the summary.
type Exhibits struct {
	Manifest record.Manifest
	Failures []record.Failure
	Findings []record.Finding
}

// ExhibitsOf returns those of a run that was read.
func ExhibitsOf(run *record.Run) Exhibits {
	return Exhibits{run.Manifest, run.Failures, run.Findings}
}

// page is what the templates lay out: words, pictures and tables, all of them ready.
type page struct {
	Kicker, Name       string
	Target, When       string
	Verdict, Tone      string
	Tagline            string
	Strip              []cell
	Reasons            Lines
	TimeNote           string
	Figures            []fact
	Charts             map[string][]figureView
	Switch             []string // operations among which the charts can be switched
	Contents           []chapter
	Operations         []operationRow
	Thresholds         []thresholdRow
	Errors             []errorRow
	Failures           []record.Failure
	MoreFailures       int
	Ledger             *ledgerView
	Insights           []insightRow
	InsightsNote       string
	RefusedNote        string
	Lag                []lagRow
	FloorNote          string
	EffectLag          string
	Signs              []signRow
	Facts              []factRow
	Connections        []Connections
	InsightsTrack      Lines
	Sums               []sum
	Producing          *producingView
	Matrix             *matrixView
	Findings           []findingView // those that need reading: failed and inconclusive
	Clauses            []findingView // all of them
	Config             []fact
	Scenario, TargetIs string
	Problems           []record.Problem
}

// fact is one figure or setting with its name.
type fact struct{ Name, Value string }

type thresholdRow struct {
	Judgement
	Tone, Mark string
}

// operationRow is an operation with its course in small.
type operationRow struct {
	Operation
	Rate, Slowest template.HTML
}

// figureView is a picture with its words.
type figureView struct {
	chart.Chart
	over chart.Time
}

// SVG draws the picture, when and where it is asked for: a page that is live mostly leaves that to the script.
func (f figureView) SVG() template.HTML { return f.Chart.SVG(f.over) }

// Levels are the shades of a heat map, for its key; templates call it.
func (figureView) Levels() []int { return []int{1, 2, 3, 4, 5, 6, 7, 8} }

// group is the pictures of one place in the page.
type group struct {
	Name    string
	Figures []figureView
}

// Group returns the pictures of a group; templates call it.
func (p page) Group(name string) group { return group{name, p.Charts[name]} }

// Has says whether a group has any; templates call it.
func (p page) Has(name string) bool { return len(p.Charts[name]) > 0 }

// mostFailures bounds how many sampled exchanges the page shows.
const mostFailures = 20

func newPage(s Summary, x Exhibits, groups map[string][]chart.Chart) page {
	p := page{
		Kicker: kicker(s.Verb), Name: s.Name, Target: s.Target, When: x.Manifest.Began.UTC().Format("2 January 2006, 15:04:05 UTC"),
		Verdict: s.Headline(), Tone: verdictTone(s.Verdict), Tagline: tagline(s),
		Strip: strip(s), Reasons: s.Reasons, Config: config(s, x.Manifest), Problems: s.Problems,
		TargetIs: pretty(x.Manifest.Target),
	}
	if s.Load != nil {
		p.load(s, x)
		p.draw(s, groups)
	}
	if s.Conformance != nil {
		p.conformance(s.Conformance, x.Findings)
	}
	p.Contents = contents(p)
	return p
}

func kicker(verb string) string {
	switch verb {
	case "rehearse":
		return "Launch rehearsal"
	case "conform":
		return "Conformance"
	case "load":
		return "Load test"
	default:
		return "Run"
	}
}

func (p *page) load(s Summary, x Exhibits) {
	l := s.Load
	if l.TimeScale != 1 {
		p.TimeNote = fmt.Sprintf("Times were compressed %s: %g seconds of the plan passed in one second on the wall. "+
			"All times and rates in this report are of the wall, as the target saw them.", scale(l.TimeScale), l.TimeScale)
	}
	p.Figures = headlineFigures(l)
	for _, j := range l.Thresholds {
		tone := statusTone(j.Status)
		p.Thresholds = append(p.Thresholds, thresholdRow{j, tone, mark(tone)})
	}
	p.Errors = errorRows(l, s.Ended)
	p.Failures = x.Failures[:min(len(x.Failures), mostFailures)]
	p.MoreFailures = len(x.Failures) - len(p.Failures)
	p.Ledger = newLedgerView(l.Ledger)
	p.Insights = insightRows(l.Insights)
	p.InsightsNote = insightsNote(s)
	p.RefusedNote, p.FloorNote, p.EffectLag = refusedNote(l), floorNote(l), micros(l.Generator.EffectLagUS)
	p.Lag, p.Signs, p.Facts = lagRows(l), signRows(l.Generator.Health, l.Reach), factRows(l.Generator.Health)
	p.Connections = l.Connections
	p.InsightsTrack = l.Track.lines()
	if !s.Live { // what is still to come is not missing
		p.Sums = sums(l)
	}
	p.Producing = producing(l)
	p.Scenario = pretty(x.Manifest.Load.Scenario)
}

// draw makes the pictures.
func (p *page) draw(s Summary, groups map[string][]chart.Chart) {
	l, t := s.Load, timeAxis(s.Load)
	p.Charts = map[string][]figureView{}
	for name, group := range groups {
		for _, c := range group {
			p.Charts[name] = append(p.Charts[name], figureView{c, t})
			if len(c.Variants) > 0 && p.Switch == nil {
				for _, v := range c.Variants {
					p.Switch = append(p.Switch, v.Name)
				}
			}
		}
	}
	v := plot{l, l.reached()}
	for _, o := range l.Operations {
		own := v.only(o.Name)
		p.Operations = append(p.Operations, operationRow{
			o, chart.Spark(own.points(func(i Interval) float64 { return i.Sent }), "second"), chart.Spark(own.times(response, p99), "first")})
	}
	p.Operations = append(p.Operations, operationRow{
		l.All, chart.Spark(v.points(func(i Interval) float64 { return i.Sent }), "second"), chart.Spark(v.times(response, p99), "first")})
}
