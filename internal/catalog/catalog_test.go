package catalog

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
)

func TestEveryContractFolderIsListed(t *testing.T) {
	var listed []string
	for _, c := range Contracts() {
		listed = append(listed, c.Name)
	}
	if folders := folders(t, "../contract"); !slices.Equal(folders, slices.Sorted(slices.Values(listed))) {
		t.Errorf("folders of contracts %v, but the catalog lists %v", folders, listed)
	}
}

func TestEveryTransportFolderIsListed(t *testing.T) {
	var listed []string
	for _, tr := range Transports() {
		listed = append(listed, string(tr.Name)+"driver")
	}
	drivers := slices.DeleteFunc(folders(t, "../transport"), func(name string) bool { return !strings.HasSuffix(name, "driver") })
	if !slices.Equal(drivers, slices.Sorted(slices.Values(listed))) {
		t.Errorf("folders of drivers %v, but the catalog lists %v", drivers, listed)
	}
}

// folders lists the sub-folders of dir in order.
func folders(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.FromSlash(dir))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

func TestRegisterHoldsAndMutantsCiteIt(t *testing.T) {
	register, err := Register(&target.Target{})
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, c := range Contracts() {
		for _, m := range c.Mutants() {
			clause, known := register.Lookup(m.Clause)
			if !known || clause.Check == nil {
				t.Errorf("mutant %s cites clause %q, which is not a clause that can be checked", m.Name, m.Clause)
			}
			if names[m.Name] {
				t.Errorf("mutant name %s is used twice", m.Name)
			}
			names[m.Name] = true
		}
	}
}

func TestEveryClauseNamesItsContractAndAKnownTransport(t *testing.T) {
	known := []contract.Transport{"", contract.HTTP, contract.Kafka, contract.SNS}
	for _, c := range Contracts() {
		for _, clause := range c.Clauses(&target.Target{}) {
			if !strings.HasPrefix(clause.ID, c.Name+"/") {
				t.Errorf("clause %s does not begin with its contract's name %s", clause.ID, c.Name)
			}
			if !slices.Contains(known, clause.Transport) {
				t.Errorf("clause %s: unknown transport %q", clause.ID, clause.Transport)
			}
		}
	}
}

func TestSecretsCoverEverySecretOfATarget(t *testing.T) {
	kafka := &target.Kafka{SASL: &target.SASL{Password: "p1"}}
	sns := &target.SNS{Credentials: &target.AWSCredentials{AccessKeyID: "no secret", SecretAccessKey: "s"}}
	back := &target.Kafka{SASL: &target.SASL{Password: "p2"}}
	got := Secrets(&target.Target{
		Playtime: &target.Playtime{AccessTokens: []target.Secret{"t1", "t2"}, MetricsKey: "m"},
		Ingest:   &target.Ingest{HTTP: &target.HTTP{APIKey: "a"}, SNS: sns, Kafka: kafka, Readback: &target.Readback{Kafka: back}},
	})
	want := map[string]string{
		"t1": "ACCESS_TOKEN_1", "t2": "ACCESS_TOKEN_2", "m": "METRICS_KEY", "a": "API_KEY", "p1": "KAFKA_PASSWORD", "p2": "READBACK_PASSWORD", "s": "AWS_SECRET_ACCESS_KEY",
	}
	for value, name := range want {
		if got[value] != name {
			t.Errorf("secret %s: got name %q, want %q", value, got[value], name)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %d secrets, want %d", len(got), len(want))
	}
}

// A run that leaves out what takes minutes is whole all the same: nothing that binds depends on it.
func TestNoClauseThatBindsIsSlow(t *testing.T) {
	for _, c := range Contracts() {
		for _, clause := range c.Clauses(&target.Target{}) {
			if clause.Slow && (clause.Level == contract.Must || clause.Check == nil) {
				t.Errorf("clause %s is slow, a %s and has a check: %t; want at most a SHOULD with a check", clause.ID, clause.Level, clause.Check != nil)
			}
		}
	}
}
