package clauses

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
)

// draft is a rendered message taken apart, so that one thing about it can be altered.
type draft struct {
	message contract.Message
	members []member // of the body, in order
	over    signing  // what the hash is made over
	body    []byte   // sent in place of the members when it is not nil
}

// member is one member of a JSON object.
type member struct {
	name  string
	value json.RawMessage
}

// signing is what goes into a hash, fragment by fragment.
type signing struct{ key, ids, ts, session, nonce string }

func (s signing) text() string { return s.ids + s.ts + s.session + s.nonce }

// edit is one alteration: of the action before it is rendered, or of the message after.
type edit struct {
	action func(*contract.Action)
	draft  func(*draft)
}

func intend(f func(*contract.Action)) edit { return edit{action: f} }
func alter(f func(*draft)) edit            { return edit{draft: f} }

// content is in every session of a check unless an edit says otherwise: the two ids of the document's sample.
func content() []int64 { return []int64{238219, 674839} }

// draw renders the player's next action of this kind, with the edits in order.
func (p *play) draw(kind contract.Kind, edits []edit) (*contract.Message, error) {
	p.at.order++
	a := contract.Action{
		Kind: kind, Transport: contract.HTTP, Player: p.player,
		SessionID: p.at.id, Nonce: guidOf(p.probe.ID()), Order: p.at.order,
		UGC: content(), At: p.probe.Now(), Platform: "windows", Portal: "steam",
	}
	for _, e := range edits {
		if e.action != nil {
			e.action(&a)
		}
	}
	p.at.id, p.at.order = a.SessionID, a.Order
	d, err := p.suite.draft(&a)
	if err != nil {
		return nil, err
	}
	for _, e := range edits {
		if e.draft != nil {
			e.draft(d)
		}
	}
	return d.finish(), nil
}

// draft renders an action and takes the message apart.
func (s *suite) draft(a *contract.Action) (*draft, error) {
	d := &draft{}
	if err := s.renderer.Render(&d.message, a); err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(d.message.Body, []byte{'{'}) { // a client whose bodies are no objects, sent as it is
		d.body = d.message.Body
		return d, nil
	}
	var err error
	if d.members, err = split(d.message.Body); err != nil {
		return nil, fmt.Errorf("take %s apart: %w", d.message.Operation, err)
	}
	d.over = signing{
		key: s.target.Playtime.MetricsKey.Reveal(),
		ts:  strconv.FormatInt(a.At.UnixMilli(), 10), session: a.SessionID, nonce: a.Nonce,
	}
	if a.Kind == contract.Start {
		d.over.ids = string(playtime.AppendSigningString(nil, a.UGC, "", "", ""))
	}
	return d, nil
}

// finish signs what is to be signed and puts the message together.
func (d *draft) finish() *contract.Message {
	if d.body == nil {
		if hash := d.find(playtime.MemberHash); hash != nil && hash.value == nil {
			hash.value = quote(playtime.Sign(d.over.key, d.over.text()))
		}
		d.body = join(d.members)
	}
	d.message.Body = d.body
	return &d.message
}

func (d *draft) find(name string) *member {
	for i := range d.members {
		if d.members[i].name == name {
			return &d.members[i]
		}
	}
	return nil
}

// set gives a member another value, adding the member when there is none.
func (d *draft) set(name string, value json.RawMessage) {
	if m := d.find(name); m != nil {
		m.value = value
		return
	}
	d.members = append(d.members, member{name, value})
}

// resign has the hash made anew when the message is finished.
func (d *draft) resign() {
	if m := d.find(playtime.MemberHash); m != nil {
		m.value = nil
	}
}

// split takes a JSON object apart, keeping the order of its members.
func split(object []byte) ([]member, error) {
	dec := json.NewDecoder(bytes.NewReader(object))
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	var members []member
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		m := member{name: fmt.Sprint(name)}
		if err := dec.Decode(&m.value); err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	return members, nil
}

// join puts a JSON object together.
func join(members []member) []byte {
	parts := make([]string, len(members))
	for i, m := range members {
		parts[i] = string(quote(m.name)) + ":" + string(m.value)
	}
	return []byte("{" + strings.Join(parts, ",") + "}")
}

// quote writes s as a JSON string; every string can be written.
func quote(s string) json.RawMessage {
	text, err := json.Marshal(s)
	if err != nil {
		return json.RawMessage(`""`)
	}
	return text
}
