package h1

import "slices"

// stack is the shelf of connections that are alike: the one that was used last is used next, so that no more of them
// are kept busy than are needed.
type stack struct{ idle []*conn }

func (s *stack) push(c *conn) { s.idle = append(s.idle, c) }

func (s *stack) pop(uint32) *conn {
	n := len(s.idle)
	if n == 0 {
		return nil
	}
	c := s.idle[n-1]
	s.idle[n-1] = nil
	s.idle = s.idle[:n-1]
	return c
}

func (s *stack) oldest() *conn {
	if len(s.idle) == 0 {
		return nil
	}
	return s.idle[0]
}

func (s *stack) remove(c *conn) {
	if i := slices.Index(s.idle, c); i >= 0 {
		s.idle = slices.Delete(s.idle, i, i+1)
	}
}

// players is the shelf of connections that have an owner, each player one, in the order in which they became idle. A
// second one of the same player, from two messages that went at the same time, takes the place of the first in of; the
// first grows old on the list.
type players struct {
	of          map[uint32]*conn
	first, last *conn // longest and shortest idle
}

func (p *players) push(c *conn) {
	p.of[c.player] = c
	c.older, c.newer = p.last, nil
	if p.last != nil {
		p.last.newer = c
	} else {
		p.first = c
	}
	p.last = c
}

func (p *players) pop(player uint32) *conn {
	c := p.of[player]
	if c != nil {
		p.remove(c)
	}
	return c
}

func (p *players) oldest() *conn { return p.first }

func (p *players) remove(c *conn) {
	if p.of[c.player] == c {
		delete(p.of, c.player)
	}
	if c.older != nil {
		c.older.newer = c.newer
	} else {
		p.first = c.newer
	}
	if c.newer != nil {
		c.newer.older = c.older
	} else {
		p.last = c.older
	}
	c.older, c.newer = nil, nil
}
