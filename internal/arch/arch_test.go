package arch

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// listed is the part of `go list -json` that the rules need.
type listed struct {
	ImportPath string
	Imports    []string
	Doc        string
}

func TestImportsGoDownOnly(t *testing.T) {
	for _, p := range packages(t) {
		floor, known := floors[p.ImportPath]
		if !known {
			t.Errorf("package %s has no floor: give it one in lattice_test.go", p.ImportPath)
			continue
		}
		for _, imported := range own(p) {
			if floors[imported] >= floor {
				t.Errorf("%s (floor %d) imports %s (floor %d): only lower floors may be imported",
					p.ImportPath, floor, imported, floors[imported])
			}
		}
	}
}

func TestFloorsNameOnlyPackagesThatExist(t *testing.T) {
	exist := map[string]bool{}
	for _, p := range packages(t) {
		exist[p.ImportPath] = true
	}
	for name := range floors {
		if !exist[name] {
			t.Errorf("lattice names %s, which does not exist", name)
		}
	}
}

func TestForeignModulesStayInTheirRoom(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			for _, rule := range soleImporters {
				if strings.HasPrefix(imported, rule.module) && !slices.Contains(rule.by, p.ImportPath) {
					t.Errorf("%s imports %s: only %v may, because %s", p.ImportPath, imported, rule.by, rule.why)
				}
			}
		}
	}
}

func TestRoleFoldersNameNoContract(t *testing.T) {
	for _, p := range packages(t) {
		if !slices.Contains(nameless, p.ImportPath) {
			continue
		}
		for _, imported := range own(p) {
			if strings.HasPrefix(imported, "internal/contract/") {
				t.Errorf("%s imports %s: it gets contracts as arguments", p.ImportPath, imported)
			}
		}
	}
}

func TestHalvesDoNotKnowEachOther(t *testing.T) {
	for _, p := range packages(t) {
		if !slices.Contains(strangers, p.ImportPath) {
			continue
		}
		for _, imported := range own(p) {
			if slices.Contains(strangers, imported) {
				t.Errorf("%s imports %s: they meet in the contract and in the run directory only", p.ImportPath, imported)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	for _, p := range packages(t) {
		if len(p.Doc) < 40 {
			t.Errorf("package %s has no doc comment that says what it is for", p.ImportPath)
		}
	}
}

// packages returns every package of the project, its import path relative to the module. Imports of tests do not count.
func packages(t *testing.T) []listed {
	t.Helper()
	touch(t)
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,Doc", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatalf("decode go list: %v", err)
		}
		p.ImportPath = strings.TrimPrefix(p.ImportPath, module)
		all = append(all, p)
	}
}

// touch looks at every Go file of the project, so that a cached result is used only while none of them has changed:
// what the go command reads in a process of its own, the test cache does not know of.
func touch(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		_, err = os.Stat(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// own returns the imports of p that belong to the project, relative to the module.
func own(p listed) []string {
	var paths []string
	for _, imported := range p.Imports {
		if rest, ok := strings.CutPrefix(imported, module); ok {
			paths = append(paths, rest)
		}
	}
	return paths
}
