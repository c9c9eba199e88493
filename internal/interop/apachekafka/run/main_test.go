package main

import (
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/passmuster/muster/internal/target"
)

// TestTargetFileSaysWhatTheTargetIs writes a target file and reads it as muster does.
func TestTargetFileSaysWhatTheTargetIs(t *testing.T) {
	dir := t.TempDir()
	server := httptest.NewTLSServer(nil) // for its certificate only
	defer server.Close()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	topic := func(name string) *target.Kafka {
		return &target.Kafka{
			Brokers: []string{"127.0.0.1:20001"}, Topic: name, TLS: &target.TLS{CA: ca},
			SASL: &target.SASL{Mechanism: "scram-sha-256", Username: "game", Password: "sesame"},
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "ca.pem"), ca, 0o600); err != nil {
		t.Fatal(err)
	}
	want := &target.Target{Version: 1, Name: "apache-kafka", Ingest: &target.Ingest{
		CartridgeTag: "muster", Kafka: topic("events"), Readback: &target.Readback{Kafka: topic("accepted")},
	}}
	want.Load.Allowed = true
	path, err := write(dir, want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := target.Load(path, os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []*target.Kafka{got.Ingest.Kafka, got.Ingest.Readback.Kafka} {
		k.TLS.CAFile = "" // only the file has it
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read back %+v, want %+v", got, want)
	}
}
