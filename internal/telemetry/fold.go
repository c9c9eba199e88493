package telemetry

import (
	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/passmuster/muster/internal/fitness"
	"github.com/passmuster/muster/internal/record"
)

// frame adds up a frame.
func (s *State) frame(f *record.Frame) {
	m, operation, by := s.metrics, f.Operation, s.transports[f.Operation]
	m.planned.add(float64(f.Planned), operation, by)
	m.fired.add(float64(f.Fired), operation, by)
	m.sent.add(float64(f.Sent), operation, by)
	for outcome, n := range f.Outcomes {
		m.outcomes.add(float64(n), operation, by, outcome)
	}
	for class, n := range f.Classes {
		m.errors.add(float64(n), operation, by, class)
	}
	m.response.fold(f.Response, operation, by)
	m.service.fold(f.Service, operation, by)
	m.lag.fold(f.Lag, operation, by)
	for part, h := range f.Parts {
		m.parts.fold(h, operation, by, part)
	}
	s.reach(f.Second + 1)
	s.lateness(f.Second, f.Lag)
}

// lateness counts late seconds, once it is known what is late.
func (s *State) lateness(second int, lag *hdrhistogram.Histogram) {
	if s.late != nil {
		s.late.take(second, lag)
		s.metrics.late.at().value = float64(s.late.count)
	}
}

// links adds up how the connections of a transport fared in a second.
func (s *State) links(l *record.Links) {
	m, by := s.metrics, l.Transport
	m.open.set(float64(l.Open), by)
	m.dialed.add(float64(l.Dials), by)
	m.reused.add(float64(l.Reused), by)
	m.stale.add(float64(l.Stale), by)
	m.closed.add(float64(l.Closed), by)
	m.evicted.add(float64(l.Evicted), by)
	m.refused.add(float64(l.DialErrors-l.AddressErrors), by, "dial")
	m.refused.add(float64(l.AddressErrors), by, "address")
	m.refused.add(float64(l.TLSErrors), by, "tls")
	m.handshakes.add(float64(l.Full), by, "full")
	m.handshakes.add(float64(l.Resumed), by, "resumed")
	m.connect.fold(l.Connect, by)
	m.handshake.fold(l.Handshake, by)
}

// health takes up how the generator fared in a second.
func (s *State) health(h record.Health) {
	s.metrics.note(h.Facts)
	for _, sign := range fitness.Seen(h) {
		s.metrics.signs.add(1, sign.Name)
	}
	s.reach(h.Second + 1)
}

// track takes up the insights of a second.
func (s *State) track(t record.InsightsSecond) {
	s.insights(t.Truth, t.Target)
	if t.Target == nil && t.Note != "" {
		s.metrics.unanswered.add(1)
	}
}

func (s *State) insights(truth record.InsightsFigures, target *record.InsightsFigures) {
	for i, v := range truth.Values() {
		s.metrics.insights[i].set(v, "truth")
	}
	if target == nil {
		return
	}
	for i, v := range target.Values() {
		s.metrics.insights[i].set(v, "target")
	}
}

// ledger takes up the books of a run that is settled.
func (s *State) ledger(l *record.Ledger) {
	for state, n := range map[string]int64{
		"planned": l.Planned, "never_sent": l.NeverSent, "failed": l.Failed, "indeterminate": l.Indeterminate, "acknowledged": l.Acknowledged,
		"found": l.Found, "lost": l.Lost, "duplicated": l.Duplicated, "reordered": l.Reordered, "corrupt": l.Corrupt, "phantom": l.Phantom,
		"landed": l.Landed, "foreign": l.Foreign,
	} {
		s.metrics.ledger.set(float64(n), state)
	}
	s.metrics.ledgerComplete.set(truth(l.Complete))
}
