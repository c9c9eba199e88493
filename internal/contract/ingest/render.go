package ingest

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
)

// Renderer makes messages of the flushes of players for one target. It is safe for concurrent use. An event's bytes
// depend on the action and the event alone, so the same two give the same bytes every time.
//
// By HTTP a flush takes the form of the client that the action names; by Kafka and SNS always that of a backend, for no
// other client speaks them.
type Renderer struct {
	tag     string
	key     string   // for HTTP
	backend *form    // what goes by Kafka and SNS
	forms   sync.Map // of the clients that were asked for: name to *form
	claimed map[contract.Transport]string
}

// NewRenderer returns a renderer for what t claims of the ingest contract, which may be nothing.
func NewRenderer(t *target.Target) (*Renderer, error) {
	r := &Renderer{claimed: map[contract.Transport]string{}}
	in := t.Ingest
	if in == nil {
		return r, nil
	}
	if in.CartridgeTag == "" {
		return nil, errors.New("render ingest events: cartridge_tag is empty, want the game's tag")
	}
	r.tag = in.CartridgeTag
	if in.HTTP != nil {
		r.claimed[contract.HTTP] = OpHTTP
		r.key = in.HTTP.APIKey.Reveal()
	}
	if in.Kafka != nil {
		r.claimed[contract.Kafka] = OpKafka
	}
	if in.SNS != nil {
		r.claimed[contract.SNS] = OpSNS
	}
	backend, err := r.form(Backend)
	r.backend = backend
	return r, err
}

// form returns the form of a client, made ready when it is first asked for.
func (r *Renderer) form(client string) (*form, error) {
	if known, has := r.forms.Load(client); has {
		return known.(*form), nil //nolint:forcetypeassert // forms holds nothing else
	}
	p, err := FindProfile(client)
	if err != nil {
		return nil, err
	}
	f, err := p.compile(r.key)
	if err == nil {
		r.forms.Store(client, f)
	}
	return f, err
}

// Operation names what a flush becomes on a transport that the target claims; empty for everything else.
func (r *Renderer) Operation(k contract.Kind, t contract.Transport) string {
	if k != contract.Flush {
		return ""
	}
	return r.claimed[t]
}

// Render overwrites m with the events of a: the body of a POST as the client sends it, the array as an SNS message, or
// one Kafka record for each event, keyed by its id. It reuses the memory of m. A client that it does not know is an
// error.
func (r *Renderer) Render(m *contract.Message, a *contract.Action) error {
	op := r.Operation(a.Kind, a.Transport)
	if op == "" {
		return fmt.Errorf("render %s by %s: the target claims no such operation of the ingest contract", a.Kind, a.Transport)
	}
	if len(a.Events) == 0 {
		return fmt.Errorf("render %s: a flush without events, want at least one", op)
	}
	*m = contract.Message{
		Operation: op, Transport: a.Transport,
		Header: m.Header[:0], Body: m.Body[:0], Records: m.Records[:0],
	}
	switch a.Transport {
	case contract.Kafka:
		m.Records = r.appendRecords(m.Records, a)
	case contract.HTTP:
		return r.post(m, a)
	default:
		m.Body = r.appendArray(m.Body, r.backend, a)
	}
	return nil
}

func (r *Renderer) post(m *contract.Message, a *contract.Action) error {
	f, err := r.form(a.EventClient)
	if err != nil {
		return fmt.Errorf("render %s: %w", m.Operation, err)
	}
	m.Method, m.Path = "POST", EventsPath
	m.Header = append(m.Header, f.header...)
	if f.bare && len(a.Events) == 1 {
		m.Body = f.append(m.Body, &values{tag: r.tag, action: a, event: &a.Events[0]})
	} else {
		m.Body = r.appendArray(m.Body, f, a)
	}
	return nil
}

func (r *Renderer) appendArray(dst []byte, f *form, a *contract.Action) []byte {
	dst = append(dst, '[')
	for i := range a.Events {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = f.append(dst, &values{tag: r.tag, action: a, event: &a.Events[i]})
	}
	return append(dst, ']')
}

// appendRecords appends one record for each event, into the memory of the records that lie beyond the slice's length.
func (r *Renderer) appendRecords(records []contract.Record, a *contract.Action) []contract.Record {
	f := r.backend
	for i := range a.Events {
		if len(records) < cap(records) {
			records = records[:len(records)+1]
		} else {
			records = append(records, contract.Record{})
		}
		last, e := &records[len(records)-1], &a.Events[i]
		last.Key = append(last.Key[:0], e.ID...)
		last.Value = f.append(last.Value[:0], &values{tag: r.tag, action: a, event: e})
	}
	return records
}

// form is a profile ready to be rendered.
type form struct {
	header    []contract.Field
	bare      bool
	wire      template
	canonical template
	plain     bool // the wire form is canonical, so it is rendered once and sealed
}

// append appends one event: its checksum is that of its canonical form, which is rendered first, and then rendered over.
func (f *form) append(dst []byte, v *values) []byte {
	start := len(dst)
	v.at = millis(v.event.At)
	if v.event.At.IsZero() {
		v.at = millis(v.action.At)
	}
	dst = appendPad(f.canonical.append(dst, v), v.event.Pad)
	if f.plain {
		return seal(dst, start)
	}
	appendChecksum(v.sum[:0], dst[start:])
	return f.wire.append(dst[:start], v)
}

// filler is what padding is made of.
var filler = []byte("the quick brown fox jumps over the lazy dog while a storm is rising ")

// appendPad appends the property that makes an event as large as wished, with the comma after it.
func appendPad(dst []byte, pad int) []byte {
	if pad <= 0 {
		return dst
	}
	dst = append(dst, `"`+padName+`":"`...)
	for left := pad; left > 0; left -= len(filler) {
		dst = append(dst, filler[:min(left, len(filler))]...)
	}
	return append(dst, `",`...)
}

// millis is the wire form of an instant; 0, the absent one, for the zero time.
func millis(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMilli()
}
