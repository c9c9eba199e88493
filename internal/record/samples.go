package record

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// SamplesFile holds every action of a run that was told to keep them: one line of JSON, SamplesHead, and then one record
// of SampleSize bytes for each action, in the order in which their outcomes became known.
const SamplesFile = "samples.bin"

// SamplesHead says what the numbers in the records mean.
type SamplesHead struct {
	Version    int       `json:"version"`
	Began      time.Time `json:"began"` // instants in the records count from here
	Operations []string  `json:"operations"`
	Outcomes   []string  `json:"outcomes"`
	Classes    []string  `json:"classes"`
	Size       int       `json:"record_bytes"`
}

// Sample is one action. Instants count from the beginning of the run.
type Sample struct {
	Planned   time.Duration
	Fired     time.Duration // 0 when it was never fired
	Sent      time.Duration // 0 when it was never sent
	Done      time.Duration // when its outcome was known
	Player    uint32
	Session   uint32
	Bytes     uint32 // of the body or the records that were sent
	Status    int16  // HTTP status, or Kafka error code; 0 when there was none
	Operation uint8  // index into SamplesHead.Operations
	Outcome   uint8  // index into SamplesHead.Outcomes
	Class     uint8  // index into SamplesHead.Classes
}

// SampleSize is the length of one record in bytes: four instants, three numbers, a status, three indices, and one byte
// that is always 0.
const SampleSize = 4*8 + 3*4 + 2 + 3 + 1

// AppendSample appends the record of s, little-endian.
func AppendSample(to []byte, s Sample) []byte {
	order := binary.LittleEndian
	for _, at := range []time.Duration{s.Planned, s.Fired, s.Sent, s.Done} {
		to = order.AppendUint64(to, uint64(at))
	}
	for _, n := range []uint32{s.Player, s.Session, s.Bytes} {
		to = order.AppendUint32(to, n)
	}
	to = order.AppendUint16(to, uint16(s.Status))
	return append(to, s.Operation, s.Outcome, s.Class, 0)
}

// decodeSample reads one whole record.
func decodeSample(b []byte) Sample {
	order := binary.LittleEndian
	at := func(i int) time.Duration { return time.Duration(order.Uint64(b[8*i:])) }
	return Sample{
		Planned: at(0), Fired: at(1), Sent: at(2), Done: at(3),
		Player: order.Uint32(b[32:]), Session: order.Uint32(b[36:]), Bytes: order.Uint32(b[40:]),
		Status: int16(order.Uint16(b[44:])), Operation: b[46], Outcome: b[47], Class: b[48],
	}
}

// SamplesHead begins the file of samples. It is to be called once, before Samples.
func (w *Writer) SamplesHead(h SamplesHead) error {
	h.Version, h.Size = Version, SampleSize
	return w.line(SamplesFile, h)
}

// Samples appends records made by AppendSample; nothing of them is kept.
func (w *Writer) Samples(records []byte) error { return w.append(SamplesFile, records) }

// Samples is a file of samples that is open for reading. Close it.
type Samples struct {
	Head SamplesHead
	file *os.File
	from int64 // where the first record begins
	n    int64
}

// ErrNoSamples means that the run kept no samples.
var ErrNoSamples = errors.New("the run kept no samples")

// Samples opens the run's samples. A record that was cut off at the end of the file is left out.
func (r *Run) Samples() (*Samples, error) {
	file, err := os.Open(filepath.Join(r.Dir, SamplesFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, ErrNoSamples
	}
	if err != nil {
		return nil, fmt.Errorf("open samples: %w", err)
	}
	s := &Samples{file: file}
	if err := s.open(); err != nil {
		return nil, errors.Join(fmt.Errorf("open samples %s: %w", file.Name(), err), file.Close())
	}
	return s, nil
}

func (s *Samples) open() error {
	line, err := bufio.NewReaderSize(io.LimitReader(s.file, longestLine), 64<<10).ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("no head: %w", err)
	}
	if s.Head, err = decodeSamplesHead(line); err != nil {
		return err
	}
	s.from = int64(len(line))
	info, err := s.file.Stat()
	if err != nil {
		return err
	}
	s.n = (info.Size() - s.from) / SampleSize
	return nil
}

func decodeSamplesHead(line []byte) (SamplesHead, error) {
	var h SamplesHead
	if err := json.Unmarshal(line, &h); err != nil {
		return h, fmt.Errorf("head: %w", err)
	}
	if err := checkVersion(h.Version); err != nil {
		return h, fmt.Errorf("head: %w", err)
	}
	if h.Size != SampleSize {
		return h, fmt.Errorf("head: records of %d bytes, want %d", h.Size, SampleSize)
	}
	return h, nil
}

// Len returns how many samples there are.
func (s *Samples) Len() int64 { return s.n }

// Close closes the file.
func (s *Samples) Close() error { return s.file.Close() }

// All yields the samples in the order of the file. An error tells of a record that is damaged; those behind it follow,
// unless the file itself cannot be read any further.
func (s *Samples) All() iter.Seq2[Sample, error] {
	return func(yield func(Sample, error) bool) {
		in := bufio.NewReaderSize(io.NewSectionReader(s.file, s.from, s.n*SampleSize), 1<<16)
		var b [SampleSize]byte
		for range s.n {
			if _, err := io.ReadFull(in, b[:]); err != nil {
				yield(Sample{}, fmt.Errorf("read samples: %w", err))
				return
			}
			sample := decodeSample(b[:])
			fault := s.Head.check(sample)
			if fault != nil {
				sample, fault = Sample{}, fmt.Errorf("read samples: %w", fault)
			}
			if !yield(sample, fault) {
				return
			}
		}
	}
}

// check refuses a sample whose indices lead nowhere or whose instants are beyond a year: what is there is no sample.
func (h SamplesHead) check(s Sample) error {
	if int(s.Operation) >= len(h.Operations) || int(s.Outcome) >= len(h.Outcomes) || int(s.Class) >= len(h.Classes) {
		return fmt.Errorf("operation %d, outcome %d, class %d: want fewer than %d, %d and %d",
			s.Operation, s.Outcome, s.Class, len(h.Operations), len(h.Outcomes), len(h.Classes))
	}
	for _, at := range []time.Duration{s.Planned, s.Fired, s.Sent, s.Done} {
		if at.Abs() > lastSecond*time.Second {
			return fmt.Errorf("an instant %v from the beginning: want at most %v", at, lastSecond*time.Second)
		}
	}
	return nil
}

// ByPlan yields the samples in the order of their planned instants, without holding them all: 16 bytes a sample. Errors
// come first, one for each damaged record.
func (s *Samples) ByPlan() iter.Seq2[Sample, error] {
	return func(yield func(Sample, error) bool) {
		type place struct {
			at time.Duration
			n  int64
		}
		places := make([]place, 0, s.n)
		n := int64(-1)
		for sample, err := range s.All() {
			n++
			if err == nil {
				places = append(places, place{sample.Planned, n})
			} else if !yield(Sample{}, err) {
				return
			}
		}
		slices.SortStableFunc(places, func(a, b place) int { return int(max(-1, min(1, a.at-b.at))) })
		var b [SampleSize]byte
		for _, p := range places {
			if _, err := s.file.ReadAt(b[:], s.from+p.n*SampleSize); err != nil {
				yield(Sample{}, fmt.Errorf("read samples: %w", err))
				return
			}
			if !yield(decodeSample(b[:]), nil) {
				return
			}
		}
	}
}
