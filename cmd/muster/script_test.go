package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// waitLimit bounds every wait of a script for something that another process does.
const waitLimit = 30 * time.Second

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"muster": func() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) },
	})
}

func TestScripts(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("TAKEN", taken.Addr().String()) // an address that somebody listens on
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":   exits,
			"await":   await,
			"damage":  damage,
			"replace": replace,
			"same":    same,
			"scrape":  scrape,
		},
	})
}

// exits runs a command and demands its exit code: exits CODE COMMAND [ARG ...]
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARG ...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// await waits until a file exists, and holds a text if one is given: await FILE [TEXT]
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: await FILE [TEXT]")
	}
	for deadline := time.Now().Add(waitLimit); ; time.Sleep(10 * time.Millisecond) {
		if data, err := os.ReadFile(ts.MkAbs(args[0])); err == nil && (len(args) == 1 || strings.Contains(string(data), args[1])) {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%s did not come into being within %s", strings.Join(args, " with "), waitLimit)
		}
	}
}

// scrape reads metrics from the address that is told in FILE until they hold WANT, and writes them into TO: scrape FILE TO WANT
func scrape(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: scrape FILE TO WANT")
	}
	url := regexp.MustCompile(`http://\S+/metrics`).FindString(ts.ReadFile(args[0]))
	client := http.Client{Timeout: waitLimit}
	for deadline := time.Now().Add(waitLimit); ; time.Sleep(10 * time.Millisecond) {
		response, err := client.Get(url)
		ts.Check(err)
		body, err := io.ReadAll(response.Body)
		ts.Check(errors.Join(err, response.Body.Close()))
		if strings.Contains(string(body), args[2]) {
			ts.Check(os.WriteFile(ts.MkAbs(args[1]), body, 0o600))
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%s served no %s within %s", url, args[2], waitLimit)
		}
	}
}

// replace writes a copy of a file with every OLD replaced by NEW: replace OLD NEW FROM TO
func replace(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: replace OLD NEW FROM TO")
	}
	text := ts.ReadFile(args[2])
	if !strings.Contains(text, args[0]) {
		ts.Fatalf("%s does not hold %q", args[2], args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[3]), []byte(strings.ReplaceAll(text, args[0], args[1])), 0o600))
}

// same demands that a line with KEY is the same in two files, and there: same KEY FILE FILE
func same(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: [!] same KEY FILE FILE")
	}
	a, b := line(ts.ReadFile(args[1]), args[0]), line(ts.ReadFile(args[2]), args[0])
	if a == "" || b == "" {
		ts.Fatalf("a file has no line with %q", args[0])
	}
	if (a == b) == neg {
		ts.Fatalf("lines are %q and %q", a, b)
	}
}

// line returns the first line of text that holds key.
func line(text, key string) string {
	for l := range strings.Lines(text) {
		if strings.Contains(l, key) {
			return strings.TrimSpace(l)
		}
	}
	return ""
}

// damage makes what lies in the middle of each file's first line unreadable, or of a file that is not made of lines its
// first record, and cuts off its last bytes: damage FILE ...
func damage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: damage FILE ...")
	}
	for _, name := range args {
		text := []byte(ts.ReadFile(name))
		first := bytes.IndexByte(text, '\n')
		if first < 0 {
			ts.Fatalf("%s has no whole line", name)
		}
		at := first / 2
		if strings.HasSuffix(name, ".bin") {
			at = first + 1
		}
		copy(text[at:], "\xff\xff\x00\xff\xff\xff\xff\x7f")
		ts.Check(os.WriteFile(ts.MkAbs(name), text[:len(text)-5], 0o600))
	}
}
