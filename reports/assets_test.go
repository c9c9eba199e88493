package reports

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strings"
	"testing"
)

// What is inlined of uPlot must be what its package holds, of the version that the lock file pins: `make assets` fetches
// it, checks it against the lock's digest and notes the digests of the files. Nobody edits them by hand.
func TestAssetsAreThoseOfTheLockFile(t *testing.T) {
	notes, err := os.ReadFile("assets/uplot/DIGESTS")
	must(t, err)
	lock, err := os.ReadFile("assets/package-lock.json")
	must(t, err)
	lines := strings.Split(strings.TrimSpace(string(notes)), "\n")
	if len(lines) != 4 || !strings.HasPrefix(lines[0], `"integrity": "sha512-`) || !strings.Contains(string(lock), lines[0]) {
		t.Fatalf("the digests are noted of %q, which the lock file does not pin; run make assets", lines[0])
	}
	for _, line := range lines[1:] {
		want, name, _ := strings.Cut(line, "  ")
		text, err := os.ReadFile("assets/uplot/" + name)
		must(t, err)
		if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != want {
			t.Errorf("assets/uplot/%s is not as it was fetched; run make assets", name)
		}
	}
	_, rest, _ := strings.Cut(string(lock), `"node_modules/uplot": {`)
	_, rest, _ = strings.Cut(rest, `"version": "`)
	if version, _, _ := strings.Cut(rest, `"`); version == "" || !strings.Contains(plotScript, "(v"+version+")") {
		t.Errorf("the script is not of version %q, which the lock file pins", version)
	}
	if !strings.Contains(plotLicence, "MIT") || strings.Contains(plotLicence, "*/") || !strings.Contains(pageScript(), plotLicence) {
		t.Error("the page is without uPlot's licence")
	}
}
