package export

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// rows is a source with one of everything.
type rows struct{}

func (rows) Sessions() []Session {
	start := time.Date(2024, 7, 23, 6, 3, 24, 802e6, time.UTC)
	end, played := start.Add(90*time.Second+250*time.Millisecond), 90.25
	return []Session{
		{ID: "bf7a0136-0087-4a77-8f10-d1f57089770a", Player: 1, State: Ended, Start: start, End: &end, Playtime: &played, UGC: 5, Platform: "windows", Portal: "steam"},
		{ID: `odd, "quoted"` + "\nü", Player: 2, State: Open, Start: start.Add(time.Second), Platform: "ps5"},
		{ID: "s", Player: 3, State: Reaped, Start: start.Add(time.Minute), UGC: 1, Platform: "windows"},
	}
}

func (rows) Samples() []Sample {
	at := time.Date(2024, 7, 23, 6, 4, 0, 0, time.UTC)
	return []Sample{
		{At: at},
		{At: at.Add(time.Minute), ConcurrentPlayers: 3, ConcurrentUGC: 6, TotalPlayers: 4, AveragePlaytime: 90.25, AverageUGCSession: 2,
			Under5Min: 1, Under30Min: 2, Under60Min: 3, Under2H: 4, From2H: 5},
	}
}

func written(t *testing.T, table, format string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, rows{}, table, format); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCSVIsGolden(t *testing.T) {
	for _, table := range Tables() {
		got, golden := written(t, table, CSV), filepath.Join("testdata", table+".csv")
		if *update {
			if err := os.WriteFile(golden, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(golden); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s (%v):\n%s\nwant:\n%s", table, err, got, want)
		}
	}
}

func TestParquetReadsBackAsItWas(t *testing.T) {
	sessions, samples := read[Session](t, TableSessions), read[Sample](t, TableInsights)
	if want := (rows{}).Sessions(); !reflect.DeepEqual(sessions, want) {
		t.Errorf("got %+v\nwant %+v", sessions, want)
	}
	if want := (rows{}).Samples(); !reflect.DeepEqual(samples, want) {
		t.Errorf("got %+v\nwant %+v", samples, want)
	}
}

func read[Row any](t *testing.T, table string) []Row {
	t.Helper()
	data := written(t, table, Parquet)
	got, err := parquet.Read[Row](bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// Both formats have the same columns, under the same names and in the same order.
func TestFormatsAgreeOnColumns(t *testing.T) {
	for table, schema := range map[string]*parquet.Schema{
		TableSessions: parquet.SchemaOf(Session{}), TableInsights: parquet.SchemaOf(Sample{}),
	} {
		var names []string
		for _, f := range schema.Fields() {
			names = append(names, f.Name())
		}
		header, _, _ := strings.Cut(string(written(t, table, CSV)), "\n")
		if header != strings.Join(names, ",") {
			t.Errorf("%s: CSV has %s, Parquet %v", table, header, names)
		}
	}
}

func TestWriteNamesWhatItDoesNotKnow(t *testing.T) {
	for _, c := range [][3]string{{"players", CSV, "sessions, insights"}, {TableSessions, "xls", "csv, parquet"}} {
		if err := Write(&bytes.Buffer{}, rows{}, c[0], c[1]); err == nil || !strings.Contains(err.Error(), c[2]) {
			t.Errorf("%v: got %v", c, err)
		}
	}
}

// failing is a writer and a store that has no room.
type failing struct{}

var errFull = errors.New("full")

func (failing) Write([]byte) (int, error)                 { return 0, errFull }
func (failing) Put(context.Context, string, []byte) error { return errFull }

func TestFailuresAreTold(t *testing.T) {
	for _, table := range Tables() {
		for _, format := range Formats() {
			if err := Write(failing{}, rows{}, table, format); !errors.Is(err, errFull) {
				t.Errorf("%s as %s: got %v", table, format, err)
			}
		}
	}
	if err := Save(t.Context(), failing{}, rows{}, CSV); !errors.Is(err, errFull) || !strings.Contains(err.Error(), "sessions") {
		t.Errorf("save: got %v", err)
	}
	if err := Save(t.Context(), failing{}, rows{}, "xls"); err == nil || errors.Is(err, errFull) {
		t.Errorf("save as xls: got %v", err)
	}
}

// memory is a store.
type memory map[string][]byte

func (m memory) Put(_ context.Context, name string, data []byte) error {
	m[name] = data
	return nil
}

func TestSavePutsEveryTableInEveryFormat(t *testing.T) {
	got := memory{}
	if err := Save(t.Context(), got, rows{}, Formats()...); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"sessions.csv", "sessions.parquet", "insights.csv", "insights.parquet"} {
		if len(got[name]) == 0 {
			t.Errorf("no %s among %d objects", name, len(got))
		}
	}
}
