//go:build integration

package sns

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// patience bounds every wait of these tests, cold starts of other people's programs included.
const patience = 60 * time.Second

// Where `.ci/integration-setup` puts what others wrote.
const (
	python = "../../../bin/interop-sns/bin/python"
	node   = "peers/node_modules/node/bin/node" // fauxqs wants a newer one than distributions have
)

func TestMain(m *testing.M) {
	for _, tool := range []string{node, python} {
		if _, err := os.Stat(tool); err != nil {
			fmt.Fprintf(os.Stderr, "%v; run .ci/integration-setup\n", err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// quietly is the environment of a foreign program: without what would have it look for an account of AWS.
func quietly() []string {
	return append(os.Environ(), "AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null")
}

// serve starts a foreign server for the length of the test and returns the address that it says on its first line.
func serve(t *testing.T, program ...string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), program[0], program[1:]...)
	c.Env = quietly()
	var complaints bytes.Buffer
	c.Stderr = &complaints
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = c.Wait() // t's context kills what does not end by itself
	})
	line := make(chan string, 1)
	go func() {
		text, _ := bufio.NewReader(out).ReadString('\n')
		line <- strings.TrimSpace(text)
	}()
	select {
	case address := <-line:
		if !strings.HasPrefix(address, "http://127.0.0.1:") {
			t.Fatalf("%v says %q, want its address\n%s", program, address, &complaints)
		}
		return address
	case <-time.After(patience):
		t.Fatalf("%v is not ready after %v\n%s", program, patience, &complaints)
		panic("unreachable")
	}
}

// job says what a foreign SDK is to do.
type job struct {
	Endpoint   string     `json:"endpoint"`
	Region     string     `json:"region"`
	Topic      string     `json:"topic"`
	AccessKey  string     `json:"access_key"`
	Secret     string     `json:"secret"`
	Subscriber string     `json:"subscriber,omitempty"`
	Messages   []string   `json:"messages,omitempty"`
	Batches    [][]string `json:"batches,omitempty"`
}

// report is what it says of it.
type report struct {
	IDs    []string `json:"ids"`
	Failed []string `json:"failed"`
	Error  string   `json:"error"`
}

// do runs a foreign SDK.
func do(t *testing.T, program []string, j job) report {
	t.Helper()
	in, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := exec.CommandContext(ctx, program[0], program[1:]...)
	c.Env = quietly()
	c.Stdin = bytes.NewReader(in)
	var complaints bytes.Buffer
	c.Stderr = &complaints
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", program, err, &complaints)
	}
	var r report
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatalf("%v said %q: %v", program, out, err)
	}
	return r
}
