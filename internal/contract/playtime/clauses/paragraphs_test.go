package clauses_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime/clauses"
	"github.com/passmuster/muster/internal/target"
)

// document is the file of the contract's document, in the folder that MUSTER_DOCUMENTS names.
const document = "modio-playtime-metrics.txt"

// paragraph says what became of one paragraph of the document; each line of its samples is one. The text itself is not
// kept, only the first 12 hex digits of its SHA-256, with every run of white space taken for one space.
type paragraph struct {
	Section     string   `json:"section"`
	Ordinal     int      `json:"ordinal"` // within the section, from 1
	Digest      string   `json:"digest"`
	Clauses     []string `json:"clauses,omitempty"`
	SaysNothing string   `json:"says_nothing,omitempty"` // why no clause follows from it
}

func paragraphs(t *testing.T) []paragraph {
	t.Helper()
	text, err := os.ReadFile("paragraphs.json")
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var all []paragraph
	if err := d.Decode(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

// Every paragraph of the document has its clauses, or says why it has none, and every clause that rests on the document
// has its paragraph.
func TestParagraphs(t *testing.T) {
	register, err := contract.NewRegister(clauses.All(&target.Target{})...)
	if err != nil {
		t.Fatal(err)
	}
	covered, last, section := map[string]bool{}, 0, ""
	for _, p := range paragraphs(t) {
		if p.Section != section {
			section, last = p.Section, 0
		}
		if last++; p.Ordinal != last {
			t.Errorf("%s: paragraph %d follows %d", p.Section, p.Ordinal, last-1)
		}
		if (len(p.Clauses) == 0) == (p.SaysNothing == "") || len(p.Digest) != 12 {
			t.Errorf("%s, paragraph %d: want a digest, and either clauses or the reason why there are none", p.Section, p.Ordinal)
		}
		for _, id := range p.Clauses {
			if _, known := register.Lookup(id); !known {
				t.Errorf("%s, paragraph %d: no clause %s", p.Section, p.Ordinal, id)
			}
			covered[id] = true
		}
	}
	for _, c := range register.Clauses() {
		if strings.HasPrefix(c.Basis, "document") && !covered[c.ID] {
			t.Errorf("%s rests on the %s, but no paragraph has it", c.ID, c.Basis)
		}
	}
}

// The map is of the document as it is, paragraph by paragraph, where the document is at hand.
func TestParagraphsAreTheDocuments(t *testing.T) {
	folder := os.Getenv("MUSTER_DOCUMENTS")
	if folder == "" {
		t.Skip("MUSTER_DOCUMENTS names no folder that holds " + document)
	}
	text, err := os.ReadFile(filepath.Join(folder, document))
	if err != nil {
		t.Fatal(err)
	}
	mapped := paragraphs(t)
	n := 0
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		sum := sha256.Sum256([]byte(strings.Join(words, " ")))
		if n >= len(mapped) || mapped[n].Digest != hex.EncodeToString(sum[:6]) {
			t.Fatalf("paragraph %d of the document, %.40q, is not the one in the map: it is new, was changed, or has moved", n+1, line)
		}
		n++
	}
	if n != len(mapped) {
		t.Errorf("the document has %d paragraphs, the map %d", n, len(mapped))
	}
}
