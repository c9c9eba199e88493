package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/passmuster/muster/internal/machine"
	"github.com/passmuster/muster/internal/target"
	"github.com/passmuster/muster/loadgen"
	"github.com/passmuster/muster/loadgen/needs"
)

// doorsOf describes a target to whoever reckons needs. shared says that it runs in this process.
func doorsOf(t *target.Target, shared bool) needs.Doors {
	d := needs.Doors{Loopback: t.Loopback(), Shared: shared}
	secure := func(base string) {
		u, err := url.Parse(base)
		d.Secure = d.Secure || err == nil && strings.EqualFold(u.Scheme, "https")
	}
	if t.Playtime != nil {
		d.Playtime = true
		secure(t.Playtime.BaseURL)
	}
	if t.Ingest != nil {
		d.Events, d.Kafka, d.SNS = t.Ingest.HTTP != nil, t.Ingest.Kafka != nil, t.Ingest.SNS != nil
		if d.Events {
			secure(t.Ingest.HTTP.BaseURL)
		}
	}
	return d
}

// towards is which target the needs of a scenario are reckoned for, where none is opened.
type towards struct {
	Target string `placeholder:"FILE" help:"Target file; without it the target is taken to be on another machine, with every door, over HTTPS."`
}

// doors reads the target file, if there is one. Nothing is sent to the target.
func (f towards) doors() (needs.Doors, string, error) {
	if f.Target == "" {
		return needs.Abroad(), "a target on another machine, over HTTPS", nil
	}
	t, err := target.Load(f.Target, os.LookupEnv)
	if err != nil {
		return needs.Doors{}, "", usage(err, "%s", hintFor(err, "README.md shows a target file"))
	}
	return doorsOf(t, false), "target " + t.Name, nil
}

// hold compares what a plan needs with what this machine has.
func hold(ctx context.Context, p loadgen.Preview, d needs.Doors) (needs.Needs, []needs.Check) {
	facts := machine.Read()
	n := p.Needs(d, facts.Reuse)
	return n, needs.Hold(n, facts, machine.Foreign(ctx, p.Scenario.Connections.Addresses()))
}

// withinMachine refuses a run that this machine cannot hold, unless it is to be tried regardless, and notes where it will
// be tight.
func withinMachine(ctx context.Context, v *voice, s *subject, p loadgen.Preview, regardless bool) error {
	_, checks := hold(ctx, p, doorsOf(s.target, s.server != nil))
	for _, c := range checks {
		if c.Status == needs.Warn || regardless && c.Status == needs.Fail {
			v.say("note: %s: needs %s, this machine has %s; %s", c.Name, c.Needs, c.Has, c.Cure)
		}
	}
	if regardless {
		return nil
	}
	var faults []error
	var cures []string
	for _, c := range needs.Refusals(checks) {
		faults = append(faults, fmt.Errorf("load %s: scenario %s: %s: needs %s, this machine has %s", s.target.Name, p.Scenario.Name, c.Name, c.Needs, c.Has))
		cures = append(cures, c.Cure)
	}
	if err := errors.Join(faults...); err != nil {
		return usage(err, "%s", strings.Join(cures, "; "))
	}
	return nil
}
