package reference

import (
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport/kafkadriver/broker"
)

// ingress returns what the broker is to do with each record that clients produce: ask the half whose business it is,
// and store what that accepts. The broker calls it from one goroutine.
func (s *Server) ingress() broker.Each {
	ordinal := 0
	return func(r contract.Record) []contract.Record {
		s.counts.records.Add(1)
		accepted := s.admit(r)
		if len(accepted) == 0 {
			s.counts.refused.Add(1)
			return nil
		}
		ordinal++
		switch {
		case s.manners.loses && ordinal%2 == 1:
			return nil
		case s.manners.duplicates:
			return append(accepted, accepted...)
		default:
			return accepted
		}
	}
}

// admit asks the half about one record. A client by Kafka has its acknowledgement from the broker already, so nobody
// hears the reply but the observer.
func (s *Server) admit(r contract.Record) (accepted []contract.Record) {
	defer func() {
		if p := recover(); p != nil {
			s.counts.panics.Add(1)
			accepted = nil
		}
	}()
	m := contract.Message{Transport: contract.Kafka, Records: []contract.Record{r}}
	half := s.halfFor(&m)
	if half == nil {
		return nil
	}
	began := time.Now()
	answer := half.Respond(began, &m)
	s.tell(Handled{At: began, Took: time.Since(began), Message: &m, Reply: &answer.Reply, Accepted: len(answer.Accepted)})
	return answer.Accepted
}
