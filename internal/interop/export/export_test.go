//go:build integration

package export

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
	"github.com/passmuster/muster/internal/contract/playtime/export"
	"github.com/passmuster/muster/internal/contract/playtime/reference"
	"github.com/passmuster/muster/internal/store"
	"github.com/passmuster/muster/internal/target"
)

// patience bounds one run of the reader.
const patience = time.Minute

var epoch = time.UnixMilli(1721714604802)

// exported plays a session that ends and one that does not, and exports them into a folder.
func exported(t *testing.T) string {
	t.Helper()
	tg := &target.Target{Playtime: &target.Playtime{AccessTokens: []target.Secret{"a", "b"}, MetricsKey: "key"}}
	server, err := reference.New(tg, "")
	if err != nil {
		t.Fatal(err)
	}
	renderer, err := playtime.NewRenderer(tg)
	if err != nil {
		t.Fatal(err)
	}
	play := func(a contract.Action) {
		var m contract.Message
		if err := renderer.Render(&m, &a); err != nil {
			t.Fatal(err)
		}
		if got := server.Respond(a.At, &m).Reply; got.Status != 204 {
			t.Fatalf("%s: status %d %s", a.Kind, got.Status, got.Body)
		}
	}
	play(contract.Action{Kind: contract.Start, SessionID: `one, "two"`, Nonce: "1", Order: 1, At: epoch, UGC: []int64{5, 6}, Platform: "ps5", Portal: "psn"})
	play(contract.Action{Kind: contract.Start, Player: 1, SessionID: "open", Nonce: "2", Order: 1, At: epoch.Add(time.Second)})
	play(contract.Action{Kind: contract.End, SessionID: `one, "two"`, Nonce: "3", Order: 2, At: epoch.Add(90*time.Second + 250*time.Millisecond)})
	dir := t.TempDir()
	folder, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := export.Save(t.Context(), folder, server, export.Formats()...); err != nil {
		t.Fatal(err)
	}
	return dir
}

// table is what DuckDB finds in a file.
type table struct {
	Columns []string         `json:"columns"`
	Rows    []map[string]any `json:"rows"`
}

func read(t *testing.T, file string) table {
	t.Helper()
	if _, err := os.Stat("duckdb/node_modules/@duckdb/node-api"); err != nil {
		t.Fatalf("%v; run: npm ci --prefix internal/interop/export/duckdb", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	out, err := exec.CommandContext(ctx, "node", "duckdb/read.mjs", file).Output()
	if err != nil {
		var said *exec.ExitError
		if errors.As(err, &said) {
			t.Fatalf("DuckDB reads %s: %v\n%s", file, err, said.Stderr)
		}
		t.Fatalf("DuckDB reads %s: %v; Node.js 18 or later is needed", file, err)
	}
	var got table
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("DuckDB reads %s: %v in %s", file, err, out)
	}
	return got
}

func TestDuckDBReadsTheSessions(t *testing.T) {
	dir := exported(t)
	types := map[string]string{
		"session_id": "VARCHAR", "player": "BIGINT", "state": "VARCHAR", "start": "TIMESTAMP WITH TIME ZONE",
		"end": "TIMESTAMP WITH TIME ZONE", "playtime_seconds": "DOUBLE", "ugc": "BIGINT", "platform": "VARCHAR", "portal": "VARCHAR",
	}
	want := []map[string]any{
		{"session_id": `one, "two"`, "player": "1", "state": "ended", "start": "2024-07-23 06:03:24.802+00",
			"end": "2024-07-23 06:04:55.052+00", "playtime_seconds": 90.25, "ugc": "2", "platform": "ps5", "portal": "psn"},
		{"session_id": "open", "player": "2", "state": "open", "start": "2024-07-23 06:03:25.802+00",
			"end": nil, "playtime_seconds": nil, "ugc": "0", "platform": "windows", "portal": ""},
	}
	for _, format := range export.Formats() {
		got := read(t, filepath.Join(dir, "sessions."+format))
		for _, column := range got.Columns {
			name, kind, _ := strings.Cut(column, " ")
			if types[name] != kind {
				t.Errorf("%s: column %s is %s, want %s", format, name, kind, types[name])
			}
		}
		if len(got.Columns) != len(types) {
			t.Errorf("%s: columns %v", format, got.Columns)
		}
		if format == export.CSV { // in which nothing and the empty text are one
			want[1]["portal"] = nil
		} else {
			want[1]["portal"] = ""
		}
		if !reflect.DeepEqual(got.Rows, want) {
			t.Errorf("%s:\n got %v\nwant %v", format, got.Rows, want)
		}
	}
}

func TestDuckDBReadsTheSameInsightsFromBothFormats(t *testing.T) {
	dir := exported(t)
	csv, parquet := read(t, filepath.Join(dir, "insights.csv")), read(t, filepath.Join(dir, "insights.parquet"))
	if len(parquet.Rows) != 2 || len(parquet.Columns) != 11 || len(csv.Rows) != 2 || len(csv.Columns) != 11 {
		t.Fatalf("got %d rows of %v and %d of %v", len(csv.Rows), csv.Columns, len(parquet.Rows), parquet.Columns)
	}
	last := parquet.Rows[1]
	if last["at"] != "2024-07-23 06:04:55.052+00" || last["concurrent_players"] != "2" || last["total_players"] != "2" {
		t.Errorf("the last row is %v", last)
	}
	names := func(t table) []string {
		var all []string
		for _, c := range t.Columns {
			name, _, _ := strings.Cut(c, " ")
			all = append(all, name)
		}
		return all
	}
	if !slices.Equal(names(csv), names(parquet)) {
		t.Errorf("columns differ: %v and %v", csv.Columns, parquet.Columns)
	}
	for i := range parquet.Rows {
		for name, value := range parquet.Rows[i] {
			if number(csv.Rows[i][name]) != number(value) {
				t.Errorf("row %d, %s: %v in CSV, %v in Parquet", i, name, csv.Rows[i][name], value)
			}
		}
	}
}

// number takes what DuckDB prints of whole numbers, as text, and of others for the same.
func number(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return strings.Trim(string(text), `"`)
}
