package ingest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
)

// Renderer makes messages of the flushes of players for one target. It is safe for concurrent use. An event's bytes
// depend on the action and the event alone, so the same two give the same bytes on every transport and every time.
type Renderer struct {
	tag     string
	header  []contract.Field // of every POST
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
		r.header = []contract.Field{{Name: "Content-Type", Value: MediaType}, {Name: KeyHeader, Value: in.HTTP.APIKey.Reveal()}}
	}
	if in.Kafka != nil {
		r.claimed[contract.Kafka] = OpKafka
	}
	if in.SNS != nil {
		r.claimed[contract.SNS] = OpSNS
	}
	return r, nil
}

// Operation names what a flush becomes on a transport that the target claims; empty for everything else.
func (r *Renderer) Operation(k contract.Kind, t contract.Transport) string {
	if k != contract.Flush {
		return ""
	}
	return r.claimed[t]
}

// Render overwrites m with the events of a: the array as the body of a POST or of an SNS message, or one Kafka record
// for each event, keyed by its id. It reuses the memory of m.
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
		m.Method, m.Path = "POST", EventsPath
		m.Header = append(m.Header, r.header...)
		m.Body = r.appendArray(m.Body, a)
	default:
		m.Body = r.appendArray(m.Body, a)
	}
	return nil
}

func (r *Renderer) appendArray(dst []byte, a *contract.Action) []byte {
	dst = append(dst, '[')
	for i := range a.Events {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = r.appendEvent(dst, a, &a.Events[i])
	}
	return append(dst, ']')
}

// appendRecords appends one record for each event, into the memory of the records that lie beyond the slice's length.
func (r *Renderer) appendRecords(records []contract.Record, a *contract.Action) []contract.Record {
	for i := range a.Events {
		if len(records) < cap(records) {
			records = records[:len(records)+1]
		} else {
			records = append(records, contract.Record{})
		}
		last, e := &records[len(records)-1], &a.Events[i]
		last.Key = append(last.Key[:0], e.ID...)
		last.Value = r.appendEvent(last.Value[:0], a, e)
	}
	return records
}

// filler is what padding is made of.
var filler = []byte("the quick brown fox jumps over the lazy dog while a storm is rising ")

// appendEvent appends the wire form of one event of a player: its padding and, last, its checksum as properties.
func (r *Renderer) appendEvent(dst []byte, a *contract.Action, e *contract.Event) []byte {
	start := len(dst)
	wire := r.wire(a, e)
	dst = append(appendHead(dst, &wire), `,"properties":{`...)
	if e.Pad > 0 {
		dst = append(dst, `"`+padName+`":"`...)
		for left := e.Pad; left > 0; left -= len(filler) {
			dst = append(dst, filler[:min(left, len(filler))]...)
		}
		dst = append(dst, `",`...)
	}
	return seal(dst, start)
}

func (r *Renderer) wire(a *contract.Action, e *contract.Event) Event {
	at := e.At
	if at.IsZero() {
		at = a.At
	}
	player := strconv.FormatUint(uint64(a.Player), 10)
	return Event{
		CartridgeTag: r.tag,
		Name:         e.Name,
		ID:           e.ID,
		TimeServer:   millis(at),
		TimeLocal:    millis(at),
		UserID:       "player-" + player,
		SessionID:    a.SessionID,
		Device:       Device{Name: "muster", UniqueID: "device-" + player, OS: strings.ToLower(a.Platform)},
		App:          App{Identifier: "muster.synthetic", Version: "1.0"},
	}
}

// millis is the wire form of an instant; 0, the absent one, for the zero time.
func millis(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMilli()
}
