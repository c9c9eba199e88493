package httpdriver

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/passmuster/muster/internal/contract"
)

const (
	readWithin = 60 * time.Second // bounds one request of a Reader, to the last byte
	lineLimit  = 16 << 20         // bytes of one line of a log, its end included
)

// Reader is a transport.Reader over a log that is served by HTTP GET: newline-delimited JSON, one accepted event a
// line, oldest first, to which lines are only ever added. Each Read asks for the bytes after those already read; a
// server that knows no ranges sends the log anew, and what is known of it is read away. A last line without its end
// counts when it is a whole JSON object, otherwise it is left for the next Read. It is not safe for concurrent use.
type Reader struct {
	url       string
	transport *http.Transport
	dialer    *dialer
	next      int64 // bytes of the log that are read
}

// NewReader fixes where reading begins: after what the log holds as of this call.
func NewReader(ctx context.Context, address string) (*Reader, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("open read-back %q: want an http or https URL", address)
	}
	dialer, err := newDialer(DefaultTimeout, nil)
	if err != nil {
		return nil, err
	}
	r := &Reader{url: address, dialer: dialer, transport: newTransport(Config{Connections: 1, Timeout: DefaultTimeout}, dialer)}
	if err := r.Read(ctx, func(contract.Stored) error { return nil }); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// Read implements transport.Reader. After an error from yield the event that it was given counts as read.
func (r *Reader) Read(ctx context.Context, yield func(contract.Stored) error) error {
	ctx, cancel := context.WithTimeout(ctx, readWithin)
	defer cancel()
	resp, err := r.get(ctx)
	if err != nil {
		return fmt.Errorf("read back %s: %w", r.url, err)
	}
	defer resp.Body.Close() //nolint:errcheck // all that was wanted of it is read
	more, err := r.unread(resp)
	if err != nil || !more {
		return err
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, lineLimit)
	lines.Split(splitKeepingEnds)
	for lines.Scan() {
		if err := r.take(lines.Bytes(), yield); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read back %s: after %d bytes: %w", r.url, r.next, err)
	}
	return nil
}

// get asks for what comes after the bytes already read.
func (r *Reader) get(ctx context.Context) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/x-ndjson, */*")
	if r.next > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", r.next))
	}
	return r.transport.RoundTrip(req)
}

// unread leaves the body of resp where the unread part of the log begins, and says whether there is one.
func (r *Reader) unread(resp *http.Response) (bool, error) {
	switch resp.StatusCode {
	case http.StatusOK:
		skipped, err := io.CopyN(io.Discard, resp.Body, r.next)
		if errors.Is(err, io.EOF) {
			return false, r.shrunk(skipped)
		}
		if err != nil {
			return false, fmt.Errorf("read back %s: after %d bytes: %w", r.url, skipped, err)
		}
		return true, nil
	case http.StatusPartialContent:
		var from int64
		told := resp.Header.Get("Content-Range")
		if _, err := fmt.Sscanf(told, "bytes %d-", &from); err != nil || from != r.next {
			return false, fmt.Errorf("read back %s: content-range %q, want one from byte %d on", r.url, told, r.next)
		}
		return true, nil
	case http.StatusRequestedRangeNotSatisfiable: // nothing new, or less than there was
		var size int64
		if _, err := fmt.Sscanf(resp.Header.Get("Content-Range"), "bytes */%d", &size); err == nil && size < r.next {
			return false, r.shrunk(size)
		}
		return false, nil
	}
	return false, fmt.Errorf("read back %s: status %d, want 200, 206 or 416", r.url, resp.StatusCode)
}

func (r *Reader) shrunk(size int64) error {
	return fmt.Errorf("read back %s: the log has %d bytes, of which %d were already read: want one that only grows", r.url, size, r.next)
}

// take passes one line on.
func (r *Reader) take(line []byte, yield func(contract.Stored) error) error {
	text := bytes.TrimSpace(line)
	if whole := line[len(line)-1] == '\n'; !whole && !json.Valid(text) {
		return nil // it is still being written
	}
	if len(text) > 0 {
		var event struct {
			ID string `json:"id"`
		}
		if err := json.Unmarshal(text, &event); err != nil {
			return fmt.Errorf("read back %s: line %.80q at byte %d: %w", r.url, text, r.next, err)
		}
		r.next += int64(len(line))
		return yield(contract.Stored{ID: event.ID, Value: bytes.Clone(text), Partition: 1})
	}
	r.next += int64(len(line))
	return nil
}

// splitKeepingEnds is bufio.ScanLines, but that lines keep their ends, so that bytes can be counted.
func splitKeepingEnds(data []byte, atEOF bool) (int, []byte, error) {
	if end := bytes.IndexByte(data, '\n'); end >= 0 {
		return end + 1, data[:end+1], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

// Close implements transport.Reader.
func (r *Reader) Close() {
	r.dialer.cut()
	r.transport.CloseIdleConnections()
}
