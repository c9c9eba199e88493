package health

import (
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/transport"
)

// Meter is a driver that counts its connections, with the transport that it serves.
type Meter struct {
	Transport string
	transport.Meter
}

// Meters returns the drivers of the routes that count their connections, each once however many routes it serves.
func Meters(routes []transport.Route) []Meter {
	var meters []Meter
	met := map[transport.Driver]bool{}
	for _, r := range routes {
		m, counts := r.Driver.(transport.Meter)
		if !counts || met[r.Driver] {
			continue
		}
		met[r.Driver] = true
		meters = append(meters, Meter{string(r.Transport), m})
	}
	return meters
}

// links asks all meters.
func (s *Sampler) links(second int) []*record.Links {
	var all []*record.Links
	for _, m := range s.Meters {
		l := m.Meter.Meter()
		l.Second, l.Transport = second, m.Transport
		all = append(all, &l)
	}
	return all
}

// addLinks adds what judges need to know of the connections to the facts.
func (s *Sampler) addLinks(facts map[string]float64, links []*record.Links) {
	if len(links) == 0 {
		return
	}
	open, errors := int64(0), int64(0)
	for _, l := range links {
		open, errors = open+l.Open, errors+l.AddressErrors
	}
	facts[record.LinksOpen], facts[record.AddressErrors] = float64(open), float64(errors)
}
