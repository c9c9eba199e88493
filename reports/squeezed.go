package reports

import (
	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/passmuster/muster/internal/record"
)

// squeezed is a frame with its histograms pressed.
type squeezed struct {
	counts                 record.Frame // without histograms
	response, service, lag pressed
	parts                  map[string]pressed
}

// squeeze presses a frame.
func squeeze(f *record.Frame) squeezed {
	s := squeezed{counts: bare(f), response: press(f.Response), service: press(f.Service), lag: press(f.Lag), parts: map[string]pressed{}}
	for name, h := range f.Parts {
		s.parts[name] = press(h)
	}
	return s
}

// bare is a frame without its histograms, that shares its maps.
func bare(f *record.Frame) record.Frame {
	return record.Frame{
		Second: f.Second, Operation: f.Operation, Planned: f.Planned, Fired: f.Fired, Sent: f.Sent, Outcomes: f.Outcomes, Classes: f.Classes,
	}
}

// add adds another sum, of which nothing is changed.
func (s *squeezed) add(other squeezed) {
	s.response, s.service, s.lag = s.response.plus(other.response), s.service.plus(other.service), s.lag.plus(other.lag)
	for name, p := range other.parts {
		s.parts[name] = s.parts[name].plus(p)
	}
	_ = s.counts.Merge(&other.counts) // only histograms can fail to
}

// clocks returns the sum as a frame of its own that has response and service time alone, as most of the work is in unpressing.
func (s *squeezed) clocks() *record.Frame {
	f := &record.Frame{Response: s.response.histogram(), Service: s.service.histogram()}
	_ = f.Merge(&s.counts) // only histograms can fail to
	return f
}

// frame returns the sum as a frame of its own.
func (s *squeezed) frame() *record.Frame {
	f := s.clocks()
	f.Lag = s.lag.histogram()
	f.Parts = make(map[string]*hdrhistogram.Histogram, len(s.parts))
	for name, p := range s.parts {
		if h := p.histogram(); h != nil {
			f.Parts[name] = h
		}
	}
	return f
}
