package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/bench/figures"
	"github.com/passmuster/muster/internal/bench/process"
	"github.com/passmuster/muster/internal/interop/apachekafka"
)

// againstApache lets muster, franz-go and Kafka's own test produce into a genuine Apache Kafka.
func (r *rig) againstApache(ctx context.Context, s *section) error {
	const what = "records/s into a genuine Apache Kafka ÷ kafka-producer-perf-test's"
	broker, k, err := r.apache(ctx)
	if err != nil {
		s.add(missing(what, figures.Goal{}, err))
		return nil
	}
	defer broker.End()
	counting, err := r.peer(ctx, r.server, append([]string{"franz", "-count"}, k.flags()...)...)
	if err != nil {
		return err
	}
	defer counting.End()
	all := r.contest(ctx, []contestant{r.perfTest(k, counting), r.franz("franz-go alone", k, counting), r.produces("muster", 1, k, counting)})
	for i := range all {
		all[i].Name += ", Apache Kafka"
	}
	s.series = append(s.series, all...)
	const how = "Apache Kafka on the other core, TLS + SCRAM; 4 partitions, acks all, idempotent, snappy, linger 5 ms"
	s.add(
		figures.Ratio(what, how, figures.Goal{}, all[2], all[0], figures.Reading.PerSecond),
		figures.Ratio("the same, of CPU per record", how, figures.Goal{}, all[2], all[0], figures.Reading.CPUPerUnit),
		figures.Ratio("records/s into a genuine Apache Kafka ÷ franz-go's alone", how, figures.Goal{}, all[2], all[1], figures.Reading.PerSecond),
		figures.Single("records into a genuine Apache Kafka", how, figures.Goal{Unit: "records/s per core"}, all[2], figures.Reading.PerCore),
	)
	return nil
}

// apache starts a broker by a child on the servers' core, so that the broker stays there too.
func (r *rig) apache(ctx context.Context) (*process.Process, kafkaAt, error) {
	if _, err := r.tool("java", "apt-get install openjdk-17-jre-headless"); err != nil {
		return nil, kafkaAt{}, err
	}
	if _, err := apachekafka.Jars(); err != nil {
		return nil, kafkaAt{}, &lacking{err.Error()}
	}
	self, err := os.Executable()
	if err != nil {
		return nil, kafkaAt{}, err
	}
	dir := filepath.Join(r.dir, "apache-kafka")
	p, words, err := r.ready(ctx, process.Command{Args: []string{self, "child", "apachekafka", dir}, Core: r.server, Patience: time.Minute})
	if err != nil {
		return nil, kafkaAt{}, err
	}
	if len(words) != 3 {
		p.End()
		return nil, kafkaAt{}, fmt.Errorf("start apache kafka: ready with %q, want an address, a user and a password", words)
	}
	return p, kafkaAt{addr: words[0], ca: filepath.Join(dir, "trusted.pem"), user: words[1], password: words[2]}, nil
}

// genuine is the child that holds the broker. Its credentials are worth nothing once it has ended.
func genuine(ctx context.Context, args []string) (err error) {
	jars, err := apachekafka.Jars()
	if err != nil {
		return err
	}
	dir := args[0]
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	broker, err := apachekafka.Start(ctx, apachekafka.Options{Jars: jars, Dir: dir})
	if err != nil {
		return err
	}
	defer func() {
		ending, cancel := context.WithTimeout(context.Background(), 40*time.Second)
		defer cancel()
		err = errors.Join(err, broker.Close(ending))
	}()
	made, err := broker.AddGame(ctx, "bench")
	if err != nil {
		return err
	}
	game := made.Ingest.Kafka
	if game.Topic != kafkaTopic {
		return fmt.Errorf("the game's topic is %s, want %s", game.Topic, kafkaTopic)
	}
	if err := os.WriteFile(filepath.Join(dir, "trusted.pem"), game.TLS.CA, 0o600); err != nil {
		return err
	}
	fmt.Println("ready", broker.Addr(), game.SASL.Username, game.SASL.Password.Reveal())
	<-ctx.Done()
	return nil
}

// events returns as many events, one to a line, each with a random id.
func events(n int) string {
	var b strings.Builder
	for range n {
		var id [16]byte
		_, _ = rand.Read(id[:]) // crypto/rand never fails since Go 1.24
		line := `{"id":"` + hex.EncodeToString(id[:]) + `","name":"level_complete","pad":"`
		b.WriteString(line + strings.Repeat("x", 450-len(line)-2) + "\"}\n")
	}
	return b.String()
}
