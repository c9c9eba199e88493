package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// TestExportIntoABucket exports a run into an S3-compatible store, and reads it from there.
func TestExportIntoABucket(t *testing.T) {
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": "eu-west-1",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_PROFILE": "", "AWS_MAX_ATTEMPTS": "1",
	} {
		t.Setenv(name, value)
	}
	backend := s3mem.New()
	if err := backend.CreateBucket("runs"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)

	var stdout, stderr bytes.Buffer
	const run1 = "../../reports/testdata/run-v1"
	if code := run([]string{"report", "export", run1, "--format", "csv,hlog,json", "--to", "s3://runs/nightly?endpoint=" + server.URL}, &stdout, &stderr); code != exitOK {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	for file, want := range map[string]string{
		"frames.csv": "second,operation,planned", "latency.hlog": "#[Histogram log format version", "summary.json": `"schedule_hash"`,
	} {
		if !strings.Contains(stdout.String(), file+"\n") {
			t.Errorf("%s is not named in %q", file, stdout.String())
		}
		reply, err := http.Get(server.URL + "/runs/nightly/" + file)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(reply.Body)
		if err != nil || reply.Body.Close() != nil || reply.StatusCode != http.StatusOK || !strings.Contains(string(body), want) {
			t.Errorf("%s: status %d, %v, %.80q: want one with %q", file, reply.StatusCode, err, body, want)
		}
	}
	if code := run([]string{"report", "export", run1, "--to", "s3://other?endpoint=" + server.URL}, &stdout, &stderr); code != exitUsage || !strings.Contains(stderr.String(), "find bucket other") {
		t.Errorf("a bucket that is not there: exit code %d, %s", code, stderr.String())
	}
}
