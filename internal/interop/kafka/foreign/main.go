// Command foreign produces to Kafka with one of three Go clients that have nothing in common with the one that muster
// uses: sarama, segmentio's kafka-go, and confluent's binding of librdkafka. It is a module of its own, so that the
// product depends on none of them.
//
// The client's name is the argument, a job as JSON comes on standard input, a report as JSON goes to standard output.
// A job that Kafka turned down is a report, too; only a broken job is an exit code other than 0.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

// job says what to produce, and where.
type job struct {
	Brokers     []string    `json:"brokers"`
	Topic       string      `json:"topic"`
	Username    string      `json:"username"`
	Password    string      `json:"password"`
	CAFile      string      `json:"ca_file"`
	Compression string      `json:"compression"`
	Idempotent  bool        `json:"idempotent"`
	Retries     int         `json:"retries"`
	Calls       [][]message `json:"calls"` // each is handed to the client at once
}

type message struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// report says how many messages were acknowledged, and what stopped the rest.
type report struct {
	Sent  int    `json:"sent"`
	Error string `json:"error,omitempty"`
}

// sender is one client: it produces the messages of one call and returns when they are acknowledged.
type sender interface {
	send(messages []message) error
	close() error
}

const maxBytes = 4 << 20 // above what brokers take, so that it is the broker who says no

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) != 2 {
		return errors.New("usage: foreign sarama|segmentio|confluent")
	}
	var j job
	if err := json.NewDecoder(os.Stdin).Decode(&j); err != nil {
		return fmt.Errorf("read job: %w", err)
	}
	open := map[string]func(job) (sender, error){"sarama": openSarama, "segmentio": openSegmentio, "confluent": openConfluent}[os.Args[1]]
	if open == nil {
		return fmt.Errorf("client %q: want sarama, segmentio or confluent", os.Args[1])
	}
	var r report
	if err := r.produce(j, open); err != nil {
		r.Error = err.Error()
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}

// produce makes all calls, up to the first that fails.
func (r *report) produce(j job, open func(job) (sender, error)) (err error) {
	s, err := open(j)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	for _, call := range j.Calls {
		if err := s.send(call); err != nil {
			return err
		}
		r.Sent += len(call)
	}
	return nil
}

// trust returns a TLS configuration that trusts the authority of the job.
func (j job) trust() (*tls.Config, error) {
	pem, err := os.ReadFile(j.CAFile)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", j.CAFile)
	}
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, nil
}
