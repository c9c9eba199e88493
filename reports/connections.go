package reports

import "github.com/passmuster/muster/internal/record"

// Connections is how the connections of one transport fared in the whole run, warm-up included: most of them are made in
// it.
type Connections struct {
	Transport     string      `json:"transport"`
	MostOpen      int64       `json:"most_open"` // at the end of a second
	Dials         int64       `json:"dials"`
	DialErrors    int64       `json:"dial_errors"`
	AddressErrors int64       `json:"address_errors"` // of those, for want of a local address or port
	Full          int64       `json:"full_handshakes"`
	Resumed       int64       `json:"resumed_handshakes"`
	TLSErrors     int64       `json:"tls_errors"`
	Reused        int64       `json:"reused"` // messages that found an open connection
	Stale         int64       `json:"stale"`  // connections found dead when they were to be used again
	Closed        int64       `json:"closed"`
	Connect       Percentiles `json:"connect"`
	Handshake     Percentiles `json:"handshake"`
}

// readLinks adds up the lines about connections, in the order in which the transports first appear.
func readLinks(run *record.Run) ([]Connections, []record.Problem) {
	sums, second := []*record.Links{}, 0
	most := map[string]int64{}
	open := map[string]int64{} // in the second under way
	var problems []record.Problem
	for l, err := range run.Links() {
		if err != nil {
			problems = append(problems, record.Problem{File: record.LinksFile, Text: err.Error()})
			continue
		}
		if l.Second != second {
			second = l.Second
			clear(open)
		}
		open[l.Transport] += l.Open
		most[l.Transport] = max(most[l.Transport], open[l.Transport])
		if err := sumOf(&sums, l.Transport).Merge(l); err != nil {
			problems = append(problems, record.Problem{File: record.LinksFile, Text: err.Error()})
		}
	}
	var all []Connections
	for _, s := range sums {
		all = append(all, Connections{
			Transport: s.Transport, MostOpen: most[s.Transport], Dials: s.Dials, DialErrors: s.DialErrors, AddressErrors: s.AddressErrors,
			Full: s.Full, Resumed: s.Resumed, TLSErrors: s.TLSErrors, Reused: s.Reused, Stale: s.Stale, Closed: s.Closed,
			Connect: percentiles(s.Connect), Handshake: percentiles(s.Handshake),
		})
	}
	return all, problems
}

// sumOf returns the sum of a transport, which it adds when there is none yet.
func sumOf(sums *[]*record.Links, transport string) *record.Links {
	for _, s := range *sums {
		if s.Transport == transport {
			return s
		}
	}
	s := &record.Links{Transport: transport}
	*sums = append(*sums, s)
	return s
}

// errors are the attempts that came to nothing.
func (c Connections) errors() int64 { return c.DialErrors + c.TLSErrors }
