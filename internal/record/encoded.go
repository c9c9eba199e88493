package record

import (
	"cmp"
	"iter"
	"slices"
)

// encoded is a line that is known to decode.
type encoded struct {
	second    int
	operation string // or transport
	line      []byte
}

// readLines adds to lines those of a file of dir that decode, under the second and the operation that of tells, and sorts
// them. It returns what could not be read.
func readLines[T any](dir, name string, lines *[]encoded, decode func([]byte) (T, error), of func(T) (int, string)) []Problem {
	problems := eachLine(dir, name, func(line []byte) error {
		v, err := decode(line)
		if err != nil {
			return err
		}
		second, operation := of(v)
		*lines = append(*lines, encoded{second, operation, slices.Clone(line)})
		return nil
	})
	sortLines(*lines)
	return problems
}

// decoded yields lines one at a time.
func decoded[T any](lines []encoded, decode func([]byte) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, e := range lines {
			if !yield(decode(e.line)) {
				return
			}
		}
	}
}

// sortLines orders lines by second and operation, and leaves those of one second and operation as they are.
func sortLines(lines []encoded) {
	slices.SortStableFunc(lines, func(a, b encoded) int {
		return cmp.Or(cmp.Compare(a.second, b.second), cmp.Compare(a.operation, b.operation))
	})
}
