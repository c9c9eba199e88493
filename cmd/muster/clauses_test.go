package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/passmuster/muster/internal/catalog"
	"github.com/passmuster/muster/internal/target"
)

// committed is where the Markdown list of all clauses is kept for readers.
const committed = "../../conformance/CLAUSES.md"

func TestCommittedClausesAreFresh(t *testing.T) {
	register, err := catalog.Register(&target.Target{})
	if err != nil {
		t.Fatal(err)
	}
	var fresh bytes.Buffer
	if err := listMarkdown(&fresh, register); err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(committed)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, fresh.Bytes()) {
		t.Errorf("conformance/CLAUSES.md is stale: run `make clauses`")
	}
}
