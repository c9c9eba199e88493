//go:build integration

package kafka

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// job says what a client is to produce, and where.
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

// report says how many messages were acknowledged, and in the client's own words what stopped the rest.
type report struct {
	Sent  int    `json:"sent"`
	Error string `json:"error"`
}

// client is one Kafka client of somebody else.
type client struct {
	name       string
	produce    func(ctx context.Context, j job) (report, error)
	codecs     []string
	idempotent bool // it can be
}

func clients() []client {
	all := []string{"none", "gzip", "snappy", "lz4", "zstd"}
	return []client{
		{"kafkajs", program(have.node, "kafkajs/produce.mjs"), []string{"none", "gzip"}, true},
		{"kcat", kcat, all, true},
		{"sarama", program(have.foreign, "sarama"), all, true},
		{"segmentio", program(have.foreign, "segmentio"), all, false},
		{"confluent", program(have.foreign, "confluent"), all, true},
	}
}

// job returns a job for this door that carries these calls.
func (d *door) job(calls ...[]message) job {
	k := d.target.Ingest.Kafka
	return job{
		Brokers: k.Brokers, Topic: k.Topic, Username: k.SASL.Username, Password: k.SASL.Password.Reveal(), CAFile: d.caFile,
		Compression: "none", Retries: 1, Calls: calls,
	}
}

// program runs a program of ours that gets the job and gives the report as JSON.
func program(path string, args ...string) func(context.Context, job) (report, error) {
	return func(ctx context.Context, j job) (report, error) {
		in, err := json.Marshal(j)
		if err != nil {
			return report{}, err
		}
		var out, complaints bytes.Buffer
		c := exec.CommandContext(ctx, path, args...)
		c.Env = append(os.Environ(), "NODE_EXTRA_CA_CERTS="+j.CAFile) // what Node.js trusts besides the system's
		c.Stdin, c.Stdout, c.Stderr = bytes.NewReader(in), &out, &complaints
		if err := c.Run(); err != nil {
			return report{}, fmt.Errorf("run %s %s: %w\n%s", path, args, err, &complaints)
		}
		var r report
		if err := json.Unmarshal(out.Bytes(), &r); err != nil {
			return r, fmt.Errorf("read the report of %s %s: %w\n%s", path, args, err, &out)
		}
		return r, nil
	}
}

// kcat runs kcat once for each call. It ends with an error code when a message was not delivered.
func kcat(ctx context.Context, j job) (report, error) {
	var r report
	for _, call := range j.Calls {
		var lines strings.Builder
		for _, m := range call {
			fmt.Fprintf(&lines, "%s|%s\n", m.Key, m.Value)
		}
		c := exec.CommandContext(ctx, have.kcat, append(kcatLogin(j), "-P", "-t", j.Topic, "-K", "|", "-z", j.Compression,
			"-X", "acks=all", "-X", "message.max.bytes=4000000", "-X", "message.timeout.ms=6000",
			"-X", "topic.metadata.propagation.max.ms=1000", "-X", fmt.Sprintf("enable.idempotence=%t", j.Idempotent))...)
		c.Stdin = strings.NewReader(lines.String())
		out, err := c.CombinedOutput()
		if err != nil {
			r.Error = fmt.Sprintf("%v: %s", err, out)
			return r, nil
		}
		r.Sent += len(call)
	}
	return r, nil
}

// kcatLogin are the arguments by which kcat reaches the broker.
func kcatLogin(j job) []string {
	return []string{
		"-b", strings.Join(j.Brokers, ","), "-X", "security.protocol=SASL_SSL", "-X", "ssl.ca.location=" + j.CAFile,
		"-X", "sasl.mechanism=SCRAM-SHA-256", "-X", "sasl.username=" + j.Username, "-X", "sasl.password=" + j.Password,
	}
}

// kcatRepeatsNonce says whether this kcat carries a librdkafka older than 2.6.1, which repeats its own nonce in the last
// message of SCRAM (librdkafka pull request 4895). Apache Kafka 4 refuses that, as RFC 5802 wants it.
func kcatRepeatsNonce(t *testing.T) bool {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), have.kcat, "-V").CombinedOutput()
	if err != nil {
		t.Fatalf("kcat -V: %v", err)
	}
	_, version, ok := strings.Cut(string(out), "librdkafka ")
	var major, minor, patch int
	if _, err := fmt.Sscanf(version, "%d.%d.%d", &major, &minor, &patch); err != nil || !ok {
		t.Fatalf("kcat -V: no version of librdkafka in %q", out)
	}
	return major*10000+minor*100+patch < 20601
}
