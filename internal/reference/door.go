package reference

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/passmuster/muster/internal/contract"
)

// maxBody is how much of a request's body is read. A longer one is cut one byte above it, so that a half whose limit is
// not larger sees that it is too large and says so in its own words.
const maxBody = 1 << 20

// door answers one request by HTTP.
func (s *Server) door(w http.ResponseWriter, r *http.Request) {
	s.counts.requests.Add(1)
	defer func() {
		if p := recover(); p != nil {
			s.counts.panics.Add(1)
			http.Error(w, "the reference failed", http.StatusInternalServerError)
		}
	}()
	if s.page(w, r) || s.snsDoor(w, r) {
		return
	}
	body, err := readBody(r)
	if err != nil {
		s.counts.broken.Add(1)
		http.Error(w, "the body did not arrive whole", http.StatusBadRequest)
		return
	}
	m := message(r, body)
	half := s.halfFor(&m)
	if half == nil {
		s.counts.unknown.Add(1)
		s.tell(Handled{At: time.Now(), Message: &m, Reply: &contract.Reply{
			Outcome: contract.Failed, Class: contract.ClassRejected, Status: http.StatusNotFound,
		}})
		http.Error(w, fmt.Sprintf("no such path: %s", r.URL.Path), http.StatusNotFound)
		return
	}
	s.respond(w, r, half, &m)
}

// respond has the half answer, stores what it accepted, and only then tells the client.
func (s *Server) respond(w http.ResponseWriter, r *http.Request, half contract.Responder, m *contract.Message) {
	began := time.Now()
	answer := half.Respond(began, m)
	if err := s.store(r.Context(), answer); err != nil {
		answer = contract.Answer{Reply: contract.Reply{
			Outcome: contract.Failed, Class: contract.ClassServer, Status: http.StatusInternalServerError,
			Body: []byte("the events could not be stored\n"),
		}}
	}
	s.tell(Handled{At: began, Took: time.Since(began), Message: m, Reply: &answer.Reply, Accepted: len(answer.Accepted)})
	write(w, &answer.Reply)
}

// store stores what an answer accepted. What cannot be stored the half is told to forget, so that the client's repeat of
// it is not taken for one.
func (s *Server) store(ctx context.Context, answer contract.Answer) error {
	err := s.broker.Store(ctx, acceptedTopic, answer.Accepted)
	if err != nil {
		s.counts.unstored.Add(1)
		if answer.Undo != nil {
			answer.Undo()
		}
	}
	return err
}

// halfFor finds whose business a message is.
func (s *Server) halfFor(m *contract.Message) contract.Responder {
	for _, h := range s.halves {
		if h.Handles(m) {
			return h
		}
	}
	return nil
}

// readBody reads the body, up to one byte above the bound.
func readBody(r *http.Request) ([]byte, error) {
	if n := r.ContentLength; n >= 0 && n <= maxBody {
		body := make([]byte, n)
		_, err := io.ReadFull(r.Body, body)
		return body, err
	}
	return io.ReadAll(io.LimitReader(r.Body, maxBody+1))
}

// message puts a request in the words of the contracts: headers in the order of their names, Host among them.
func message(r *http.Request, body []byte) contract.Message {
	fields := make([]contract.Field, 1, len(r.Header)+1)
	fields[0] = contract.Field{Name: "Host", Value: r.Host}
	for name, values := range r.Header {
		for _, v := range values {
			fields = append(fields, contract.Field{Name: name, Value: v})
		}
	}
	slices.SortStableFunc(fields, func(a, b contract.Field) int { return cmp.Compare(a.Name, b.Name) })
	return contract.Message{
		Transport: contract.HTTP,
		Method:    r.Method,
		Path:      r.URL.Path,
		Query:     r.URL.RawQuery,
		Header:    fields,
		Body:      body,
	}
}

// write gives the reply to the client. One who has gone by then does not hear it, and nobody else needs to.
func write(w http.ResponseWriter, reply *contract.Reply) {
	status := reply.Status
	if status < 200 || status > 599 {
		http.Error(w, fmt.Sprintf("the reference answered with status %d", status), http.StatusInternalServerError)
		return
	}
	for _, f := range reply.Header {
		w.Header().Add(f.Name, f.Value)
	}
	w.WriteHeader(status)
	if len(reply.Body) > 0 {
		_, _ = w.Write(reply.Body)
	}
}
