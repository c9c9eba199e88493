// Package table writes rows as CSV or Parquet.
//
// Rows of a struct flow in, one file flows out. The struct's parquet tags name the columns of Parquet; those of CSV are
// given, because their texts are for people and spreadsheets. The package imports nothing of the project.
package table

import (
	"encoding/csv"
	"io"

	"github.com/parquet-go/parquet-go"
)

// Column is one column of a table in CSV.
type Column[Row any] struct {
	Name string
	Text func(*Row) string
}

// Col returns a column.
func Col[Row any](name string, text func(*Row) string) Column[Row] { return Column[Row]{name, text} }

// CSV writes a table by RFC 4180: a header line, then one line for each row.
func CSV[Row any](w io.Writer, columns []Column[Row], rows func(yield func(*Row) bool)) error {
	out := csv.NewWriter(w)
	line := make([]string, len(columns))
	for i, c := range columns {
		line[i] = c.Name
	}
	if err := out.Write(line); err != nil {
		return err
	}
	for row := range rows {
		for i, c := range columns {
			line[i] = c.Text(row)
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// group is how many rows are written at a time.
const group = 1024

// Parquet writes a table as one file, compressed with Zstandard.
func Parquet[Row any](w io.Writer, rows func(yield func(*Row) bool)) error {
	out := parquet.NewGenericWriter[Row](w, parquet.Compression(&parquet.Zstd), parquet.CreatedBy("muster", "", ""))
	pending := make([]Row, 0, group)
	flush := func() error {
		_, err := out.Write(pending)
		pending = pending[:0]
		return err
	}
	for row := range rows {
		pending = append(pending, *row)
		if len(pending) < group {
			continue
		}
		if err := flush(); err != nil {
			return err
		}
	}
	if err := flush(); err != nil {
		return err
	}
	return out.Close()
}

// Rows yields every row of a slice.
func Rows[Row any](rows []Row) func(yield func(*Row) bool) {
	return func(yield func(*Row) bool) {
		for i := range rows {
			if !yield(&rows[i]) {
				return
			}
		}
	}
}
