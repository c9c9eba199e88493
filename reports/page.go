package reports

import (
	"cmp"
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/record"
)

// page is what the HTML template lays out: words, pictures and tables, all of them ready.
type page struct {
	Style              template.CSS
	Kicker, Name       string
	Target, When       string
	Verdict, Tone      string
	Tagline            string
	Strip              []cell
	Reasons            Lines
	TimeNote           string
	Figures            []fact
	Charts             []figureView
	Operations         []Operation
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

// mostFailures bounds how many sampled exchanges the page shows.
const mostFailures = 20

func newPage(s Summary, run *record.Run) page {
	p := page{
		Kicker: kicker(s.Verb), Name: s.Name, Target: s.Target, When: run.Manifest.Began.UTC().Format("2 January 2006, 15:04:05 UTC"),
		Verdict: s.Headline(), Tone: verdictTone(s.Verdict), Tagline: tagline(s),
		Strip: strip(s), Reasons: s.Reasons, Config: config(s, run.Manifest), Problems: s.Problems,
		TargetIs: pretty(run.Manifest.Target),
	}
	if s.Load != nil {
		p.load(s, run)
	}
	if s.Conformance != nil {
		p.conformance(s.Conformance, run.Findings)
	}
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

// tagline says the verdict in one sentence for somebody who reads nothing else.
func tagline(s Summary) string {
	switch {
	case s.Live:
		return "The run is under way; everything here is of what is on record so far."
	case s.Verdict == Failed && s.Ended == record.Aborted:
		return "The target did not pass muster: a threshold was broken, and the run was " + s.endedHow() + "."
	case s.Verdict == Failed:
		return "The target did not pass muster."
	case s.Partial:
		return "The run did not come to its end; what follows is partial."
	case s.Verdict == Invalid:
		return "Nothing can be said for certain of the target."
	default:
		return "The target passes muster."
	}
}

func (p *page) load(s Summary, run *record.Run) {
	l := s.Load
	if l.TimeScale != 1 {
		p.TimeNote = fmt.Sprintf("Times were compressed %s: %g seconds of the plan passed in one second on the wall. "+
			"All times and rates in this report are of the wall, as the target saw them.", scale(l.TimeScale), l.TimeScale)
	}
	p.Figures = figures(l)
	p.Charts = charts(l, max(l.DurationS, float64(l.Reach)))
	p.Operations = append(append([]Operation{}, l.Operations...), l.All)
	for _, j := range l.Thresholds {
		tone := statusTone(j.Status)
		p.Thresholds = append(p.Thresholds, thresholdRow{j, tone, mark(tone)})
	}
	p.Errors = errorRows(l)
	p.Failures = run.Failures[:min(len(run.Failures), mostFailures)]
	p.MoreFailures = len(run.Failures) - len(p.Failures)
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
	p.Scenario = pretty(run.Manifest.Load.Scenario)
}

func figures(l *Load) []fact {
	return []fact{
		{"players", thousands(int64(l.Players))},
		{"peak concurrent", thousands(int64(l.PeakCCU))},
		{"actions sent", thousands(l.All.Sent)},
		{"actions per second", thousands(int64(l.SentPerS + 0.5))},
		{"response p99", measured(l.All.Response, l.All.Response.P99)},
		{"service p99", measured(l.All.Service, l.All.Service.P99)},
	}
}

// config is how the run was set up and where it ran.
func config(s Summary, m record.Manifest) []fact {
	facts := []fact{{"run", fmt.Sprintf("%s, %s", m.Verb, s.endedHow())}, {"began", m.Began.UTC().Format(time.RFC3339)}}
	if !m.Finished.IsZero() {
		facts = append(facts, fact{"took", seconds(m.Finished.Sub(m.Began).Round(100 * time.Millisecond).Seconds())})
	}
	facts = append(facts,
		fact{"muster", strings.TrimSpace(fmt.Sprintf("%s %s %s", m.Muster.Version, m.Muster.Commit, m.Muster.Go))},
		fact{"generator's machine", fmt.Sprintf("%s/%s, %s", m.Host.OS, m.Host.Arch, count(int64(m.Host.Cores), "core"))})
	if l := s.Load; l != nil {
		facts = append(facts, loadConfig(l, m.Load)...)
	}
	if c := m.Conform; c != nil {
		facts = append(facts, fact{"claimed", strings.Join(c.Claimed, ", ")}, fact{"fail on", cmp.Or(c.FailOn, "must")})
		if c.Filter != "" {
			facts = append(facts, fact{"clauses filtered by", c.Filter})
		}
	}
	return facts
}

func loadConfig(l *Load, plan *record.LoadPlan) []fact {
	g := l.Generator
	facts := []fact{
		{"seed", fmt.Sprint(l.Seed)}, {"schedule hash", l.ScheduleHash}, {"scenario digest", plan.ScenarioDigest},
		{"time scale", scale(l.TimeScale)}, {"planned length", seconds(plan.PlannedWall.Seconds())}, {"warm-up", seconds(l.WarmupS)},
	}
	if plan.Slice.Count > 1 {
		facts = append(facts, fact{"slice", fmt.Sprintf("%d of %d", plan.Slice.Index, plan.Slice.Count)})
	}
	if g.MaxRSSBytes == 0 && g.CPUSeconds == 0 {
		return facts
	}
	used := fmt.Sprintf("%s s CPU, %s memory at most", digits3(g.CPUSeconds), bytesText(g.MaxRSSBytes))
	if g.SharedProcess {
		used += " (with the target, which ran in the same process)"
	}
	if g.SamplesDropped > 0 {
		facts = append(facts, fact{"samples not kept", thousands(g.SamplesDropped) + ", because the disk was slow"})
	}
	return append(facts,
		fact{"generator used", used},
		fact{"attackers", fmt.Sprint(g.Attackers)},
		fact{"in flight at most", fmt.Sprintf("%s of %s", thousands(int64(g.PeakInFlight)), thousands(int64(g.MaxInFlight)))},
		fact{"waited for a slot", count(g.SlotsExhausted, "action")},
		fact{"waited for a worker", count(g.WorkersAtCap, "action")},
		fact{"frames merged late", count(g.CoarseFrames, "second")})
}
