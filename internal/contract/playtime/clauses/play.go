package clauses

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/patience"
)

// play is one player at a target, and what came to light. After the first error every method does nothing, so that a
// script reads straight down.
type play struct {
	ctx   context.Context
	suite *suite
	probe *contract.Probe

	player uint32
	at     *session   // the session that heartbeats and ends belong to
	open   []*session // acknowledged starts without an acknowledged end

	violations []contract.Violation
	err        error // why no judgement is possible
}

// session is one session of the player.
type session struct {
	id    string
	order int // the last one used
}

var errUnclaimed = errors.New("the target claims no playtime section, so nothing can be judged")

// leaveWithin bounds the ending of sessions that a script left open.
const leaveWithin = 2 * time.Second

// check makes a check of a script, which is one play with as many messages as it takes.
func (s *suite) check(script func(*play)) contract.Check {
	return func(ctx context.Context, probe *contract.Probe) ([]contract.Violation, error) {
		if s.fault != nil {
			return nil, s.fault
		}
		p := &play{ctx: ctx, suite: s, probe: probe, player: playerOf(probe.ID())}
		defer p.leave()
		script(p)
		return p.violations, p.err
	}
}

// session returns the id of the session that the script is at; empty after an error.
func (p *play) session() string {
	if p.at == nil {
		return ""
	}
	return p.at.id
}

// playerOf spreads the checks over the access tokens, since real services limit the rate of each.
func playerOf(id string) uint32 {
	n, err := strconv.ParseUint(id[:min(len(id), 8)], 16, 32)
	if err != nil {
		return 0 // an id of another form still plays, as the first player
	}
	return uint32(n)
}

// taken sends an action that the target has to acknowledge.
func (p *play) taken(kind contract.Kind, edits ...edit) *contract.Exchange {
	ex := p.send(kind, edits)
	if ex != nil && ex.Reply.Outcome != contract.Acknowledged {
		p.blame("the request is acknowledged", ex)
	}
	return ex
}

// refused sends an action that the target must not acknowledge.
func (p *play) refused(kind contract.Kind, edits ...edit) *contract.Exchange {
	ex := p.send(kind, edits)
	if ex != nil && ex.Reply.Outcome == contract.Acknowledged {
		p.blame("the request is not acknowledged", ex)
	}
	return ex
}

// answered sends an action that the target has to answer with this status.
func (p *play) answered(status int, kind contract.Kind, edits ...edit) *contract.Exchange {
	ex := p.send(kind, edits)
	if ex != nil && ex.Reply.Status != status {
		p.blame(fmt.Sprintf("status %d", status), ex)
	}
	return ex
}

// given sends an action that the rest of the script builds on. When the target does not acknowledge it, nothing can be
// said about the rest; a clause of its own finds that fault.
func (p *play) given(kind contract.Kind, edits ...edit) {
	ex := p.send(kind, edits)
	if ex != nil && ex.Reply.Outcome != contract.Acknowledged {
		p.fail(fmt.Errorf("prepare by %s: %s", ex.Message.Operation, describe(&ex.Reply)))
	}
}

// send draws up, sends and returns one exchange, or nil after an error. A start begins a session of its own.
func (p *play) send(kind contract.Kind, edits []edit) *contract.Exchange {
	if p.err != nil {
		return nil
	}
	if kind == contract.Start || p.at == nil {
		p.at = &session{id: guidOf(p.probe.ID())}
	}
	m, err := p.draw(kind, edits)
	if err != nil {
		return p.fail(err)
	}
	reply, err := p.probe.Send(p.ctx, m, contract.AsTold)
	switch {
	case err != nil:
		return p.fail(fmt.Errorf("send %s: %w", m.Operation, err))
	case reply.Class == contract.ClassRateLimited:
		return p.fail(fmt.Errorf("send %s: the target limits the rate (%s)", m.Operation, describe(&reply)))
	case !reply.Answered():
		return p.fail(fmt.Errorf("send %s: %s", m.Operation, describe(&reply)))
	}
	p.keepBooks(kind, &reply)
	return &contract.Exchange{Message: *m, Reply: reply}
}

// quiet sends nothing for so long.
func (p *play) quiet(d time.Duration) {
	if p.err != nil {
		return
	}
	select {
	case <-time.After(d):
	case <-p.ctx.Done():
		p.fail(fmt.Errorf("wait %v for the next heartbeat: %w", d, p.ctx.Err()))
	}
}

// keepBooks notes which sessions are open at the target.
func (p *play) keepBooks(kind contract.Kind, reply *contract.Reply) {
	if reply.Outcome != contract.Acknowledged || kind == contract.Heartbeat {
		return
	}
	var open []*session
	for _, s := range p.open {
		if s != p.at {
			open = append(open, s)
		}
	}
	if kind == contract.Start {
		open = append(open, p.at)
	}
	p.open = open
}

// leave ends the sessions that are still open. It is a courtesy: whether it succeeds is no part of the judgement.
func (p *play) leave() {
	ctx, cancel := patience.WithLimit(context.WithoutCancel(p.ctx), leaveWithin)
	defer cancel()
	for _, s := range p.open {
		farewell := &play{ctx: ctx, suite: p.suite, probe: p.probe, player: p.player, at: s}
		farewell.send(contract.End, nil)
	}
}

func (p *play) fail(err error) *contract.Exchange {
	if p.err == nil {
		p.err = err
	}
	return nil
}

func (p *play) blame(wanted string, ex *contract.Exchange) {
	p.violations = append(p.violations, contract.Violation{Wanted: wanted, Got: describe(&ex.Reply), Exchange: ex})
}

// ruled returns a number that the target file rules on, or the default of what the document leaves open.
func (p *play) ruled(name string, otherwise int) int {
	value, given := p.suite.target.Rulings[name]
	if !given {
		return otherwise
	}
	n, err := strconv.Atoi(fmt.Sprint(value))
	if err != nil {
		p.fail(errors.New("ruling " + name + ": want a whole number"))
	}
	return n
}

// describe tells what came back in one line.
func describe(r *contract.Reply) string {
	const most = 200
	if r.Status == 0 {
		return strings.TrimSpace(fmt.Sprintf("no answer (%s) %s", r.Class, r.Detail))
	}
	text := fmt.Sprintf("status %d", r.Status)
	if r.Class != contract.ClassNone {
		text += " (" + string(r.Class) + ")"
	}
	if len(r.Body) > 0 {
		text += fmt.Sprintf(" with body %.*q", most, r.Body)
	}
	return text
}

// guidOf gives 32 hex digits the form of a GUID.
func guidOf(id string) string {
	if len(id) != 32 {
		return id
	}
	return strings.Join([]string{id[:8], id[8:12], id[12:16], id[16:20], id[20:]}, "-")
}
