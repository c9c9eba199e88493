// Package paragraphs holds a contract's clauses against the document that they come from: every paragraph of the document
// has its clauses, or says why it has none, and every clause that rests on the document has its paragraph.
//
// A map of the document (JSON, committed beside the clauses) and the clauses flow in; failures of a test flow out. It is
// for tests only, and may import internal/contract.
package paragraphs

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
)

// Documents is the environment variable that names the folder of the contracts' documents, which are not part of the
// project. Without it the map is checked against the clauses only.
const Documents = "MUSTER_DOCUMENTS"

// paragraph says what became of one paragraph of the document; each line of its samples is one. The text itself is not
// kept, only the first 12 hex digits of its SHA-256, with every run of white space taken for one space.
type paragraph struct {
	Section     string   `json:"section"`
	Ordinal     int      `json:"ordinal"` // within the section, from 1
	Digest      string   `json:"digest"`
	Clauses     []string `json:"clauses,omitempty"`
	SaysNothing string   `json:"says_nothing,omitempty"` // why no clause follows from it
}

// Check tests the map in the file mapped against the clauses of a contract and, where the documents are at hand, against
// the document of this name.
func Check(t *testing.T, mapped, document string, clauses []contract.Clause) {
	t.Helper()
	all := read(t, mapped)
	t.Run("clauses", func(t *testing.T) { checkClauses(t, all, clauses) })
	t.Run("document", func(t *testing.T) {
		folder := os.Getenv(Documents)
		if folder == "" {
			t.Skip(Documents + " names no folder that holds " + document)
		}
		text, err := os.ReadFile(filepath.Join(folder, document))
		if err != nil {
			t.Fatal(err)
		}
		checkDocument(t, all, string(text))
	})
}

func read(t *testing.T, mapped string) []paragraph {
	t.Helper()
	text, err := os.ReadFile(mapped)
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

func checkClauses(t *testing.T, all []paragraph, clauses []contract.Clause) {
	register, err := contract.NewRegister(clauses...)
	if err != nil {
		t.Fatal(err)
	}
	covered, last, section := map[string]bool{}, 0, ""
	for _, p := range all {
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

// checkDocument demands that the map is of the document as it is, paragraph by paragraph.
func checkDocument(t *testing.T, all []paragraph, text string) {
	n := 0
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		sum := sha256.Sum256([]byte(strings.Join(words, " ")))
		if n >= len(all) || all[n].Digest != hex.EncodeToString(sum[:6]) {
			t.Fatalf("paragraph %d of the document, %.40q, is not the one in the map: it is new, was changed, or has moved", n+1, line)
		}
		n++
	}
	if n != len(all) {
		t.Errorf("the document has %d paragraphs, the map %d", n, len(all))
	}
}
