package reports

import (
	"cmp"
	"slices"

	"github.com/passmuster/muster/internal/record"
)

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

// linksFold adds up the lines about connections, which come in the order of their seconds.
type linksFold struct{ transports []*transportSum }

// transportSum is what the lines about one transport come to.
type transportSum struct {
	sum   record.Links
	first int   // second in which it appeared
	last  int   // the latest second on record
	open  int64 // at its end
	most  int64
}

// add takes one line, of which it keeps nothing. The slices of a run have a line each for one second.
func (f *linksFold) add(l *record.Links) error {
	t := f.of(l)
	if l.Second != t.last {
		t.last, t.open = l.Second, 0
	}
	t.open += l.Open
	t.most = max(t.most, t.open)
	return t.sum.Merge(l)
}

// of returns the sum of a line's transport, which it adds when there is none yet.
func (f *linksFold) of(l *record.Links) *transportSum {
	for _, t := range f.transports {
		if t.sum.Transport == l.Transport {
			return t
		}
	}
	t := &transportSum{sum: record.Links{Transport: l.Transport}, first: l.Second, last: l.Second}
	f.transports = append(f.transports, t)
	return t
}

// connections is what the lines come to, in the order in which the transports first appeared; nil when there are none.
func (f *linksFold) connections() []Connections {
	var all []Connections
	for _, t := range slices.SortedFunc(slices.Values(f.transports), func(a, b *transportSum) int {
		return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.sum.Transport, b.sum.Transport))
	}) {
		if t.idle() {
			continue // such as of a driver that was opened and had nothing to send
		}
		s := t.sum
		all = append(all, Connections{
			Transport: s.Transport, MostOpen: t.most, Dials: s.Dials, DialErrors: s.DialErrors, AddressErrors: s.AddressErrors,
			Full: s.Full, Resumed: s.Resumed, TLSErrors: s.TLSErrors, Reused: s.Reused, Stale: s.Stale, Closed: s.Closed,
			Connect: percentiles(s.Connect), Handshake: percentiles(s.Handshake),
		})
	}
	return all
}

// idle says whether nothing was counted.
func (t *transportSum) idle() bool {
	s := &t.sum
	return t.most+s.Dials+s.DialErrors+s.Full+s.Resumed+s.TLSErrors+s.Reused+s.Stale+s.Closed == 0
}

// errors are the attempts that came to nothing.
func (c Connections) errors() int64 { return c.DialErrors + c.TLSErrors }
