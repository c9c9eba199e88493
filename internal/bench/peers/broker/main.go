// Command broker is the Kafka of the benchmarks: franz-go's kfake with one topic, with or without TLS and
// SCRAM-SHA-256. It counts the records that it has taken.
package main

import (
	"context"
	"crypto/tls"
	"flag"
	"fmt"
	"os"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/passmuster/muster/internal/bench/peers/count"
)

const topic = "events"

func main() {
	var c config
	flag.BoolVar(&c.discard, "discard", false, "take records without keeping them")
	flag.StringVar(&c.user, "user", "", "ask for TLS, and for this user by SCRAM-SHA-256")
	flag.StringVar(&c.password, "password", "", "the user's password")
	flag.StringVar(&c.cert, "cert", "", "the certificate of the broker")
	flag.StringVar(&c.key, "key", "", "its key")
	flag.Parse()
	if err := run(c); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

type config struct {
	discard                   bool
	user, password, cert, key string
}

func run(c config) error {
	opts := []kfake.Opt{kfake.NumBrokers(1), kfake.SeedTopics(8, topic)}
	if c.discard {
		opts = append(opts, kfake.BlackholeProduce())
	}
	if c.user != "" {
		identity, err := tls.LoadX509KeyPair(c.cert, c.key)
		if err != nil {
			return err
		}
		opts = append(opts, kfake.EnableSASL(), kfake.Superuser("SCRAM-SHA-256", c.user, c.password),
			kfake.TLS(&tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{identity}}))
	}
	cluster, err := kfake.NewCluster(opts...)
	if err != nil {
		return err
	}
	defer cluster.Close()
	return count.Serve(cluster.ListenAddrs()[0], func(context.Context) (int64, error) {
		var sum int64
		for _, p := range cluster.PartitionInfos(topic) {
			sum += p.HighWatermark
		}
		return sum, nil
	})
}
