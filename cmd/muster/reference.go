package main

import (
	"context"
	"errors"
	"net"
	"strings"
	"syscall"

	"github.com/passmuster/muster/internal/catalog"
	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/reference"
	"github.com/passmuster/muster/internal/target"
)

// startReference starts the embedded reference.
func startReference(ctx context.Context, opts reference.Options, halves []reference.Half) (*reference.Server, error) {
	server, err := reference.Start(ctx, opts, halves)
	if err != nil {
		return nil, usage(err, "%s", startHint(err, opts))
	}
	return server, nil
}

// startHint says what would mend a reference that does not start.
func startHint(err error, opts reference.Options) string {
	switch failed := new(net.OpError); {
	case errors.As(err, &failed), errors.Is(err, syscall.EADDRINUSE), strings.Contains(err.Error(), "address already in use"):
		return "choose another address, or :0 for any free port"
	case opts.Mutant != "":
		return "'muster serve --list-mutants' lists mutants"
	default:
		return "'muster serve --help' tells what is allowed"
	}
}

// halves returns the server halves of all contracts, with these manners. Made, which may be nil, is told of each half
// that was made.
func halves(manners catalog.Manners, made func(contract.Responder)) []reference.Half {
	var all []reference.Half
	for _, c := range catalog.ContractsWith(manners) {
		all = append(all, reference.Half{
			Name: c.Name, Mutants: c.Mutants(), Judge: c.Judge,
			New: func(t *target.Target, mutant string) (contract.Responder, error) {
				half, err := c.Serve(t, mutant)
				if err == nil && made != nil {
					made(half)
				}
				return half, err
			},
		})
	}
	return all
}
