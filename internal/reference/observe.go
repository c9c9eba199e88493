package reference

import (
	"net/http"
	"strconv"

	"github.com/passmuster/muster/internal/contract"
)

// tell makes a message that was answered known: to the counts that the page shows, to the judges of clients, and to the
// observer. Every door calls it once for each message, before the client hears the answer.
func (s *Server) tell(h Handled) {
	wrong := s.book != nil && s.judge(h)
	s.traffic.count(h, wrong)
	if s.opts.OnHandled != nil {
		s.opts.OnHandled(h)
	}
}

// judge holds the message against the clauses that clients owe, and says whether it breaks any. A judge that panics is
// a fault of the reference, and no client shall feel it.
func (s *Server) judge(h Handled) (wrong bool) {
	defer func() {
		if recover() != nil {
			s.counts.panics.Add(1)
		}
	}()
	s.counts.judged.Add(1)
	for _, j := range s.judges {
		for _, b := range j.Judge(h.At, h.Message) {
			wrong = true
			noted := s.book.note(h.At, b, func() string { return transcript(h.Message, outcome(h)) })
			if s.opts.OnBreach != nil {
				s.opts.OnBreach(noted)
			}
		}
	}
	return wrong
}

// outcome is what the client was told, in one line.
func outcome(h Handled) string {
	if h.Message.Transport != contract.HTTP { // what the half thinks of it nobody is told
		return "accepted " + strconv.Itoa(h.Accepted)
	}
	return strconv.Itoa(h.Reply.Status) + " " + http.StatusText(h.Reply.Status)
}
