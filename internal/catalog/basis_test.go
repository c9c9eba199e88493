package catalog

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/passmuster/muster/internal/target"
)

// rulings is how many rulings there are on what the documents leave open; they are numbered from 1.
const rulings = 39

// The grammar of a basis, as conformance/BASIS.md tells it to readers: parts joined by "; ", each of one of these forms.
var (
	documentPart = regexp.MustCompile(`^document, "([^"]+)"(?:, [^";]+)?$`)
	factPart     = regexp.MustCompile(`^fact (.+)$`)
	rulingPart   = regexp.MustCompile(`^(rulings?) (.+)$`)
	standardPart = regexp.MustCompile(`^(?:RFC [0-9]+|XML 1\.0), [0-9]+(?:\.[0-9]+)*$`)
	tag          = regexp.MustCompile(`^[AB]-(?:[A-Z]|[HKSh]?[1-9][0-9]*)$`)
	number       = regexp.MustCompile(`^[1-9][0-9]*$`)
	detail       = regexp.MustCompile(` \([^()]+\)`) // what of a fact or a ruling is meant
)

// basis is what a clause rests on, taken apart.
type basis struct {
	sections, facts []string
	rulings         []int
}

// parseBasis takes a basis apart and reports everything in it that is not of the grammar.
func parseBasis(text string) (basis, error) {
	var b basis
	var faults []error
	for part := range strings.SplitSeq(text, "; ") {
		faults = append(faults, b.add(part))
	}
	return b, errors.Join(faults...)
}

func (b *basis) add(part string) error {
	if m := documentPart.FindStringSubmatch(part); m != nil {
		b.sections = append(b.sections, m[1])
		return nil
	}
	if m := factPart.FindStringSubmatch(part); m != nil {
		tags, err := cited(tag, m[1])
		b.facts = append(b.facts, tags...)
		return err
	}
	if m := rulingPart.FindStringSubmatch(part); m != nil {
		return b.addRulings(m[1], m[2])
	}
	if !standardPart.MatchString(part) {
		return fmt.Errorf("read basis: part %q: want a document, a fact, a ruling or a standard", part)
	}
	return nil
}

func (b *basis) addRulings(word, list string) error {
	numbers, err := cited(number, list)
	for _, text := range numbers {
		n, _ := strconv.Atoi(text) // digits, by the expression
		b.rulings = append(b.rulings, n)
	}
	if plural := word == "rulings"; err == nil && plural != (len(numbers) > 1) {
		return fmt.Errorf("read basis: %q before %d rulings", word, len(numbers))
	}
	return err
}

// cited reads a list of tags or numbers, each of which may have a detail in parentheses.
func cited(one *regexp.Regexp, list string) ([]string, error) {
	items := strings.Split(detail.ReplaceAllString(list, ""), ", ")
	for _, item := range items {
		if !one.MatchString(item) {
			return nil, fmt.Errorf("read basis: item %q of %q: want %v", item, list, one)
		}
	}
	return items, nil
}

func TestParseBasis(t *testing.T) {
	good, err := parseBasis(`document, "A section", a detail (b, c); fact A-F (JS, Godot), B-h2; RFC 9110, 12.5.1; XML 1.0, 2.2; rulings 1, 18 (a.b)`)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(good), "{[A section] [A-F B-h2] [1 18]}"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, bad := range []string{
		"", "document", "document, Section", `document, "Section",`, "fact", "fact 1.2", "facts A-H1", "fact A-H1,A-H2", "fact A-H1 to A-H3", "fact A-H1, ruling 2",
		"fact A-F (open", "fact A-H1,", "ruling 1, 2", "rulings 1", "ruling one", "rulings 1 and 2", "RFC 8259", "RFC 8259, section 6", "B-8", "ruling 1;ruling 2",
	} {
		if _, err := parseBasis(bad); err == nil {
			t.Errorf("%q is taken for a basis", bad)
		}
	}
}

// Whoever reads a basis can look up all of it: the sections in the map of the document, facts and rulings in BASIS.md.
func TestEveryBasisCanBeLookedUp(t *testing.T) {
	facts, ruled := explained(t)
	for _, c := range Contracts() {
		sections := mapped(t, c.Name)
		for _, clause := range c.Clauses(&target.Target{}) {
			b, err := parseBasis(clause.Basis)
			if err != nil {
				t.Errorf("%s: %v", clause.ID, err)
			}
			for _, tag := range missing(b.facts, facts) {
				t.Errorf("%s cites fact %s, which BASIS.md does not tell", clause.ID, tag)
			}
			for _, n := range missing(b.rulings, ruled) {
				t.Errorf("%s cites ruling %d, which BASIS.md does not tell", clause.ID, n)
			}
			for _, s := range missing(b.sections, sections) {
				t.Errorf("%s cites section %q, which paragraphs.json does not have", clause.ID, s)
			}
		}
	}
}

// Comments cite facts by the same tags.
func TestEveryTagInACommentCanBeLookedUp(t *testing.T) {
	facts, _ := explained(t)
	tags := regexp.MustCompile(`\b[AB]-[HKSh]?[1-9][0-9]?\b`)
	found := 0
	err := filepath.WalkDir("..", func(path string, entry os.DirEntry, err error) error {
		if err == nil && entry.IsDir() && entry.Name() == "node_modules" {
			return filepath.SkipDir
		}
		if err != nil || filepath.Ext(path) != ".go" || filepath.Base(path) == "basis_test.go" {
			return err
		}
		text, err := os.ReadFile(path)
		for _, tag := range tags.FindAllString(string(text), -1) {
			found++
			if !facts[tag] {
				t.Errorf("%s cites fact %s, which BASIS.md does not tell", path, tag)
			}
		}
		return err
	})
	if err != nil || found == 0 {
		t.Errorf("%d tags found in comments: %v", found, err)
	}
}

// No ruling is a dead letter.
func TestEveryRulingIsCited(t *testing.T) {
	_, ruled := explained(t)
	cited := map[int]bool{}
	for _, c := range Contracts() {
		for _, clause := range c.Clauses(&target.Target{}) {
			b, _ := parseBasis(clause.Basis) // TestEveryBasisCanBeLookedUp reports faults
			for _, n := range b.rulings {
				cited[n] = true
			}
		}
	}
	for n := 1; n <= rulings; n++ {
		if !ruled[n] || !cited[n] {
			t.Errorf("ruling %d: told by BASIS.md: %v, cited by a clause: %v", n, ruled[n], cited[n])
		}
	}
	if len(ruled) != rulings {
		t.Errorf("BASIS.md tells %d rulings, want %d", len(ruled), rulings)
	}
}

// explained reads which facts and rulings conformance/BASIS.md tells: each is a row of a table that begins with its tag
// or number, or a heading that does.
func explained(t *testing.T) (facts map[string]bool, ruled map[int]bool) {
	t.Helper()
	text, err := os.ReadFile(filepath.FromSlash("../../conformance/BASIS.md"))
	if err != nil {
		t.Fatal(err)
	}
	facts, ruled = map[string]bool{}, map[int]bool{}
	for _, m := range regexp.MustCompile(`(?m)^(?:\| |### Fact )([AB]-[A-Za-z]*[0-9]*)(?: \||:)`).FindAllStringSubmatch(string(text), -1) {
		if facts[m[1]] {
			t.Errorf("BASIS.md tells fact %s twice", m[1])
		}
		facts[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`(?m)^\| ([0-9]{1,2}) \|`).FindAllStringSubmatch(string(text), -1) {
		n, _ := strconv.Atoi(m[1]) // digits, by the expression
		if ruled[n] {
			t.Errorf("BASIS.md tells ruling %d twice", n)
		}
		ruled[n] = true
	}
	return facts, ruled
}

// mapped returns the sections of a contract's document.
func mapped(t *testing.T, name string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "contract", name, "clauses", "paragraphs.json"))
	if err != nil {
		t.Fatal(err)
	}
	var paragraphs []struct{ Section string }
	if err := json.Unmarshal(text, &paragraphs); err != nil {
		t.Fatal(err)
	}
	sections := map[string]bool{}
	for _, p := range paragraphs {
		sections[p.Section] = true
	}
	return sections
}

// missing returns those that are not known.
func missing[T comparable](all []T, known map[T]bool) []T {
	return slices.DeleteFunc(slices.Clone(all), func(one T) bool { return known[one] })
}
