package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// canaries are secrets that nearly every encoding writes otherwise, by the variable that a target file takes them from.
var canaries = map[string]string{
	"CANARY_TOKEN":          `tok+en/1=%41"x\y-canary`,
	"CANARY_METRICS":        `metrics+key/=%"\ü-canary`,
	"CANARY_GAME":           `game+key/=%"\ü-canary`,
	"CANARY_API":            `api+key/=%"\ü-canary`,
	"CANARY_KAFKA":          `kafka+pass/=%"\ü-canary`,
	"CANARY_READBACK":       `readback+pass/=%"\ü-canary`,
	"AWS_SECRET_ACCESS_KEY": `aws+secret/=%"\ü-canary`,
}

// TestNoArtefactHoldsASecret plants canaries in a target that echoes whatever it is sent, in every encoding, and looks for
// them in everything that conform, load and rehearse leave, print and show live, and that report makes of it.
func TestNoArtefactHoldsASecret(t *testing.T) {
	for name, value := range canaries {
		t.Setenv(name, value)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDCANARY")
	asMuster(t)
	t.Setenv("GITHUB_STEP_SUMMARY", filepath.Join(t.TempDir(), "step.md"))
	scenario := filepath.Join(t.TempDir(), "tiny.yaml")
	write(t, scenario, "version: 1\nname: tiny\nduration: 1s\nplayers:\n  ccu: [{at: 0s, players: 3}]\n  session: {law: fixed, mean: 500ms}\n  heartbeat: {period: 200ms}\nevents:\n  every: 200ms\n  transport: {http: 1}\ngenerator: {max_lag: 1m}\n")
	address := serves(t, echoes)
	doors := fmt.Sprintf(`
playtime: {base_url: "http://%[1]s", access_tokens: ["${CANARY_TOKEN}"], metrics_key: "${CANARY_METRICS}", api_key: "${CANARY_GAME}", insights: {url: "http://%[1]s/insights"}}
ingest:
  cartridge_tag: zeeverse
  http: {base_url: "http://%[1]s", api_key: "${CANARY_API}"}
`, address)
	closed := speaks(reset)(t)
	kafka := doors + fmt.Sprintf("  kafka: {brokers: [%q], topic: events, sasl: {mechanism: scram-sha-256, username: game, password: \"${CANARY_KAFKA}\"}}\n"+
		"  readback: {kafka: {brokers: [%q], topic: events, sasl: {mechanism: scram-sha-256, username: game, password: \"${CANARY_READBACK}\"}}}\n", closed, closed)
	sns := doors + fmt.Sprintf("  sns: {topic_arn: \"arn:aws:sns:eu-west-1:123456789012:events\", region: eu-west-1, endpoint_url: \"http://%s\"}\n", address)
	for _, c := range []struct {
		name, sections string
		args           []string
		codes          []int
		leaves         bool // a run directory
	}{
		{"conform", doors, []string{"conform"}, []int{exitFailed}, true},
		{"conform by two processes", doors, []string{"conform", "--procs", "2"}, []int{exitFailed}, true},
		{"conform as JSON", doors, []string{"conform", "--json"}, []int{exitFailed}, true},
		{"conform by SNS", sns, []string{"conform"}, []int{exitFailed, exitInvalid}, false},
		{"conform by Kafka", kafka, []string{"conform"}, []int{exitInvalid}, false},
		{"load", doors, []string{"load", scenario, "--live", ":0"}, []int{exitFailed}, true},
		{"load by Kafka", kafka, []string{"load", scenario}, []int{exitInvalid}, false},
		{"rehearse", doors, []string{"rehearse", scenario, "--live", ":0"}, []int{exitFailed}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			out := filepath.Join(dir, "run")
			var said follower
			code := run(append(c.args, "--target", targetFile(t, c.sections), "--out", out), &said, &said)
			if !slices.Contains(c.codes, code) {
				t.Errorf("exit code %d, want one of %v:\n%s", code, c.codes, head(said.said.String()))
			}
			if _, err := os.Stat(out); c.leaves && err != nil {
				t.Fatal(err)
			}
			if c.leaves && run([]string{"report", out}, &said, &said) != code {
				t.Error("report ends otherwise than the run")
			}
			searched(t, "its words", said.said.String())
			searched(t, "the live page", said.seen(t, slices.Contains(c.args, "--live")))
			searchedAll(t, dir)
			searchedAll(t, filepath.Dir(os.Getenv("GITHUB_STEP_SUMMARY")))
			if c.leaves && c.args[0] != "load" && !strings.Contains(content(t, filepath.Join(out, "findings.jsonl")), "$METRICS_KEY") {
				t.Error("no evidence shows that an echo was redacted: the test proves nothing")
			}
		})
	}
}

// follower keeps what is said, and looks at the live page until its end as soon as it is told where that is.
type follower struct {
	said    bytes.Buffer
	looking sync.WaitGroup
	page    string
	fault   error
}

// Write keeps what is said.
func (f *follower) Write(said []byte) (int, error) {
	if _, url, is := strings.Cut(string(said), "live at "); is {
		f.looking.Go(func() { f.page, f.fault = allOf(strings.TrimSpace(url)) })
	}
	return f.said.Write(said)
}

// allOf is all that a live page ever shows.
func allOf(url string) (string, error) {
	all := ""
	for _, path := range []string{"", "events"} {
		reply, err := http.Get(url + path) //nolint:gosec // the server that was just told of, which ends by itself
		if err != nil {
			return all, err
		}
		text, err := io.ReadAll(reply.Body)
		all += string(text)
		if err := errors.Join(err, reply.Body.Close()); err != nil {
			return all, err
		}
	}
	return all, nil
}

// seen is what the page showed, if there was to be one.
func (f *follower) seen(t *testing.T, wanted bool) string {
	t.Helper()
	f.looking.Wait()
	if f.fault != nil || wanted && !strings.Contains(f.page, "event: end") {
		t.Errorf("the live page was not seen to its end: %v", f.fault)
	}
	return f.page
}

// echoes refuses everything and says why in the words of whoever asked, and with every canary that it can know in every
// encoding.
func echoes(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	w.Header().Set("X-Echo", r.Header.Get("Authorization"))
	w.Header().Set("X-Key", r.Header.Get("X-Api-Key"))
	w.WriteHeader(http.StatusTeapot)
	for _, name := range []string{"CANARY_TOKEN", "CANARY_METRICS", "CANARY_GAME", "CANARY_API", "AWS_SECRET_ACCESS_KEY"} {
		for form, hidden := range forms(canaries[name]) {
			if !strings.Contains(form, "shifted") {
				_, _ = fmt.Fprintf(w, "%s ", hidden)
			}
		}
		for shift := 1; shift < 3; shift++ {
			_, _ = fmt.Fprintf(w, "%s ", shifted(canaries[name], shift))
		}
	}
	_, _ = fmt.Fprintf(w, "%q %q\n%s\n", r.URL, r.Header, body)
}

// shifted is a secret in base64 behind so many other bytes.
func shifted(secret string, shift int) string {
	return base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + secret + "xx"))
}

// forms are the six encodings in which a secret is looked for; base64 at its three alignments, without what lies next to it.
func forms(secret string) map[string]string {
	quoted, _ := json.Marshal(secret)
	all := map[string]string{
		"plain":                   secret,
		"hex":                     hex.EncodeToString([]byte(secret)),
		"URL-escaped":             url.QueryEscape(secret),
		"JSON-escaped":            string(quoted[1 : len(quoted)-1]),
		"base64":                  base64.StdEncoding.EncodeToString([]byte(secret)),
		"base64 of URLs":          base64.RawURLEncoding.EncodeToString([]byte(secret)),
		"an Authorization header": "Basic " + base64.StdEncoding.EncodeToString([]byte("user:"+secret)),
		"a bearer's header":       "Bearer " + secret,
	}
	for shift := 1; shift < 3; shift++ {
		long := shifted(secret, shift)
		all[fmt.Sprintf("base64, shifted by %d", shift)] = long[4 : len(long)-8]
	}
	return all
}

// searchedAll looks for canaries in every file below dir.
func searchedAll(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			searched(t, filepath.Base(path), content(t, path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func searched(t *testing.T, where, text string) {
	t.Helper()
	for name, value := range canaries {
		for form, hidden := range forms(value) {
			if strings.Contains(text, hidden) {
				t.Errorf("%s holds %s as %s", where, name, form)
			}
			inJSON, _ := json.Marshal(hidden) // a file of JSON escapes once more
			if strings.Contains(text, string(inJSON[1:len(inJSON)-1])) {
				t.Errorf("%s holds %s as %s, within JSON", where, name, form)
			}
		}
	}
}
