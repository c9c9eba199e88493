package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/passmuster/muster/conformance"
	"github.com/passmuster/muster/internal/catalog"
	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/reference"
	"github.com/passmuster/muster/internal/target"
)

// closeWithin bounds the orderly end of whatever was opened.
const closeWithin = 10 * time.Second

// targetFlags say which implementation a verb is about.
type targetFlags struct {
	Target string `placeholder:"FILE" help:"Target file. Without it the embedded reference is started on loopback and used."`
	Mutant string `placeholder:"NAME" help:"Break the embedded reference in one named way ('muster serve --list-mutants' lists them)."`
}

// subject is the implementation under test, and the reference when that is it.
type subject struct {
	target *target.Target
	server *reference.Server // nil when the target is somebody else's

	redactor *conformance.Redactor // of everything secret about the target
}

// open finds the implementation that the flags name. From then on nothing that v says shows its secrets.
func (f targetFlags) open(ctx context.Context, v *voice, players int) (*subject, error) {
	s, err := f.find(ctx, players)
	if err == nil {
		v.redactor = s.redactor
	}
	return s, err
}

// find reads the target file, or starts the reference with an access token for each of so many players.
func (f targetFlags) find(ctx context.Context, players int) (*subject, error) {
	if f.Target == "" {
		server, err := startReference(ctx, reference.Options{Players: players, Mutant: f.Mutant}, halves(catalog.Manners{}, nil))
		if err != nil {
			return nil, err
		}
		return newSubject(server.Target(), server), nil
	}
	if f.Mutant != "" {
		return nil, usage(fmt.Errorf("--mutant %s: only the embedded reference can be broken, but --target %s is given", f.Mutant, f.Target),
			"leave out one of the two")
	}
	t, err := target.Load(f.Target, os.LookupEnv)
	if err != nil {
		return nil, usage(err, "%s", hintFor(err, "README.md shows a target file; 'muster serve --write-target FILE' writes one"))
	}
	return newSubject(t, nil), nil
}

// newSubject returns a target with what keeps its secrets: those of its file, and of the environment, which SNS signs with.
func newSubject(t *target.Target, server *reference.Server) *subject {
	secrets := catalog.Secrets(t)
	for _, name := range []string{"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} {
		if value := os.Getenv(name); value != "" {
			secrets[value] = name
		}
	}
	return &subject{target: t, server: server, redactor: conformance.NewRedactor(secrets)}
}

// claimed returns the capabilities that the target claims.
func (s *subject) claimed() []contract.Capability {
	var all []contract.Capability
	for _, name := range s.target.Capabilities() {
		all = append(all, contract.Capability(name))
	}
	return all
}

// tokens returns how many distinct users the target knows muster as.
func (s *subject) tokens() int {
	if s.target.Playtime == nil {
		return 0
	}
	return len(s.target.Playtime.AccessTokens)
}

// evidence returns what turns exchanges with the target into text without its secrets.
func (s *subject) evidence() conformance.Evidence {
	return conformance.NewEvidence(s.redactor, catalog.BaseVariable)
}

// close ends the reference, if it was started for this verb.
func (s *subject) close() error {
	if s.server == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
	defer cancel()
	return s.server.Close(ctx)
}

// hinter is an error that knows what would mend it.
type hinter interface{ Hint() string }

// hintFor returns the hint that err itself gives, or the fallback.
func hintFor(err error, fallback string) string {
	var h hinter
	if errors.As(err, &h) && h.Hint() != "" {
		return h.Hint()
	}
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return "check the path and its permissions"
	}
	return fallback
}
