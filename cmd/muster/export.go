package main

import (
	"context"
	"fmt"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime/export"
	"github.com/passmuster/muster/internal/store"
)

// exportFlags say where the insights go when the server ends.
type exportFlags struct {
	Export string `placeholder:"DIR|s3://BUCKET/PREFIX" help:"At the end, export sessions and insights as CSV and Parquet to a folder or an S3-compatible store."`
}

// exporter takes the playtime half as it is made and saves what it knows at the end.
type exporter struct {
	where  string
	store  export.Store
	source export.Source
}

// exporter opens the store, so that one that cannot be opened is known before anything is served.
func (f exportFlags) exporter(ctx context.Context) (*exporter, error) {
	e := &exporter{where: f.Export}
	if f.Export == "" {
		return e, nil
	}
	var err error
	if e.store, err = store.Open(ctx, f.Export); err != nil {
		return nil, usage(err, "for example --export insights/ or --export s3://bucket/prefix with AWS_ENDPOINT_URL for a store that is not AWS")
	}
	return e, nil
}

// made notes the half that can be exported.
func (e *exporter) made(half contract.Responder) {
	if source, ok := half.(export.Source); ok {
		e.source = source
	}
}

// save writes every table in every format.
func (e *exporter) save(v *voice) error {
	if e.store == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
	defer cancel()
	if err := export.Save(ctx, e.store, e.source, export.Formats()...); err != nil {
		return usage(fmt.Errorf("export to %s: %w", e.where, err), "is the store there, and may it be written?")
	}
	v.say("exported sessions and insights to %s", e.where)
	return nil
}
