package main

import (
	"context"

	"github.com/passmuster/muster/internal/catalog"
	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/reference"
	"github.com/passmuster/muster/internal/target"
)

// startReference starts the embedded reference.
func startReference(ctx context.Context, opts reference.Options, halves []reference.Half) (*reference.Server, error) {
	server, err := reference.Start(ctx, opts, halves)
	if err != nil {
		return nil, usage(err, "choose another address, or :0 for any free port; 'muster serve --list-mutants' lists mutants")
	}
	return server, nil
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
