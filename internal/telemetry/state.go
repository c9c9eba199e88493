package telemetry

import (
	"cmp"
	"strconv"
	"sync"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/fitness"
	"github.com/passmuster/muster/internal/record"
)

// State is a run as metrics. It adds up what the run directory is given and hands out the sums. Safe for concurrent use.
type State struct {
	slice      string            // as index/count
	transports map[string]string // by operation
	began      time.Time         // of every counter

	mu      sync.Mutex
	metrics *metrics
	plan    *record.LoadPlan // nil until it is known
	late    *lateness        // likewise
	seconds int              // that are on record
	seen    bool             // anything at all
	over    bool
}

// NewState knows of a run which one it is. Counters count from began.
func NewState(c Config, began time.Time) *State {
	slice := strconv.Itoa(c.Slice.Index) + "/" + strconv.Itoa(max(c.Slice.Count, 1))
	return &State{slice: slice, transports: c.Transports, began: began, metrics: newMetrics(c.Run)}
}

// Observe implements record.Observer. It keeps nothing of e but the plan.
func (s *State) Observe(e record.Entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = true
	if e.Manifest != nil {
		s.manifest(e.Manifest)
	}
	for _, f := range e.Frames {
		s.frame(f)
	}
	for _, l := range e.Links {
		s.links(l)
	}
	for _, h := range e.Health {
		s.health(h)
	}
	if e.Track != nil {
		s.track(*e.Track)
	}
	if e.Finding != nil {
		s.metrics.findings.add(1, e.Finding.Level, e.Finding.Status)
	}
	if e.Ledger != nil {
		s.ledger(e.Ledger)
	}
	if e.Insights != nil {
		s.insights(e.Insights.Truth, e.Insights.Target)
	}
}

// begun says whether there is anything to show.
func (s *State) begun() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen
}

// ended says whether the run is over, so that nothing will change any more.
func (s *State) ended() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.over
}

// exported counts an export.
func (s *State) exported(result string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.metrics.exports.add(1, result)
}

// manifest takes up what the run is, its plan once that is known, and its end.
func (s *State) manifest(m *record.Manifest) {
	for _, state := range []string{record.Running, record.Complete, record.Aborted, record.Interrupted, record.Broken} {
		s.metrics.state.set(truth(cmp.Or(m.Ended, record.Running) == state), state)
	}
	if m.Load != nil && s.plan == nil {
		s.begin(m.Load)
	}
	s.metrics.began.set(float64(m.Began.UnixMilli()) / 1000)
	s.metrics.info.set(1, m.Name, m.TargetIs, m.Muster.Version, s.slice)
	s.over = m.Ended != "" && m.Ended != record.Running
	if s.over && s.late != nil {
		s.late.close(s.late.newest)
		s.metrics.late.at().value = float64(s.late.count)
	}
}

// begin takes up the plan. Counters that every run has begin at 0, so that a rate is there from the first event on.
func (s *State) begin(p *record.LoadPlan) {
	m := s.metrics
	s.plan, s.late = p, newLateness(p.Warmup, cmp.Or(p.MaxLag, fitness.DefaultMaxLag))
	m.length.set(p.PlannedWall.Seconds())
	m.warmup.set(p.Warmup.Seconds())
	s.reach(0)
	m.late.add(0)
	for _, sign := range fitness.Signs() {
		m.signs.add(0, sign.Name)
	}
	for _, operation := range p.Operations {
		by := s.transports[operation]
		m.toDo.set(float64(p.Planned[operation]), operation, by)
		for _, f := range []*family{m.planned, m.fired, m.sent} {
			f.add(0, operation, by)
		}
		for o := range contract.Outcome(contract.Outcomes) {
			m.outcomes.add(0, operation, by, o.String())
		}
	}
}

// reach notes that so many seconds are on record.
func (s *State) reach(seconds int) {
	s.seconds = max(s.seconds, seconds)
	if s.plan == nil {
		return
	}
	s.metrics.elapsed.set(float64(s.seconds))
	players := 0
	if i := max(s.seconds-1, 0); i < len(s.plan.CCU) {
		players = s.plan.CCU[i]
	}
	s.metrics.players.set(float64(players))
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
