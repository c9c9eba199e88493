package selftest

import (
	"context"
	"errors"
	"time"

	"github.com/passmuster/muster/conformance"
	"github.com/passmuster/muster/internal/catalog"
	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/reference"
)

// closeWithin bounds the orderly end of whatever a stand opened.
const closeWithin = 10 * time.Second

// stand is one reference on loopback with everything connected that a check may touch.
type stand struct {
	cfg    conformance.Config
	server *reference.Server
	sender *catalog.Sender
	index  *conformance.Index
}

// halves returns the server halves of all contracts.
func halves() []reference.Half {
	var all []reference.Half
	for _, c := range catalog.Contracts() {
		all = append(all, reference.Half{Name: c.Name, New: c.Serve, Mutants: c.Mutants()})
	}
	return all
}

// open starts a reference, wrong in one way when a mutant is named, and connects to it.
func open(ctx context.Context, mutant string, timeout time.Duration) (*stand, error) {
	server, err := reference.Start(ctx, reference.Options{Players: 1, Mutant: mutant}, halves())
	if err != nil {
		return nil, err
	}
	target := server.Target()
	s := &stand{server: server, sender: catalog.NewSender(target, catalog.Settings{UserAgent: "muster-selftest"})}
	register, err := catalog.Register(target)
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	reader, err := catalog.OpenReader(ctx, target)
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	s.index = conformance.NewIndex(reader)
	s.cfg = conformance.Config{
		Register: register, Sender: s.sender, Readback: s.index, Insights: catalog.NewInsights(target), Timeout: timeout,
	}
	for _, name := range target.Capabilities() {
		s.cfg.Claimed = append(s.cfg.Claimed, contract.Capability(name))
	}
	return s, nil
}

// close ends the reference and every connection to it.
func (s *stand) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
	defer cancel()
	if s.index != nil {
		s.index.Close()
	}
	return errors.Join(s.sender.Close(ctx), s.server.Close(ctx))
}
