package record

import (
	"encoding/json"
	"fmt"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// mostPerFrame bounds every count in a frame that is read, so that no sum of frames can overflow.
const mostPerFrame = int64(1) << 40

// lastSecond bounds the second of a frame that is read: a year.
const lastSecond = 366 * 24 * 60 * 60

// frameLine is a frame as one line of FramesFile has it. Histograms are HdrHistogram's V2 compressed form in base64; an
// empty one is left out.
type frameLine struct {
	Version   int              `json:"version"`
	Second    int              `json:"second"`
	Operation string           `json:"operation"`
	Planned   int64            `json:"planned"`
	Fired     int64            `json:"fired"`
	Sent      int64            `json:"sent"`
	Outcomes  map[string]int64 `json:"outcomes,omitempty"`
	Classes   map[string]int64 `json:"classes,omitempty"`
	Response  string           `json:"response,omitempty"`
	Service   string           `json:"service,omitempty"`
	Lag       string           `json:"lag,omitempty"`

	Parts map[string]string `json:"parts,omitempty"`
}

// EncodeFrame returns f as one line of FramesFile, without the line's end.
func EncodeFrame(f *Frame) ([]byte, error) {
	l := frameLine{
		Version: Version, Second: f.Second, Operation: f.Operation,
		Planned: f.Planned, Fired: f.Fired, Sent: f.Sent, Outcomes: f.Outcomes, Classes: f.Classes,
	}
	for _, h := range []struct {
		to   *string
		from *hdrhistogram.Histogram
	}{{&l.Response, f.Response}, {&l.Service, f.Service}, {&l.Lag, f.Lag}} {
		text, err := encodeHistogram(h.from)
		if err != nil {
			return nil, fmt.Errorf("encode frame of second %d, %s: %w", f.Second, f.Operation, err)
		}
		*h.to = text
	}
	for name, part := range f.Parts {
		text, err := encodeHistogram(part)
		if err != nil {
			return nil, fmt.Errorf("encode frame of second %d, %s: %s: %w", f.Second, f.Operation, name, err)
		}
		if text == "" {
			continue
		}
		if l.Parts == nil {
			l.Parts = map[string]string{}
		}
		l.Parts[name] = text
	}
	return json.Marshal(l)
}

// DecodeFrame reads one line of FramesFile. It accepts exactly what EncodeFrame may have written: this version, counts
// that are not negative, and histograms with the format's buckets. Members that it does not know are passed over.
func DecodeFrame(line []byte) (*Frame, error) {
	var l frameLine
	if err := json.Unmarshal(line, &l); err != nil {
		return nil, fmt.Errorf("decode frame: %w", err)
	}
	if err := l.check(); err != nil {
		return nil, fmt.Errorf("decode frame: %w", err)
	}
	f := &Frame{
		Second: l.Second, Operation: l.Operation, Planned: l.Planned, Fired: l.Fired, Sent: l.Sent,
		Outcomes: addCounts(nil, l.Outcomes), Classes: addCounts(nil, l.Classes),
	}
	for _, h := range []struct {
		name string
		to   **hdrhistogram.Histogram
		from string
	}{{"response", &f.Response, l.Response}, {"service", &f.Service, l.Service}, {"lag", &f.Lag, l.Lag}} {
		decoded, err := decodeHistogram(h.from)
		if err != nil {
			return nil, fmt.Errorf("decode frame: %s: %w", h.name, err)
		}
		*h.to = decoded
	}
	for name, text := range l.Parts {
		decoded, err := decodeHistogram(text)
		if err != nil {
			return nil, fmt.Errorf("decode frame: %s: %w", name, err)
		}
		if f.Parts == nil {
			f.Parts = make(map[string]*hdrhistogram.Histogram, len(l.Parts))
		}
		f.Parts[name] = decoded
	}
	return f, nil
}

func (l *frameLine) check() error {
	if err := checkVersion(l.Version); err != nil {
		return err
	}
	if l.Second < 0 || l.Second > lastSecond || l.Operation == "" {
		return fmt.Errorf("second %d, operation %q: want a second from 0 to %d and a name", l.Second, l.Operation, lastSecond)
	}
	for _, n := range []int64{l.Planned, l.Fired, l.Sent} {
		if n < 0 || n > mostPerFrame {
			return fmt.Errorf("count %d: want 0 to %d", n, mostPerFrame)
		}
	}
	for _, counts := range []map[string]int64{l.Outcomes, l.Classes} {
		for name, n := range counts {
			if n < 0 || n > mostPerFrame {
				return fmt.Errorf("count %d of %q: want 0 to %d", n, name, mostPerFrame)
			}
		}
	}
	return nil
}

func encodeHistogram(h *hdrhistogram.Histogram) (string, error) {
	if h == nil || h.TotalCount() == 0 {
		return "", nil
	}
	text, err := h.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	return string(text), err
}

func decodeHistogram(text string) (*hdrhistogram.Histogram, error) {
	if text == "" {
		return NewHistogram(), nil
	}
	h, err := hdrhistogram.Decode([]byte(text))
	if err != nil {
		return nil, err
	}
	if !sameBuckets(h) {
		return nil, fmt.Errorf("histogram over %d..%d µs at %d digits, want %d..%d at %d",
			h.LowestTrackableValue(), h.HighestTrackableValue(), h.SignificantFigures(), lowest, highest, digits)
	}
	if h.TotalCount() > mostPerFrame {
		return nil, fmt.Errorf("histogram of %d values, want at most %d", h.TotalCount(), mostPerFrame)
	}
	return h, nil
}

// checkVersion says in one line what is wrong with the format version that a file or line carries.
func checkVersion(v int) error {
	switch {
	case v > Version:
		return fmt.Errorf("format version %d is newer than this binary reads (up to %d): use a newer muster", v, Version)
	case v < 1:
		return fmt.Errorf("format version %d: want 1 to %d", v, Version)
	default:
		return nil
	}
}
