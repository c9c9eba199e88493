package dashboard

import "time"

// maxPoints is how many points are kept: five minutes of one a second.
const maxPoints = 300

// point is what the charts keep of a snapshot.
type point struct {
	at       time.Time
	insights [insights]float64
	statuses [classes]int64 // requests so far, by hundred of the status
	accepted []int64        // events so far, in the order of Snapshot.Accepted
}

// The insights in the order of the page, and the hundreds of an HTTP status, the first of which stays empty.
const (
	players = iota
	content
	everSeen
	playtime
	contentPerSession
	insights
	classes = 6
)

func newPoint(at time.Time, s *Snapshot) point {
	p := point{at: at}
	if in := s.Insights; in != nil {
		p.insights = [insights]float64{
			players: float64(in.ConcurrentPlayers), content: float64(in.ConcurrentUGC), everSeen: float64(in.TotalPlayers),
			playtime: in.AveragePlaytime, contentPerSession: in.AverageUGCSession,
		}
	}
	for status, n := range s.Statuses {
		p.statuses[min(max(status/100, 0), classes-1)] += n
	}
	for _, c := range s.Accepted {
		p.accepted = append(p.accepted, c.Total)
	}
	return p
}

// history is the last points, oldest first. The zero value is empty.
type history []point

// push adds a point and forgets the oldest beyond the bound.
func (h *history) push(p point) {
	if len(*h) == maxPoints {
		*h = append((*h)[:0], (*h)[1:]...)
	}
	*h = append(*h, p)
}

// line returns one value of each point.
func (h history) line(value func(point) float64) []mark {
	marks := make([]mark, len(h))
	for i, p := range h {
		marks[i] = mark{p.at, value(p)}
	}
	return marks
}

// rate returns by how much a total grew per second between each point and the one before it.
func (h history) rate(total func(point) int64) []mark {
	var marks []mark
	for i := 1; i < len(h); i++ {
		if passed := h[i].at.Sub(h[i-1].at).Seconds(); passed > 0 {
			marks = append(marks, mark{h[i].at, float64(total(h[i])-total(h[i-1])) / passed})
		}
	}
	return marks
}
