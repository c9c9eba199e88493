package reference

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/reference/dashboard"
	"github.com/passmuster/muster/internal/target"
)

// page answers the paths that are the host's own, and says whether the request was for one of them.
func (s *Server) page(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	switch r.URL.Path {
	case "/healthz":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("ok\n")) // a client who has gone does not hear it
	case "/":
		s.board.ServePage(w, r)
	case "/live":
		s.board.ServeLive(w, r)
	default:
		return false
	}
	return true
}

// openBoard starts the dashboard. The server being up is all it needs, so it comes last.
func (s *Server) openBoard() (err error) {
	figures := &figures{of: s}
	s.board, err = dashboard.Start(dashboard.About{Mutant: s.opts.Mutant, Doors: doors(s.target)}, func(now time.Time) dashboard.Snapshot {
		return s.snapshot(now, figures)
	})
	return err
}

// doors lists what clients and readers can reach.
func doors(t *target.Target) []dashboard.Door {
	all := []dashboard.Door{
		{Name: "Playtime sessions", Address: t.Playtime.BaseURL + "/v1/metrics/sessions/…"},
		{Name: "Insights", Address: t.Playtime.Insights.URL},
		{Name: "Events by HTTP", Address: t.Ingest.HTTP.BaseURL + "/ingress/events"},
		{Name: "Events by Kafka", Address: t.Ingest.Kafka.Brokers[0], Note: "topic " + t.Ingest.Kafka.Topic + ", TLS, SCRAM-SHA-256"},
	}
	if sns := t.Ingest.SNS; sns != nil {
		all = append(all, dashboard.Door{Name: "Events by SNS", Address: sns.EndpointURL, Note: "topic " + sns.TopicARN})
	}
	return append(all, dashboard.Door{
		Name: "Accepted events, by whatever door", Address: t.Ingest.Readback.Kafka.Brokers[0],
		Note: "topic " + t.Ingest.Readback.Kafka.Topic + ", TLS, SCRAM-SHA-256",
	})
}

// snapshot is how the server stands, for the dashboard.
func (s *Server) snapshot(now time.Time, figures *figures) dashboard.Snapshot {
	statuses, accepted, recent := s.traffic.totals()
	shown := dashboard.Snapshot{
		Statuses: statuses,
		Judgment: s.judgment(),
		Faults:   s.faults(),
	}
	shown.Insights, shown.Buckets = figures.at(now)
	for _, t := range []contract.Transport{contract.HTTP, contract.Kafka, contract.SNS} {
		shown.Accepted = append(shown.Accepted, dashboard.Count{Name: string(t), Total: accepted[t]})
	}
	for _, h := range recent {
		shown.Recent = append(shown.Recent, dashboard.Request{
			At: h.at, Took: h.took, Transport: h.transport, Line: cmp.Or(strings.TrimSpace(h.method+" "+h.path), "message"),
			Status: h.status, Accepted: h.accepted, Wrong: h.wrong,
		})
	}
	return shown
}

// faults are what the server itself did wrong, and what its bounds made it leave out.
func (s *Server) faults() []dashboard.Count {
	stats, sns := s.Stats(), s.sns.Stats()
	all := []dashboard.Count{{Name: "panics", Total: stats.Panics}, {Name: "requests not stored", Total: stats.Unstored}}
	more := []contract.Shortfall{
		{What: "records not stored", N: stats.Broker.StoreFailed},
		{What: "records lost within the broker", N: stats.Broker.PipeLost},
		{What: "SNS messages that no subscriber took", N: sns.Undelivered},
		{What: "SNS messages beyond a subscriber's queue", N: sns.Dropped},
	}
	for _, half := range s.halves {
		if bounded, is := half.(contract.Bounded); is {
			more = append(more, bounded.Shortfalls()...)
		}
	}
	for _, m := range more {
		if m.N > 0 {
			all = append(all, dashboard.Count{Name: m.What, Total: m.N})
		}
	}
	return all
}

// judgment is what the judges of clients found; nil when there are none.
func (s *Server) judgment() *dashboard.Judgment {
	if s.book == nil {
		return nil
	}
	j := &dashboard.Judgment{Messages: s.counts.judged.Load(), Clauses: int64(len(s.JudgedClauses()))}
	for _, b := range s.Breaches() {
		broken := dashboard.Broken{Clause: b.Clause, Count: b.Count, First: b.First, Last: b.Last}
		for _, e := range b.Examples {
			broken.Examples = append(broken.Examples, dashboard.Example{At: e.At, Wanted: e.Wanted, Got: e.Got, Transcript: e.Transcript})
		}
		j.Broken = append(j.Broken, broken)
	}
	return j
}
