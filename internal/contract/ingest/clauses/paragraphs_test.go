package clauses_test

import (
	"testing"

	"github.com/passmuster/muster/internal/contract/ingest/clauses"
	"github.com/passmuster/muster/internal/paragraphs"
	"github.com/passmuster/muster/internal/target"
)

func TestEveryParagraphOfTheDocumentIsTreated(t *testing.T) {
	paragraphs.Check(t, "paragraphs.json", "treasure-analytics-ingestion.txt", clauses.All(&target.Target{}))
}
