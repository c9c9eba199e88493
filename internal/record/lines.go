package record

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// mostProblems bounds what is told of one file. What is beyond is counted.
const mostProblems = 100

// Problem is something in a run directory that could not be read. Reading went on without it.
type Problem struct {
	File string `json:"file"`
	Line int    `json:"line,omitempty"` // from 1; 0 when it is about the file as a whole
	Text string `json:"text"`
}

// String returns the problem in one line.
func (p Problem) String() string {
	if p.Line == 0 {
		return fmt.Sprintf("%s: %s", p.File, p.Text)
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text)
}

// eachLine hands every line of a file of dir to yield, without its end, and returns what could not be read: lines that
// yield refused, a line without an end (the process died while it was written), lines beyond longestLine. A file that is
// not there has no lines. yield must not keep the line.
func eachLine(dir, name string, yield func(line []byte) error) []Problem {
	file, err := os.Open(filepath.Join(dir, name))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return []Problem{{File: name, Text: err.Error()}}
	}
	defer file.Close() //nolint:errcheck // it was only read
	return scanLines(name, file, yield)
}

func scanLines(name string, from io.Reader, yield func(line []byte) error) (problems []Problem) {
	beyond := 0
	defer func() {
		if beyond > 0 {
			problems = append(problems, Problem{File: name, Text: fmt.Sprintf("and %d more lines", beyond)})
		}
	}()
	r := bufio.NewReaderSize(from, 64<<10)
	for number := 1; ; number++ {
		line, err := readLine(r)
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return problems
		}
		report := func(text string) {
			if len(problems) == mostProblems {
				beyond++
				return
			}
			problems = append(problems, Problem{File: name, Line: number, Text: text})
		}
		switch {
		case errors.Is(err, errLong):
			report(err.Error())
		case errors.Is(err, io.EOF):
			report(fmt.Sprintf("cut off after %d bytes", len(line)))
			return problems
		case err != nil:
			report(err.Error())
			return problems
		case len(bytes.TrimSpace(line)) == 0: // what a torn line leaves
		default:
			if fault := yield(line); fault != nil {
				report(fault.Error())
			}
		}
	}
}

var errLong = fmt.Errorf("line of more than %d bytes", longestLine)

// readLine returns the next line without its end. Of a line beyond longestLine it reads and drops the rest.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	long := false
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > longestLine+1 {
			long, part = true, nil
		}
		line = append(line, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case err != nil:
			return line, err
		case long:
			return nil, errLong
		default:
			return bytes.TrimSuffix(line, []byte{'\n'}), nil
		}
	}
}
