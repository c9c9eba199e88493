package main

import (
	"bytes"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/passmuster/muster/conformance"
)

// The traps of running Ginkgo inside a binary that lie in the command line; the others are in package conformance.

// TestT8GinkgosFlagsStayUnknown: importing Ginkgo adds some fifty flags to the process's own set. They are no flags of
// muster: no help shows them, none is taken, and nothing parses that set.
func TestT8GinkgosFlagsStayUnknown(t *testing.T) {
	theirs := 0
	flag.VisitAll(func(f *flag.Flag) {
		if strings.HasPrefix(f.Name, "ginkgo.") {
			theirs++
		}
	})
	if theirs < 40 {
		t.Fatalf("%d flags of Ginkgo are there: the trap is gone", theirs)
	}
	for _, verb := range [][]string{{}, {"conform"}, {"conform", "run"}, {"conform", "plan"}, {"conform", "replay"}, {"rehearse"}, {"selftest"}} {
		var said bytes.Buffer
		if code := run(append(verb, "--help"), &said, &said); code != exitOK {
			t.Errorf("%q --help: exit code %d", verb, code)
		}
		for _, word := range []string{"ginkgo", "rapid.", "test.run", "conform worker"} {
			if strings.Contains(strings.ToLower(said.String()), word) {
				t.Errorf("the help of %q says %q", verb, word)
			}
		}
	}
	for _, theirs := range []string{"--ginkgo.label-filter=level:MUST", "--ginkgo.dry-run", "-ginkgo.v", "--label-filter=x"} {
		var said bytes.Buffer
		if code := run([]string{"conform", theirs}, &said, &said); code != exitUsage {
			t.Errorf("conform %s: exit code %d, want %d", theirs, code, exitUsage)
		}
	}
	if conformance.DefaultTimeout == 0 { // keeps the import that brings the flags
		t.Error("no time limit")
	}
}

// TestT8NothingParsesTheProcesssOwnFlags in this binary; other programs of the project are free to.
func TestT8NothingParsesTheProcesssOwnFlags(t *testing.T) {
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "node_modules" {
			return filepath.SkipDir
		}
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil || file.Name.Name == "main" && filepath.Base(filepath.Dir(path)) != "muster" {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if pkg, ok := s.X.(*ast.Ident); ok && pkg.Name == "flag" && (s.Sel.Name == "Parse" || s.Sel.Name == "CommandLine" || s.Sel.Name == "PrintDefaults") {
				t.Errorf("%s uses flag.%s", path, s.Sel.Name)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
