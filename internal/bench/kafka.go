package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/passmuster/muster/internal/bench/figures"
	"github.com/passmuster/muster/internal/bench/process"
)

// kafkaAt is how to reach a broker's topic.
type kafkaAt struct {
	addr, ca, user, password string // TLS and SCRAM-SHA-256 when there is a user
}

const kafkaTopic = "events"

// target is the target file.
func (k kafkaAt) target() string {
	text := fmt.Sprintf("version: 1\nname: bench\nload: {allowed: true}\ningest:\n  cartridge_tag: bench\n  kafka:\n    brokers: [%q]\n    topic: %s\n", k.addr, kafkaTopic)
	if k.user != "" {
		text += fmt.Sprintf("    tls: {ca_file: %q}\n    sasl: {mechanism: scram-sha-256, username: %q, password: %q}\n", k.ca, k.user, k.password)
	}
	return text
}

// flags are the flags of franz.
func (k kafkaAt) flags() []string {
	args := []string{"-broker", k.addr, "-topic", kafkaTopic}
	if k.user != "" {
		args = append(args, "-ca", k.ca, "-user", k.user, "-password", k.password)
	}
	return args
}

// flushes is a plan at full speed of players who do nothing but hand over events by Kafka.
func (r *rig) flushes(perFlush int) string {
	return allAtOnce(r.seconds, "heartbeat: {period: 24h}") + fmt.Sprintf(`events: {every: 150s, per_flush: %d, bytes: 450, transport: {kafka: 1}}
connections: {kafka: {max_buffered: 10000, linger: 5ms}}
generator: {max_in_flight: %d}
`, perFlush, 10_000/perFlush)
}

// franz is franz-go alone, with the same settings.
func (r *rig) franz(name string, k kafkaAt, s *server) contestant {
	return r.outside(name, "record", course{core: r.generator, against: s}, func(context.Context) (process.Command, error) {
		tool, err := r.tool("franz", "make bench-peers")
		return process.Command{Args: append([]string{tool}, k.flags()...)}, err
	})
}

func (r *rig) produces(name string, perFlush int, k kafkaAt, s *server) contestant {
	file := fmt.Sprintf("kafka-%d-%d", len(r.dir)+r.runs, perFlush)
	r.runs++
	return r.contestant(name, "record", r.generator, s, play{name: file, scenario: r.flushes(perFlush), target: k.target()})
}

func measureKafka(ctx context.Context, r *rig, s *section) error {
	if err := r.identity(ctx); err != nil {
		return err
	}
	plain, err := r.peer(ctx, r.server, "broker", "-discard")
	if err != nil {
		return err
	}
	defer plain.End()
	const user, password = "bench", "bench-password"
	secured, err := r.peer(ctx, r.server, "broker", "-discard", "-user", user, "-password", password, "-cert", r.cert, "-key", r.key)
	if err != nil {
		return err
	}
	defer secured.End()
	open := kafkaAt{addr: plain.addr}
	locked := kafkaAt{addr: secured.addr, ca: r.cert, user: user, password: password}
	all := r.contest(ctx, []contestant{
		r.franz("franz-go alone", open, plain),
		r.produces("muster", 1, open, plain),
		r.produces("muster, TLS + SCRAM", 1, locked, secured),
		r.franz("franz-go alone, TLS + SCRAM", locked, secured),
		r.produces("muster, 10 records an action", 10, open, plain),
	})
	s.series = append(s.series, all...)
	const how = "kfake on the other core, which keeps nothing; 8 partitions, acks all, idempotent, snappy, linger 5 ms"
	cpu := figures.Reading.CPUPerUnit
	s.add(
		figures.Single("records under vegeta, one record an action", how, figures.AtLeast(150_000, "records/s per core"), all[1], figures.Reading.PerCore),
		figures.Ratio("CPU per record over TLS + SCRAM ÷ over plaintext", how, figures.AtMost(1.1, ""), all[2], all[1], cpu),
		figures.Ratio("CPU per record ÷ franz-go's alone", how, figures.Goal{}, all[1], all[0], cpu),
		figures.Ratio("the same over TLS + SCRAM", how, figures.Goal{}, all[2], all[3], cpu),
		figures.Single("records under vegeta, ten records an action", how, figures.Goal{Unit: "records/s per core"}, all[4], figures.Reading.PerCore),
	)
	return r.againstApache(ctx, s)
}

// perfTest is Kafka's own kafka-producer-perf-test, with the same settings and the same records as franz's. Java has some
// seconds to compile what is hot.
func (r *rig) perfTest(k kafkaAt, s *server) contestant {
	return r.outside("kafka-producer-perf-test", "record", course{core: r.generator, against: s, settle: 5 * settleFor}, func(context.Context) (process.Command, error) {
		java, err := r.tool("java", "apt-get install openjdk-17-jre-headless")
		if err != nil {
			return process.Command{}, err
		}
		jars := filepath.Join(r.bin, "kafka-tools")
		if found, err := filepath.Glob(filepath.Join(jars, "kafka-tools-*.jar")); err != nil || len(found) == 0 {
			return process.Command{}, &lacking{"the jars of kafka-tools are not there: make bench-peers (needs mvn)"}
		}
		config, err := r.file("perf.properties", fmt.Sprintf("security.protocol=SASL_SSL\nssl.truststore.type=PEM\nssl.truststore.location=%s\n"+
			"sasl.mechanism=SCRAM-SHA-256\nsasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username=%q password=%q;\n"+
			"acks=all\nenable.idempotence=true\ncompression.type=snappy\nlinger.ms=5\nbatch.size=1000012\nbuffer.memory=67108864\n", k.ca, k.user, k.password))
		if err != nil {
			return process.Command{}, err
		}
		payload, err := r.payload()
		return process.Command{Args: []string{
			java, "-Xmx512m", "-cp", filepath.Join(jars, "*"), "org.apache.kafka.tools.ProducerPerformance", "--bootstrap-server", k.addr, "--topic", kafkaTopic,
			"--num-records", "1000000000", "--throughput", "-1", "--payload-file", payload, "--command-config", config,
		}}, err
	})
}

// payload writes events such as franz produces, one to a line.
func (r *rig) payload() (string, error) {
	path := filepath.Join(r.dir, "payload")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	return r.file("payload", events(16<<10))
}
