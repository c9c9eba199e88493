package live

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// publish tells viewers once a second what has changed.
func (s *Server) publish() {
	tick := time.NewTicker(s.every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if now, _, _ := s.viewers.count(); now > 0 {
				_ = s.advance(true) // a page that cannot be rendered is told to who asks for it
			}
		case <-s.stop:
			return
		}
	}
}

// advance makes the state of now, unless there is one of just now and it need not be newer, and tells viewers what is
// different.
func (s *Server) advance(newer bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !newer && s.last != nil && time.Since(s.made) < s.every {
		return nil
	}
	next, err := s.now()
	if err != nil {
		return err
	}
	before := s.last
	s.made = time.Now()
	if now, _, _ := s.viewers.count(); now > 0 && before != nil {
		e, err := next.event(before)
		switch {
		case err != nil:
			return err
		case e == nil:
			return nil // nothing has changed
		}
		s.viewers.tell(e)
	}
	s.last, s.whole = next, nil
	return nil
}

// now lays out how the run stands.
func (s *Server) now() (*state, error) {
	id := uint64(1)
	if s.last != nil {
		id = s.last.id + 1
	}
	summary, exhibits := s.feed.stand()
	return newState(s.run, id, s.note(summary.Live, summary.Headline()), summary, exhibits)
}

// note is what the page says of itself.
func (s *Server) note(live bool, verdict string) string {
	if !live {
		return "The run is over: " + verdict + ". This page stays as it is."
	}
	words := []string{"Live"}
	if s.doing != "" {
		words = append(words, s.doing)
	}
	now, dropped, refused := s.viewers.count()
	if now > 1 {
		words = append(words, strconv.Itoa(now)+" viewers")
	}
	if dropped+refused > 0 {
		words = append(words, fmt.Sprintf("%d too slow, %d too many", dropped, refused))
	}
	return strings.Join(words, " · ")
}
