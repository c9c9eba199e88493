package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// longestLine bounds one line of a .jsonl file, in bytes. The largest lines are findings with transcripts; a frame takes a
// few kilobytes.
const longestLine = 4 << 20

// ErrTaken means that the directory already holds a run.
var ErrTaken = errors.New("already holds a run")

// Writer writes one run directory. Every method may be called from any goroutine; each hands its data to the operating
// system before it returns, so that the death of the process loses nothing that was written. Format versions are stamped
// by the Writer.
type Writer struct {
	dir  string
	mu   sync.Mutex
	logs map[string]*log // by file name; nil when closed

	spares  spares
	reserve reserve
}

// Create makes dir if need be and begins a run directory in it: the manifest is written at once, and says Running
// whatever m says. A directory that already holds a run is refused with ErrTaken.
func Create(dir string, m Manifest) (*Writer, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("create run directory: %w", err)
	}
	for _, name := range []string{ManifestFile, FramesFile, SamplesFile, LinksFile, HealthFile, LedgerFile, InsightsFile, TrackFile, FindingsFile, FailuresFile} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return nil, fmt.Errorf("create run directory %s: %w (%s): name another one", dir, ErrTaken, name)
		} else if !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("create run directory: %w", err)
		}
	}
	w := &Writer{dir: dir, logs: map[string]*log{}, spares: spares{path: dir}}
	w.spares.fill()
	w.reserve.take(dir)
	m.Ended = Running
	if err := w.Manifest(m); err != nil {
		w.spares.close()
		w.reserve.close()
		return nil, fmt.Errorf("create run directory: %w", err)
	}
	return w, nil
}

// Dir returns the directory that the Writer writes.
func (w *Writer) Dir() string { return w.dir }

// Frames appends frames; nothing of them is kept. Their order does not matter, nor does it that several are of one
// second and operation.
func (w *Writer) Frames(frames []*Frame) error {
	var lines []byte
	for _, f := range frames {
		line, err := EncodeFrame(f)
		if err != nil {
			return err
		}
		lines = append(append(lines, line...), '\n')
	}
	return w.append(FramesFile, lines)
}

// Links appends how connections fared; nothing of it is kept.
func (w *Writer) Links(links []*Links) error {
	var lines []byte
	for _, l := range links {
		line, err := EncodeLinks(l)
		if err != nil {
			return err
		}
		lines = append(append(lines, line...), '\n')
	}
	return w.append(LinksFile, lines)
}

// Health appends how the generator fared, a second each.
func (w *Writer) Health(seconds []Health) error {
	var lines []byte
	for _, h := range seconds {
		h.Version = Version
		line, err := json.Marshal(h)
		if err != nil {
			return fmt.Errorf("encode health of second %d: %w", h.Second, err)
		}
		lines = append(append(lines, line...), '\n')
	}
	return w.append(HealthFile, lines)
}

// Failure appends a sampled exchange. The caller bounds how many there are.
func (w *Writer) Failure(f Failure) error {
	f.Version = Version
	return w.line(FailuresFile, f)
}

// Finding appends what became of a clause.
func (w *Writer) Finding(f Finding) error {
	f.Version = Version
	return w.line(FindingsFile, f)
}

// Ledger writes the ledger in place of any earlier one.
func (w *Writer) Ledger(l Ledger) error {
	l.Version = Version
	return w.replace(LedgerFile, l)
}

// Insights writes the five insights in place of any earlier ones.
func (w *Writer) Insights(p InsightsPair) error {
	p.Version = Version
	return w.replace(InsightsFile, p)
}

// Manifest writes the manifest in place of the earlier one. The last thing a run does is to write how it ended.
func (w *Writer) Manifest(m Manifest) error {
	m.Version = Version
	return w.replace(ManifestFile, m)
}

// Close closes the files. No other method may follow it; a second Close does nothing.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	var errs []error
	for _, l := range w.logs {
		errs = append(errs, l.file.Close())
	}
	w.logs = nil
	w.spares.close()
	w.reserve.close()
	return errors.Join(errs...)
}

func (w *Writer) line(name string, v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode %s: %w", name, err)
	}
	if len(line) > longestLine {
		return fmt.Errorf("write %s: line of %d bytes, at most %d are allowed", name, len(line), longestLine)
	}
	return w.append(name, append(line, '\n'))
}

func (w *Writer) append(name string, lines []byte) error {
	if len(lines) == 0 {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.logs == nil {
		return fmt.Errorf("write %s: the run directory is closed", name)
	}
	l := w.logs[name]
	if l == nil {
		var file *os.File
		err := w.spares.spend(func() (err error) {
			file, err = os.OpenFile(filepath.Join(w.dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o644)
			return err
		})
		if err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		l = &log{file: file, bytes: name == SamplesFile}
		w.logs[name] = l
	}
	return l.write(lines)
}

func (w *Writer) replace(name string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("encode %s: %w", name, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.logs == nil {
		return fmt.Errorf("write %s: the run directory is closed", name)
	}
	err = w.spares.spend(func() error {
		return w.reserve.spend(func() error { return Replace(filepath.Join(w.dir, name), append(data, '\n')) })
	})
	w.spares.fill()
	return err
}

// log is one file of lines.
type log struct {
	file  *os.File
	bytes bool // it is not made of lines
	torn  bool // the last write stopped in the middle of a line
}

// write appends whole lines. After a write that failed half-way (a full disk) it starts on a fresh line, so that no more
// than the torn one is lost.
func (l *log) write(lines []byte) error {
	if l.torn {
		lines = append([]byte{'\n'}, lines...)
	}
	n, err := l.file.Write(lines)
	if n > 0 {
		l.torn = !l.bytes && lines[n-1] != '\n'
	}
	return err
}
