package clauses_test

import (
	"testing"

	"github.com/passmuster/muster/internal/contract/playtime/clauses"
	"github.com/passmuster/muster/internal/paragraphs"
	"github.com/passmuster/muster/internal/target"
)

func TestEveryParagraphOfTheDocumentIsTreated(t *testing.T) {
	paragraphs.Check(t, "paragraphs.json", "modio-playtime-metrics.txt", clauses.All(&target.Target{}))
}
