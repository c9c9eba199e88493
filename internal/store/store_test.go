package store

import (
	"context"
	"errors"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// s3Store starts a store in memory with one bucket and returns its address.
func s3Store(t *testing.T) string {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": "",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_PROFILE": "", "AWS_MAX_ATTEMPTS": "1",
	} {
		t.Setenv(name, value)
	}
	backend := s3mem.New()
	if err := backend.CreateBucket("metrics"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	return server.URL
}

func TestBucketKeepsObjectsUnderItsPrefix(t *testing.T) {
	endpoint := s3Store(t)
	store, err := Open(t.Context(), "s3://metrics/game/today/?region=eu-west-1&endpoint="+endpoint)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"first", "second"} { // the second in place of the first
		if err := store.Put(t.Context(), "sessions.csv", []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	s3client, ok := store.(*bucket).client.(*s3.Client)
	if !ok {
		t.Fatalf("the client is a %T", store.(*bucket).client)
	}
	got, err := s3client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("metrics"), Key: aws.String("game/today/sessions.csv")})
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(got.Body)
	if err != nil || string(body) != "second" || aws.ToString(got.ContentType) != "text/csv; charset=utf-8" {
		t.Errorf("got %q as %s, %v", body, aws.ToString(got.ContentType), err)
	}
}

func TestABucketThatIsNotThereIsToldAtOnce(t *testing.T) {
	endpoint := s3Store(t)
	for place, want := range map[string]string{
		"s3://other?endpoint=" + endpoint:          "find bucket other",
		"s3://metrics?endpoint=http://127.0.0.1:1": "find bucket metrics",
		"s3:///prefix":                          "want s3://BUCKET/PREFIX",
		"s3://user:word@metrics":                "want s3://BUCKET/PREFIX",
		"s3://metrics?endpoint=ftp://127.0.0.1": "want http://HOST:PORT",
		"s3://metrics?bucket=x":                 `"bucket" is unknown`,
		"s3://metrics?endpoint=%zz":             "invalid URL escape",
		"s3://met%zzrics":                       "invalid URL escape",
		"gs://metrics":                          "want a folder or s3://BUCKET/PREFIX",
		"":                                      "want a folder or s3://BUCKET/PREFIX",
	} {
		if _, err := Open(t.Context(), place); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", place, err, want)
		}
	}
}

func TestAStoreThatFailsLaterSaysSo(t *testing.T) {
	endpoint := s3Store(t)
	store, err := Open(t.Context(), "s3://metrics?endpoint="+endpoint)
	if err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := store.Put(ended, "x.csv", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestFolder(t *testing.T) {
	place := filepath.Join(t.TempDir(), "not", "there")
	store, err := Open(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"first", "second"} {
		if err := store.Put(t.Context(), "sessions.csv", []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(filepath.Join(place, "sessions.csv"))
	files, listed := os.ReadDir(place)
	if err != nil || listed != nil || string(got) != "second" || len(files) != 1 {
		t.Errorf("got %q among %v, %v, %v", got, files, err, listed)
	}
	if err := os.RemoveAll(place); err != nil {
		t.Fatal(err)
	}
	if err := store.Put(t.Context(), "sessions.csv", nil); err == nil {
		t.Error("a folder that is gone takes files")
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), file); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("a file as a folder: %v", err)
	}
}
