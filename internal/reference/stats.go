package reference

import (
	"sync/atomic"

	"github.com/passmuster/muster/internal/transport/kafkadriver/broker"
)

// Stats counts what a server did since its start.
type Stats struct {
	Requests int64 // by HTTP, whatever became of them
	Unknown  int64 // requests that were no half's business, answered 404
	Broken   int64 // requests whose body did not arrive whole
	Records  int64 // by Kafka
	Refused  int64 // records by Kafka for which nothing was accepted
	Panics   int64 // in a half, of either transport; by HTTP the answer was 500
	Unstored int64 // requests answered 500 because what they brought could not be stored
	Judged   int64 // messages that were held against the clauses of clients
	Wire     int64 // complaints of the HTTP server about connections
	Broker   broker.Stats
}

// Stats returns the counts as of now.
func (s *Server) Stats() Stats {
	c := &s.counts
	return Stats{
		Requests: c.requests.Load(), Unknown: c.unknown.Load(), Broken: c.broken.Load(),
		Records: c.records.Load(), Refused: c.refused.Load(),
		Panics: c.panics.Load(), Unstored: c.unstored.Load(), Judged: c.judged.Load(), Wire: c.wire.count.Load(),
		Broker: s.broker.Stats(),
	}
}

type counts struct {
	requests, unknown, broken, records, refused, panics, unstored, judged atomic.Int64
	wire                                                                  lines
}

// lines counts what is written to it. It stands where net/http would print to stderr.
type lines struct{ count atomic.Int64 }

// Write counts one line.
func (l *lines) Write(p []byte) (int, error) {
	l.count.Add(1)
	return len(p), nil
}
