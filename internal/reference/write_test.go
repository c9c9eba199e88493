package reference

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/passmuster/muster/internal/target"
)

func TestWriteTargetWritesWholePrivateFiles(t *testing.T) {
	for players, want := range map[int][]string{
		3:  {"ref-ca.pem", "ref.yaml"},
		11: {"ref-ca.pem", "ref-tokens.txt", "ref.yaml"},
	} {
		dir := t.TempDir()
		s := start(t, Options{Players: players, Seed: "same"})
		for range 2 { // the second replaces the first
			if err := s.WriteTarget(filepath.Join(dir, "ref.yaml")); err != nil {
				t.Fatal(err)
			}
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, e := range entries {
			names = append(names, e.Name())
			if info, err := e.Info(); err != nil || info.Mode().Perm() != private {
				t.Errorf("%s has mode %v (%v), want %v", e.Name(), info.Mode().Perm(), err, private)
			}
		}
		if !slices.Equal(names, want) {
			t.Errorf("%d players: files are %v, want %v", players, names, want)
		}
	}
}

// TestWrittenTargetReadsBackEqual reads what was written as every other verb does.
func TestWrittenTargetReadsBackEqual(t *testing.T) {
	for _, players := range []int{maxInlineTokens, maxInlineTokens + 1} {
		s := start(t, Options{Players: players, CartridgeTag: `a "quoted" ${TAG}`})
		path := filepath.Join(t.TempDir(), "ref.yaml")
		if err := s.WriteTarget(path); err != nil {
			t.Fatal(err)
		}
		got, err := target.Load(path, func(string) (string, bool) { return "", false })
		if err != nil {
			t.Fatal(err)
		}
		got.Playtime.AccessTokensFile = "" // the server's own target names no files
		got.Ingest.Kafka.TLS.CAFile = ""
		got.Ingest.Readback.Kafka.TLS.CAFile = ""
		got.Ingest.SNS.Credentials = s.Target().Ingest.SNS.Credentials // no file has them
		if want := s.Target(); !reflect.DeepEqual(got, want) {
			t.Errorf("%d players: read back %+v, want %+v", players, got, want)
		}
	}
}

func TestWriteTargetKeepsWhatSomebodyElseWrote(t *testing.T) {
	path := filepath.Join(t.TempDir(), "acme.yaml")
	if err := os.WriteFile(path, []byte("version: 1\n"), private); err != nil {
		t.Fatal(err)
	}
	s := start(t, Options{})
	if err := s.WriteTarget(path); err == nil || !strings.Contains(err.Error(), "not written by muster serve") {
		t.Errorf("got %v, want a refusal", err)
	}
	if kept, err := os.ReadFile(path); err != nil || string(kept) != "version: 1\n" {
		t.Errorf("the file now holds %q (%v)", kept, err)
	}
}

func TestWriteTargetNeedsItsFolder(t *testing.T) {
	s := start(t, Options{})
	if err := s.WriteTarget(filepath.Join(t.TempDir(), "none", "ref.yaml")); err == nil {
		t.Error("wrote into a folder that does not exist")
	}
}

func TestCredentialsFollowTheSeed(t *testing.T) {
	a, b, random := draw("s", 5), draw("s", 9), draw("", 5)
	if a.metricsKey != b.metricsKey || !slices.Equal(a.tokens, b.tokens[:5]) {
		t.Error("one seed gave two sets of credentials")
	}
	if a.metricsKey == random.metricsKey || a.apiKey == random.apiKey || a.password == random.password {
		t.Error("random credentials are those of a seed")
	}
	if key := a.metricsKey.Reveal(); len(key) != 36 || key[14] != '4' || !strings.Contains("89ab", key[19:20]) {
		t.Errorf("metrics key %q is no random UUID", key)
	}
	if slices.Sort(b.tokens); len(slices.Compact(b.tokens)) != 9 {
		t.Error("two users have one token")
	}
}

func TestTooManyPlayers(t *testing.T) {
	if _, err := Start(t.Context(), Options{Players: maxPlayers + 1}, nil); err == nil {
		t.Error("started")
	}
}
