package reports

import "github.com/passmuster/muster/internal/record"

// lately is how many seconds count as recent: enough for a p99 to mean something, few enough to see what goes on.
const lately = 10

// recent keeps the last few seconds of a run over all operations.
type recent struct {
	reach   int // seconds that the frames reach
	seconds map[int]*squeezed
}

func newRecent() *recent { return &recent{seconds: map[int]*squeezed{}} }

// add takes a frame, of which it keeps nothing, and the same one pressed. One of a second that is long over is left out.
func (r *recent) add(f *record.Frame, small squeezed) {
	if f.Second >= r.reach {
		r.reach = f.Second + 1
		for second := range r.seconds {
			if second < r.reach-lately {
				delete(r.seconds, second)
			}
		}
	}
	if f.Second < r.reach-lately {
		return
	}
	if r.seconds[f.Second] == nil {
		r.seconds[f.Second] = &squeezed{parts: map[string]pressed{}}
	}
	r.seconds[f.Second].add(squeezed{counts: small.counts, response: small.response, service: small.service, lag: small.lag})
}

// interval is what the last few seconds came to.
func (r *recent) interval() Interval {
	told, whole := Interval{}, squeezed{parts: map[string]pressed{}}
	for _, sum := range r.seconds {
		whole.add(*sum)
	}
	told.fill(whole.frame(), nil, float64(max(1, min(r.reach, lately))))
	return told
}
