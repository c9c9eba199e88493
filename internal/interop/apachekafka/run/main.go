// Command run runs a genuine Apache Kafka on loopback until it is interrupted, with the ingest reference behind it, and
// writes a target file for it: `make kafka`. It is for people who want to try muster on a broker that muster is not.
//
// It may import whatever makes up a target, and the package above it.
package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"text/template"
	"time"

	ingest "github.com/passmuster/muster/internal/contract/ingest/reference"
	"github.com/passmuster/muster/internal/interop/apachekafka"
	"github.com/passmuster/muster/internal/target"
)

//go:embed target.yaml.tmpl
var targetTemplate string

// closeWithin bounds the orderly end.
const closeWithin = 40 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// run keeps the broker, its data and the target file in a folder of their own, and removes it at the end.
func run(ctx context.Context) (err error) {
	jars, err := apachekafka.Jars()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "muster-apache-kafka-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	broker, err := apachekafka.Start(ctx, apachekafka.Options{Jars: jars, Dir: dir})
	if err != nil {
		return err
	}
	defer func() {
		ending, cancel := context.WithTimeout(context.Background(), closeWithin)
		defer cancel()
		err = errors.Join(err, broker.Close(ending))
	}()
	game, err := broker.AddGame(ctx, "muster")
	if err != nil {
		return err
	}
	half, err := ingest.New(game, "")
	if err != nil {
		return err
	}
	file, err := write(dir, game)
	if err != nil {
		return err
	}
	fmt.Printf("broker       %s, TLS and SCRAM-SHA-256 as user %s\ntarget file  %s\n"+
		"try          bin/muster conform --target %s\nready        Ctrl-C ends it\n",
		broker.Addr(), game.Ingest.Kafka.SASL.Username, file, file)
	return broker.Serve(ctx, half)
}

// write writes the target file, for its owner only, beside the certificate authority that the broker keeps as ca.pem.
func write(dir string, game *target.Target) (string, error) {
	form, err := template.New("target").Parse(targetTemplate)
	if err != nil {
		return "", err
	}
	var text bytes.Buffer
	if err := form.Execute(&text, game); err != nil {
		return "", err
	}
	path := filepath.Join(dir, "target.yaml")
	return path, os.WriteFile(path, text.Bytes(), 0o600)
}
