package plan

import "time"

// Timeline yields the dues of one slice and shard in order of planned instant. Dues at one instant come by player, and
// those of one player in the order in which he acts. It holds about 52 bytes a player. Not safe for concurrent use.
type Timeline struct {
	params  Params
	dice    Dice
	wheel   *wheel
	lives   []life
	ordinal uint64
}

// life is where one player stands.
type life struct {
	anchor  time.Duration // heartbeats are counted from here: the start of the session, or before it
	end     time.Duration // of the session
	flush   time.Duration // when the next flush is due, if he stays on line
	session uint32        // current, or next while off line
	beat    uint32        // number of the next heartbeat
	flushes uint32        // made so far
	next    Kind          // what is due at the instant that the wheel holds
}

// The draws of a session, and of a player (asked of session 0). Families of draws are far apart.
const (
	drawLength uint64 = iota << 32
	drawResidual
	drawAge
	drawJitter
	drawPhase
)

// NewTimeline returns the timeline of p.Slice and p.Shard from its beginning.
func NewTimeline(p Params) (*Timeline, error) {
	p = p.whole()
	if err := p.validate(); err != nil {
		return nil, err
	}
	n := p.size(p.Curve.Peak())
	t := &Timeline{params: p, dice: NewDice(p.Seed, "plan"), wheel: newWheel(n, p.horizon()), lives: make([]life, n)}
	for i := range uint32(n) {
		t.lives[i].flush = t.phase(t.player(i))
		t.enter(i, 0)
	}
	return t, nil
}

// Next returns the next due, or false at the end of the plan.
func (t *Timeline) Next() (Due, bool) {
	i, at, ok := t.wheel.take()
	if !ok {
		return Due{}, false
	}
	l := &t.lives[i]
	d := Due{Ordinal: t.ordinal, At: at, Player: t.player(i), Session: l.session, Kind: l.next}
	t.ordinal++
	switch d.Kind {
	case Start:
		t.follow(i)
	case Heartbeat:
		d.Seq = l.beat
		l.beat++
		t.follow(i)
	case Flush:
		d.Seq = l.flushes
		l.flushes++
		l.flush += t.params.Every
		t.follow(i)
	case End:
		d.Seq = l.beat
		l.session++
		t.enter(i, at)
	}
	return d, true
}

// Players returns how many players the timeline holds.
func (t *Timeline) Players() int { return len(t.lives) }

// player returns the number, in the whole population, of the player with index i in this timeline.
func (t *Timeline) player(i uint32) uint32 {
	return uint32(t.params.first() + int(i)*t.params.stride())
}

// enter schedules the start of the first session that begins at now or later. The clock of flushes counts play, so it
// stands still while the player is off line.
func (t *Timeline) enter(i uint32, now time.Duration) {
	l := &t.lives[i]
	from, to, ok := t.params.Curve.span(t.player(i), now, t.params.Duration)
	if !ok {
		return
	}
	if l.flush != never {
		l.flush += from - now
	}
	length, age := t.session(t.player(i), l.session, from)
	l.anchor, l.end, l.beat, l.next = from-age, min(from+length, to), 1, Start
	t.wheel.add(i, from)
}

// session draws a session's length, and how old it already was. Only a session open at the very beginning of the plan
// has an age: it was found open, so what is left of it is a residual life, and its heartbeats do not keep step with
// those of all others that were found open.
func (t *Timeline) session(player, session uint32, from time.Duration) (length, age time.Duration) {
	roll := func(draw uint64) uint64 { return t.dice.Roll(player, session, draw) }
	if session > 0 || from > 0 {
		return t.params.Lengths.draw(roll(drawLength)), 0
	}
	length = t.params.Lengths.residual(func(n uint64) uint64 { return roll(drawResidual + n) })
	return length, time.Duration(Below(roll(drawAge), uint64(t.params.Period)))
}

// follow schedules what comes next within the session: a heartbeat or flush before its end, or the end.
func (t *Timeline) follow(i uint32) {
	l := &t.lives[i]
	at, kind := l.end, End
	if l.flush < at {
		at, kind = l.flush, Flush
	}
	if beat := t.heartbeat(t.player(i), l); beat <= at && beat < l.end {
		at, kind = beat, Heartbeat
	}
	l.next = kind
	t.wheel.add(i, at)
}

// heartbeat returns when the next heartbeat of a session is due, were it to last long enough.
func (t *Timeline) heartbeat(player uint32, l *life) time.Duration {
	p := &t.params
	if p.Period == 0 {
		return never
	}
	roll := t.dice.Roll(player, l.session, drawJitter+uint64(l.beat))
	jitter := time.Duration(Below(roll, uint64(2*p.Jitter)+1)) - p.Jitter
	// An aged session's first heartbeats may have been due before its start, at 0: they come right after it.
	return max(l.anchor+time.Duration(l.beat)*p.Period+jitter, time.Duration(l.beat))
}

// phase returns how long a player plays before his first flush.
func (t *Timeline) phase(player uint32) time.Duration {
	if t.params.Every == 0 {
		return never
	}
	return 1 + time.Duration(Below(t.dice.Roll(player, 0, drawPhase), uint64(t.params.Every)))
}

// horizon is the longest time that commonly passes between two dues of a player who is on line.
func (p Params) horizon() time.Duration {
	if p.Period == 0 && p.Every == 0 {
		return p.Lengths.Mean
	}
	return 2 * max(p.Period, p.Every)
}
