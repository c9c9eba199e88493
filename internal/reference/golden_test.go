package reference

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestTargetFileText holds the text of a target file, with tokens within it and beside it.
func TestTargetFileText(t *testing.T) {
	for name, tokensFile := range map[string]string{"inline.yaml": "", "tokens-file.yaml": "ref-tokens.txt"} {
		opts := Options{CartridgeTag: `a "quoted" ${TAG}`}
		described := describe(opts, draw("golden", 2), "http://127.0.0.1:8080", "127.0.0.1:9092", []byte("PEM"))
		got, err := renderTarget(described, "ref-ca.pem", tokensFile)
		if err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(golden, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(golden); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s (%v):\n%s\nwant:\n%s", name, err, got, want)
		}
	}
}
