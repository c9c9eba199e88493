package apachekafka

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func TestSettingsAreWrittenForTheirOwnerOnly(t *testing.T) {
	dir := t.TempDir()
	s := settings{
		Dir: dir, Client: "127.0.0.1:20001", Controller: "127.0.0.1:20002", Advertised: "127.0.0.1:20003",
		Admin: user{"admin", "open"}, Game: user{"game", "sesame"},
	}
	if _, err := s.write(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 4 {
		t.Fatalf("files %q (%v), want 4", files, err)
	}
	for _, f := range files {
		if info, err := os.Stat(f); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v (%v), want mode 0600", f, info.Mode(), err)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, properties))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"\nlisteners=CLIENT://127.0.0.1:20001,CONTROLLER://127.0.0.1:20002\n", "\nadvertised.listeners=CLIENT://127.0.0.1:20003\n",
		"\nsuper.users=User:admin\n", "\nlog.dirs=" + dir + "/data\n", `username="admin" password="open"`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("properties lack %q:\n%s", want, text)
		}
	}
	if strings.Contains(string(text), "sesame") || strings.Contains(string(text), "<no value>") {
		t.Errorf("properties hold what they need not:\n%s", text)
	}
}

// TestIdentityIsTrustedOnLoopback reads the key store as any TLS server would.
func TestIdentityIsTrustedOnLoopback(t *testing.T) {
	ca, keystore, err := identity()
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair(keystore, keystore)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(ca) {
		t.Fatal("the authority is no certificate")
	}
	for _, name := range []string{"127.0.0.1", "localhost"} {
		if _, err := pair.Leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: name}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPortsAreBelowThoseOfClients(t *testing.T) {
	client, controller, err := freePorts(t.Context())
	if err != nil || client == controller {
		t.Fatalf("%s and %s (%v), want two addresses", client, controller, err)
	}
	for _, addr := range []string{client, controller} {
		host, port, err := net.SplitHostPort(addr)
		if n, _ := strconv.Atoi(port); err != nil || host != "127.0.0.1" || n < 1024 || n >= 32768 {
			t.Errorf("%s (%v), want loopback and a port below 32768", addr, err)
		}
	}
}

func TestMissingJarsComeWithAHint(t *testing.T) {
	t.Setenv(jarsVariable, t.TempDir())
	if _, err := Jars(); err == nil || !strings.Contains(err.Error(), "make kafka-jars") {
		t.Errorf("Jars: %v, want a hint how to get them", err)
	}
	dir := t.TempDir()
	jar := filepath.Join(dir, "kafka_2.13-4.0.0.jar")
	if err := os.WriteFile(jar, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv(jarsVariable, dir)
	if got, err := Jars(); err != nil || got != dir {
		t.Errorf("Jars: %q (%v), want %q", got, err, dir)
	}
}
