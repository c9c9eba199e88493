package target_test

import (
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/passmuster/muster/internal/golden"
	"github.com/passmuster/muster/internal/strict"
	"github.com/passmuster/muster/internal/target"
)

// hidden is part of every secret in these tests: what shows it shows a secret.
const hidden = "hunter2"

// environment is what the tests' target files can refer to.
func environment(name string) (string, bool) {
	if name == "EMPTY" {
		return "", true
	}
	if name == "URL" || name == "BAD" {
		return map[string]string{"URL": "https://acme.example/v1", "BAD": "ftp://" + hidden}[name], true
	}
	if strings.HasPrefix(name, "ACME_") || strings.HasPrefix(name, "MUSTER_") {
		return hidden + "-" + name, true
	}
	return "", false
}

// folder makes a folder with the files that the tests' target files name, and returns it with the authority's PEM.
func folder(t testing.TB) (string, []byte) {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	server.Close()
	dir := t.TempDir()
	for name, data := range map[string]string{
		"ca.pem":     "# the authority\n" + string(authority),
		"key.pem":    string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte(hidden)})),
		"broken.pem": string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte(hidden)})),
		"text.pem":   "not PEM\n",
		"tokens.txt": "# users\n\n" + hidden + "-a\r\n  " + hidden + "-b  \n" + hidden + "-c",
		"odd.txt":    hidden + "-a\n" + hidden + " b\n",
		"none.txt":   "# nobody\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir, []byte("# the authority\n" + string(authority))
}

func example(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile("../../fixtures/targets/" + name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestExample(t *testing.T) {
	dir, authority := folder(t)
	got, err := target.Decode("example.yaml", []byte(example(t, "example")), dir, environment)
	if err != nil {
		t.Fatal(err)
	}
	kafka := func(topic string) *target.Kafka {
		return &target.Kafka{
			Brokers: []string{"broker.acme.example:9093"}, Topic: topic,
			TLS:  &target.TLS{CAFile: "ca.pem", ServerName: "broker.acme.example", CA: authority},
			SASL: &target.SASL{Mechanism: "scram-sha-256", Username: "game", Password: hidden + "-ACME_KAFKA_PASSWORD"},
		}
	}
	want := &target.Target{
		Version: 1, Name: "acme-staging", Load: target.Leave{Allowed: true, MaxRate: 20000},
		Playtime: &target.Playtime{
			BaseURL:      "https://g-1234.modapi.io",
			AccessTokens: []target.Secret{hidden + "-ACME_TOKEN_1", hidden + "-ACME_TOKEN_2"},
			MetricsKey:   hidden + "-ACME_METRICS_KEY",
			APIKey:       hidden + "-ACME_GAME_KEY",
			Insights:     &target.Insights{URL: "https://metrics.acme.example/insights"},
		},
		Ingest: &target.Ingest{
			CartridgeTag: "zeeverse",
			HTTP:         &target.HTTP{BaseURL: "https://ingest.acme.example", APIKey: hidden + "-ACME_INGEST_KEY"},
			Kafka:        kafka("events"),
			SNS:          &target.SNS{TopicARN: "arn:aws:sns:us-east-1:123456789012:events", Region: "us-east-1"},
			Readback:     &target.Readback{Kafka: kafka("accepted")},
		},
		Rulings: map[string]any{"playtime.bad_hash_status": 422},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %#v\nwant %#v", got, want)
	}
	wantClaims := []string{"playtime", "playtime.insights", "ingest.http", "ingest.kafka", "ingest.sns", "ingest.readback"}
	if claims := got.Capabilities(); !reflect.DeepEqual(claims, wantClaims) {
		t.Errorf("claims %q, want %q", claims, wantClaims)
	}
}

// No encoder and no format shows what came from the environment or from a file.
func TestSecretsStayInside(t *testing.T) {
	dir, _ := folder(t)
	got, err := target.Decode("example.yaml", []byte(example(t, "example")), dir, environment)
	if err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	asYAML, err := yaml.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		string(asJSON), string(asYAML),
		fmt.Sprintf("%v %+v %#v", got.Playtime, got.Playtime, got.Playtime), fmt.Sprintf("%s %q", got.Playtime.MetricsKey, got.Playtime.MetricsKey),
	} {
		if strings.Contains(text, hidden) {
			t.Errorf("shows a secret: %s", text)
		}
	}
	if !strings.Contains(string(asJSON), "[redacted]") {
		t.Error("there is nothing to show that a secret was given")
	}
}

func TestLoad(t *testing.T) {
	dir, _ := folder(t)
	path := filepath.Join(dir, "acme.yaml")
	text := "version: 1\nname: acme\nplaytime:\n  base_url: ${URL}/\n  access_tokens_file: tokens.txt\n  metrics_key: a$${b}$c${ACME_K}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := target.Load(path, environment)
	if err != nil {
		t.Fatal(err)
	}
	want := &target.Playtime{
		BaseURL:          "https://acme.example/v1", // the slash at the end is dropped
		AccessTokens:     []target.Secret{hidden + "-a", hidden + "-b", hidden + "-c"},
		AccessTokensFile: "tokens.txt",
		MetricsKey:       "a${b}$c" + hidden + "-ACME_K",
	}
	if !reflect.DeepEqual(got.Playtime, want) {
		t.Errorf("got %q\nwant %q", got.Playtime.AccessTokens, want.AccessTokens)
	}
	for _, c := range []struct{ path, want string }{
		{"nowhere.yaml", "read target nowhere.yaml: no such file or directory"},
		{dir, "read target " + dir + ": is a directory"},
	} {
		if _, err := target.Load(c.path, environment); err == nil || err.Error() != c.want {
			t.Errorf("Load(%s): got %v, want %s", c.path, err, c.want)
		}
	}
}

// faulty holds, by name, what is wrong in a target file; each is the whole file.
func faulty() []struct{ name, text string } {
	head := "version: 1\nname: acme\n"
	play := func(more string) string {
		return head + "playtime:\n  base_url: https://a.example\n  access_tokens: [a]\n  metrics_key: k\n" + more
	}
	in := func(more string) string { return head + "ingest:\n  cartridge_tag: t\n" + more }
	kafka := func(more string) string { return in("  kafka:\n    brokers: [\"b:1\"]\n    topic: t\n" + more) }
	url := func(u string) string {
		return head + "playtime: {base_url: \"" + u + "\", access_tokens: [a], metrics_key: k}\n"
	}
	return []struct{ name, text string }{
		{"empty", ""},
		{"nothing required is there", "load: {}\n"},
		{"no capability", head},
		{"misspelt capability", head + "playtimes: {}\n"},
		{"general", "version: 7\nname: Acme Staging\nload: {max_rate: -1}\nplaytime: {}\ningest: {}\n"},
		{"load", head + "load: {allowed: yes, max_rate: 5/s}\nplaytime: 5\n"},
		{"unset", head + "playtime:\n  base_url: ${URL}\n  access_tokens: [\"${NOT_1}\", \"${EMPTY}\"]\n  metrics_key: x${NOT_2}y${NOT_3}\n"},
		{"no reference", head + "playtime:\n  base_url: ${URL}\n  access_tokens: [\"${1}\"]\n  metrics_key: \"${\"\n"},
		{"from the environment", head + "playtime:\n  base_url: ${BAD}\n  access_tokens: [\"${ACME_T}\"]\n  metrics_key: k\n"},
		{"tokens odd", head + "playtime:\n  base_url: ${URL}\n  access_tokens: [\"" + hidden + " x\", \"\", ok, \"" + hidden + "ä\"]\n  metrics_key: \"\"\n"},
		{"tokens: none", head + "playtime: {base_url: \"${URL}\", access_tokens: [], metrics_key: \"a\\nb\"}\n"},
		{"api key of nothing", play("  api_key: \"${EMPTY}\"\n")},
		{"tokens twice", play("  access_tokens_file: tokens.txt\n")},
		{"tokens file: odd", head + "playtime: {base_url: \"${URL}\", access_tokens_file: odd.txt, metrics_key: k}\n"},
		{"tokens file: none", head + "playtime: {base_url: \"${URL}\", access_tokens_file: none.txt, metrics_key: k}\n"},
		{"tokens file: missing", head + "playtime: {base_url: \"${URL}\", access_tokens_file: gone.txt, metrics_key: k}\n"},
		{"url: relative", url("a.example/x")},
		{"url: no scheme", url("127.0.0.1:80")},
		{"url: other scheme", url("ftp://a.example")},
		{"url: no host", url("https:///x")},
		{"url: port", url("https://a.example:99999")},
		{"url: query", url("https://a.example/?x=1")},
		{"url: fragment", url("https://a.example/#x")},
		{"url: password", url("https://u:" + hidden + "@a.example")},
		{"url: password, malformed", url("http:/u:" + hidden + "@a.example")},
		{"insights", play("  insights: {}\n")},
		{"ingest: no door", in("")},
		{"ingest: no tag", head + "ingest: {cartridge_tag: \" \", http: {base_url: x, api_key: \"\"}}\n"},
		{"brokers", in("  kafka: {brokers: [b, \"b:0\", \":1\", \"b:x\", \"b:1\", \"a b:1\", \"u:" + hidden + "@b:1\"], topic: \"a b\"}\n")},
		{"no brokers", in("  kafka: {brokers: [], topic: ..}\n")},
		{"authority: missing", kafka("    tls: {ca_file: gone.pem}\n")},
		{"authority: a key", kafka("    tls: {ca_file: key.pem}\n")},
		{"authority: broken", kafka("    tls: {ca_file: broken.pem}\n")},
		{"authority: text", kafka("    tls: {ca_file: text.pem}\n")},
		{"authority: nothing", kafka("    tls: {ca_file: \"\"}\n")},
		{"authority: from the environment", kafka("    tls: {ca_file: \"${ACME_CA}\"}\n")},
		{"sasl", kafka("    sasl: {mechanism: plain, username: \"\", password: \"\"}\n")},
		{"sasl: nothing", kafka("    sasl: {}\n")},
		{"sns", in("  sns: {topic_arn: events, region: \"\", endpoint_url: localhost}\n")},
		{"sns: another region", in("  sns: {topic_arn: \"arn:aws:sns:us-east-1:123456789012:events\", region: eu-west-1}\n")},
		{"readback: none", kafka("  readback: {}\n")},
		{"readback: both", kafka("  readback:\n    http: {url: x}\n    kafka: {brokers: [\"b:1\"], topic: t}\n")},
		{"rulings", play("rulings: {playtime.bad_hash_sttus: 422, playtime.bad_hash_status: 200, teapots: 1}\n")},
		{"ruling by reference", play("rulings: {playtime.bad_hash_status: \"${ACME_STATUS}\"}\n")},
		{"secrets in wrong places", head + "playtime:\n  base_url: 5\n  access_tokens: " + hidden + "\n  metrics_key: [" + hidden + "]\n" +
			"ingest: " + hidden + "\n"},
		{"a secret without a space", head + "playtime:\n  metrics_key:" + hidden + "\n"},
	}
}

func TestFaultsGolden(t *testing.T) {
	dir, _ := folder(t)
	var b strings.Builder
	for _, c := range faulty() {
		_, err := target.Decode("acme.yaml", []byte(c.text), dir, environment)
		var faults strict.Faults
		if !errors.As(err, &faults) {
			t.Errorf("%s: got %v, want faults", c.name, err)
			continue
		}
		b.WriteString("# " + c.name + "\n" + faults.Error() + "\n")
		if hint := faults.Hint(); hint != "" {
			b.WriteString("hint: " + hint + "\n")
		}
		b.WriteString("\n")
	}
	if strings.Contains(b.String(), hidden) {
		t.Error("a fault shows a secret")
	}
	golden.Check(t, "faults.golden", b.String())
}

func TestLoopback(t *testing.T) {
	play := func(u string) *target.Target { return &target.Target{Playtime: &target.Playtime{BaseURL: u}} }
	broker := func(b ...string) *target.Kafka { return &target.Kafka{Brokers: b} }
	in := func(in target.Ingest) *target.Target { return &target.Target{Ingest: &in} }
	for name, c := range map[string]struct {
		target *target.Target
		want   bool
	}{
		"nothing":              {&target.Target{}, false},
		"IPv4":                 {play("http://127.0.0.1:8080"), true},
		"IPv4, another":        {play("http://127.8.9.1"), true},
		"IPv6":                 {play("http://[::1]:8080/x"), true},
		"IPv4 in IPv6":         {play("http://[::ffff:127.0.0.1]"), true},
		"localhost":            {play("https://LocalHost:1"), true},
		"localhost, rooted":    {play("https://localhost.:1"), true},
		"looks like localhost": {play("https://localhost.example"), false},
		"looks like loopback":  {play("https://127.0.0.1.example"), false},
		"user in front":        {play("https://127.0.0.1@acme.example"), false},
		"any":                  {play("http://0.0.0.0:80"), false},
		"private":              {play("http://10.0.0.1"), false},
		"name":                 {play("https://acme.example"), false},
		"no URL":               {play("::"), false},
		"insights elsewhere": {&target.Target{Playtime: &target.Playtime{
			BaseURL: "http://127.0.0.1", Insights: &target.Insights{URL: "http://acme.example"}}}, false},
		"insights here": {&target.Target{Playtime: &target.Playtime{
			BaseURL: "http://127.0.0.1", Insights: &target.Insights{URL: "http://127.0.0.1"}}}, true},
		"brokers here":          {in(target.Ingest{Kafka: broker("127.0.0.1:1", "[::1]:2", "localhost:3")}), true},
		"one broker elsewhere":  {in(target.Ingest{Kafka: broker("127.0.0.1:1", "b.example:2")}), false},
		"broker without a port": {in(target.Ingest{Kafka: broker("127.0.0.1")}), false},
		"http elsewhere":        {in(target.Ingest{Kafka: broker("127.0.0.1:1"), HTTP: &target.HTTP{BaseURL: "http://a.example"}}), false},
		"AWS":                   {in(target.Ingest{SNS: &target.SNS{}}), false},
		"SNS emulator":          {in(target.Ingest{SNS: &target.SNS{EndpointURL: "http://localhost:4566"}}), true},
		"readback by Kafka":     {in(target.Ingest{Kafka: broker("127.0.0.1:1"), Readback: &target.Readback{Kafka: broker("b.example:1")}}), false},
		"readback by HTTP": {in(target.Ingest{Kafka: broker("127.0.0.1:1"), Readback: &target.Readback{
			HTTP: &target.ReadbackHTTP{URL: "http://a.example"}}}), false},
	} {
		if got := c.target.Loopback(); got != c.want {
			t.Errorf("%s: got %t, want %t", name, got, c.want)
		}
	}
}

// FuzzDecode: whatever the bytes, there is a target or there are faults, never a panic, and no fault shows what the
// environment holds.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(example(f, "example")))
	f.Add([]byte(example(f, "minimal")))
	for _, c := range faulty() {
		f.Add([]byte(strings.ReplaceAll(c.text, hidden, "s")))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if strings.Contains(string(data), "/") && strings.Contains(string(data), "_file") {
			return // no files outside the tests' own folder
		}
		got, err := target.Decode("f.yaml", data, "testdata", environment)
		if (got == nil) == (err == nil) {
			t.Fatalf("got %v and %v, want a target or faults", got, err)
		}
		if err != nil && strings.Contains(err.Error(), hidden) && !strings.Contains(string(data), hidden) {
			t.Errorf("a fault shows what the environment holds: %v", err)
		}
	})
}
