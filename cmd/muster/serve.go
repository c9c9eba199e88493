package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"github.com/passmuster/muster/internal/catalog"
	ingest "github.com/passmuster/muster/internal/contract/ingest/reference"
	playtime "github.com/passmuster/muster/internal/contract/playtime/reference"
	"github.com/passmuster/muster/internal/reference"
)

// serveCmd serves the reference until it is told to stop.
type serveCmd struct {
	Addr        string        `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Where to listen for HTTP; port 0 takes any free one (default ${default})."`
	KafkaAddr   string        `default:"127.0.0.1:9092" placeholder:"HOST:PORT" help:"Where to listen for Kafka with TLS and SCRAM-SHA-256; port 0 takes any free one (default ${default})."`
	Players     int           `default:"100" placeholder:"N" help:"How many access tokens to issue, one for each user (default ${default})."`
	WriteTarget string        `placeholder:"FILE" help:"Write a target file that fits this server, with the CA and the tokens beside it."`
	For         time.Duration `placeholder:"D" help:"Stop after so long, such as 10m; without it Ctrl-C ends the server."`
	Mutant      string        `placeholder:"NAME" help:"Serve wrongly in one named way."`
	ListMutants bool          `help:"List the ways in which the reference can be wrong, and end."`
	clientFlags
	mannerFlags
	exportFlags
}

// mannerFlags choose what the documents leave to a service.
type mannerFlags struct {
	RateLimits    bool          `help:"Limit requests as documented: 60 writes a minute for a token or an address, answered 429 with retry-after."`
	SessionExpiry time.Duration `placeholder:"D" help:"Drop a playtime session that was silent for so long (default 30m)."`
	ClockSkew     time.Duration `placeholder:"D" help:"Refuse a playtime message whose timestamp is further than this from the clock (default: any is taken)."`
	LenientHash   bool          `help:"Let the hash of a heartbeat or an end cover the ids of its start as well."`
	RefuseReplays bool          `help:"Refuse a playtime message that comes a second time."`
	Forms         bool          `help:"Take playtime messages as form fields or input_json as well."`
	RequirePlayer bool          `help:"Refuse an event that names no player, by neither user_id nor smart_account (default: it is taken)."`
	Meet          string        `placeholder:"WHAT" help:"What playtime requests meet instead of an answer: outage, token-expired, feature-off and others; a wrong word lists all."`
	Every         int           `placeholder:"N" help:"Only every N-th request meets it (default each)."`
}

// manners returns what the flags ask for.
func (f mannerFlags) manners() catalog.Manners {
	k := playtime.Knobs{Reap: f.SessionExpiry, Skew: f.ClockSkew, IDsInBeatHash: f.LenientHash, RefuseReplays: f.RefuseReplays, Forms: f.Forms, Meet: f.Meet, Every: f.Every}
	if f.RateLimits {
		k.Limits = playtime.DocumentedLimits()
	}
	return catalog.Manners{Playtime: k, Ingest: ingest.Knobs{RefuseNameless: f.RequirePlayer}}
}

// Run serves until ctx ends or the time is up, which is an orderly end. What clients did wrong, if they were to be
// checked, is the verdict.
func (c serveCmd) Run(ctx context.Context, v *voice) (err error) {
	if c.ListMutants {
		return c.list(v)
	}
	if c.Players < 1 {
		return usage(fmt.Errorf("--players %d: want 1 or more", c.Players), "each is one access token, and so one user")
	}
	if c.Every != 0 && (c.Every < 0 || c.Meet == "") {
		return usage(fmt.Errorf("--every %d: want 1 or more, and --meet", c.Every), "it says which requests meet what --meet names")
	}
	export, err := c.exporter(ctx)
	if err != nil {
		return err
	}
	server, err := startReference(ctx, reference.Options{
		HTTPAddr: c.Addr, KafkaAddr: c.KafkaAddr, Players: c.Players, Mutant: c.Mutant, AWS: awsKey(os.Getenv),
		CheckClients: c.CheckClient, OnBreach: c.onBreach(v),
	}, halves(c.manners(), export.made))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, (&subject{server: server}).close()) }()
	if c.WriteTarget != "" {
		if err := server.WriteTarget(c.WriteTarget); err != nil {
			return usage(err, "is the folder there and writable?")
		}
	}
	if err := c.announce(v, server); err != nil {
		return err
	}
	if err := c.wait(ctx, server); err != nil {
		return err
	}
	v.say("stopping")
	if err := export.save(v); err != nil {
		return err
	}
	return c.clientVerdict(v, server)
}

// wait returns when ctx ends or the time is up, or with the reason why the server died.
func (c serveCmd) wait(ctx context.Context, server *reference.Server) error {
	if c.For > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.For)
		defer cancel()
	}
	select {
	case <-ctx.Done():
		return nil
	case <-server.Done():
		return server.Err()
	}
}

// announce says on stdout where everything is; the last line begins with "ready".
func (c serveCmd) announce(v *voice, server *reference.Server) error {
	t := server.Target()
	w := tabwriter.NewWriter(v.stdout, 0, 0, 2, ' ', 0)
	_, err := fmt.Fprintf(w, "dashboard\tGET %s/\nplaytime\tPOST %s/v1/metrics/sessions/{start,heartbeat,end}\n"+
		"events by http\tPOST %s/ingress/events\nclock\tGET %s/utils/time-unix\n"+
		"events by kafka\t%s, topic %s, TLS and SCRAM-SHA-256 as user %s\n"+
		"events by sns\t%s, topic %s, %s\n"+
		"read-back\ttopic %s\ninsights\tGET %s\n",
		t.Playtime.BaseURL, t.Playtime.BaseURL, t.Ingest.HTTP.BaseURL, t.Ingest.HTTP.BaseURL,
		t.Ingest.Kafka.Brokers[0], t.Ingest.Kafka.Topic, t.Ingest.Kafka.SASL.Username,
		t.Ingest.SNS.EndpointURL, t.Ingest.SNS.TopicARN, signing(os.Getenv, t.Ingest.SNS),
		t.Ingest.Readback.Kafka.Topic, t.Playtime.Insights.URL)
	if err == nil && c.WriteTarget != "" {
		_, err = fmt.Fprintf(w, "target file\t%s\n", c.WriteTarget)
	}
	if err == nil {
		_, err = fmt.Fprintln(w, "ready\tCtrl-C ends it")
	}
	return errors.Join(err, w.Flush())
}

// list prints every mutant with the clause that it breaks.
func (c serveCmd) list(v *voice) error {
	w := tabwriter.NewWriter(v.stdout, 0, 0, 2, ' ', 0)
	for _, m := range reference.Mutants(halves(catalog.Manners{}, nil)) {
		if _, err := fmt.Fprintf(w, "%s\t%s\t%s\n", m.Name, m.Clause, m.Wrong); err != nil {
			return err
		}
	}
	return w.Flush()
}
