package plan

import "time"

// Timeline yields the dues of one slice and shard in order of planned instant. Dues at one instant come by player, and
// those of one player in the order in which he acts. It holds 28 bytes a player, and 12 more where there are flushes.
// Not safe for concurrent use.
type Timeline struct {
	params  Params
	dice    Dice
	wheel   *wheel
	lives   []life
	session []uint32        // by player: the current one, or the next while he is off line
	beats   []uint32        // by player: the number of the next heartbeat; 0 until the session has started
	flush   []time.Duration // by player: when the next flush is due, if he stays on line; nil when there are none
	flushes []uint32        // by player: made so far; likewise
	ordinal uint64
}

// life is how far one player's current session goes. What is due next is not kept, because it follows: the earliest of
// heartbeat, flush and end, or the start.
type life struct {
	beat time.Duration // when the next heartbeat is due, were the session to last long enough; the start until it was
	end  time.Duration
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
	t := &Timeline{params: p, dice: NewDice(p.Seed, "plan"), lives: make([]life, n), session: make([]uint32, n), beats: make([]uint32, n)}
	t.wheel = newWheel(n, p.horizon(), t.due)
	if p.Every > 0 {
		t.flush, t.flushes = make([]time.Duration, n), make([]uint32, n)
		for i := range uint32(n) {
			t.flush[i] = t.phase(t.player(i))
		}
	}
	for i := range uint32(n) {
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
	_, kind := t.following(i)
	d := Due{Ordinal: t.ordinal, At: at, Player: t.player(i), Session: t.session[i], Kind: kind}
	t.ordinal++
	switch d.Kind {
	case Start:
		t.start(i, at)
	case Heartbeat:
		d.Seq = t.beats[i]
		t.beat(i, at)
	case Flush:
		d.Seq = t.flushes[i]
		t.flushes[i]++
		t.flush[i] += t.params.Every
	case End:
		d.Seq = t.beats[i]
		t.session[i]++
		t.enter(i, at)
		return d, true
	}
	t.wheel.add(i, t.due(i))
	return d, true
}

// following returns what a player who is on line does next, and when: of things at one instant, the heartbeat comes
// before the flush, and a session ends before either.
func (t *Timeline) following(i uint32) (time.Duration, Kind) {
	l := &t.lives[i]
	if t.beats[i] == 0 {
		return l.beat, Start
	}
	at, kind := l.end, End
	if t.flush != nil && t.flush[i] < at {
		at, kind = t.flush[i], Flush
	}
	if l.beat <= at && l.beat < l.end {
		return l.beat, Heartbeat
	}
	return at, kind
}

// due returns when a player who is on line does something next.
func (t *Timeline) due(i uint32) time.Duration {
	at, _ := t.following(i)
	return at
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
	from, to, ok := t.params.Curve.span(t.player(i), now, t.params.Duration)
	if !ok {
		return
	}
	if t.flush != nil {
		t.flush[i] += from - now
	}
	t.lives[i] = life{beat: from, end: min(from+t.length(t.player(i), t.session[i], from), to)}
	t.beats[i] = 0
	t.wheel.add(i, from)
}

// length draws how long a session lasts. Only a session open at the very beginning of the plan was found open, so that
// what is left of it is a residual life.
func (t *Timeline) length(player, session uint32, from time.Duration) time.Duration {
	if found(session, from) {
		return t.params.Lengths.residual(func(n uint64) uint64 { return t.dice.Roll(player, session, drawResidual+n) })
	}
	return t.params.Lengths.draw(t.dice.Roll(player, session, drawLength))
}

// found says whether a session that starts at from was found open at the beginning of the plan.
func found(session uint32, from time.Duration) bool { return session == 0 && from == 0 }

// start sets the clock of the heartbeats of a session that starts at from. Those of sessions that were found open do
// not keep step with each other: such a session already has an age.
func (t *Timeline) start(i uint32, from time.Duration) {
	player, session := t.player(i), t.session[i]
	t.beats[i] = 1
	if t.params.Period == 0 {
		t.lives[i].beat = never
		return
	}
	anchor := from
	if found(session, from) {
		anchor = -t.age(player)
	}
	t.lives[i].beat = t.heartbeat(player, session, 1, anchor)
}

// beat moves the clock of the heartbeats on from one that was due at now. The anchor from which they are counted is not
// kept: it is found again.
func (t *Timeline) beat(i uint32, now time.Duration) {
	player, session, n := t.player(i), t.session[i], t.beats[i]
	t.beats[i]++
	anchor := now - time.Duration(n)*t.params.Period - t.jitter(player, session, n)
	if session == 0 && now == time.Duration(n) {
		anchor = -t.age(player) // that heartbeat had been moved, see heartbeat
	}
	t.lives[i].beat = t.heartbeat(player, session, n+1, anchor)
}

// age returns how old a player's first session was when it was found open, in terms of its heartbeats.
func (t *Timeline) age(player uint32) time.Duration {
	return time.Duration(Below(t.dice.Roll(player, 0, drawAge), uint64(t.params.Period)))
}

// heartbeat returns when heartbeat n of a session is due, were it to last long enough.
func (t *Timeline) heartbeat(player, session, n uint32, anchor time.Duration) time.Duration {
	// An aged session's first heartbeats may have been due before its start, at 0: they come right after it.
	return max(anchor+time.Duration(n)*t.params.Period+t.jitter(player, session, n), time.Duration(n))
}

// jitter returns by how much heartbeat n of a session is moved.
func (t *Timeline) jitter(player, session, n uint32) time.Duration {
	roll := t.dice.Roll(player, session, drawJitter+uint64(n))
	return time.Duration(Below(roll, uint64(2*t.params.Jitter)+1)) - t.params.Jitter
}

// phase returns how long a player plays before his first flush.
func (t *Timeline) phase(player uint32) time.Duration {
	return 1 + time.Duration(Below(t.dice.Roll(player, 0, drawPhase), uint64(t.params.Every)))
}

// horizon is the longest time that commonly passes between two dues of a player who is on line.
func (p Params) horizon() time.Duration {
	if p.Period == 0 && p.Every == 0 {
		return p.Lengths.Mean
	}
	return 2 * max(p.Period, p.Every)
}
