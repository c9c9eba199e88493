package h1

import (
	"bufio"
	"errors"
	"io"
	"net/http"
)

// errTooLong is what a reply's head that is over the bound ends with.
var errTooLong = errors.New("headers of the answer are over 1 MiB")

// readOdd has the standard library read an answer.
func readOdd(b *bufio.Reader, in *bounded, head bool) (answer, error) {
	req := &http.Request{Method: http.MethodPost}
	if head {
		req.Method = http.MethodHead
	}
	var resp *http.Response
	var err error
	for resp == nil || resp.StatusCode < 200 && resp.StatusCode != http.StatusSwitchingProtocols {
		if resp, err = http.ReadResponse(b, req); err != nil {
			if in.left <= 0 {
				err = errTooLong
			}
			return answer{}, err
		}
	}
	defer resp.Body.Close() //nolint:errcheck // it is read to its end
	a := answer{status: resp.StatusCode}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		return a, nil
	}
	in.left = drainLimit
	_, err = io.Copy(io.Discard, resp.Body)
	if in.left <= 0 {
		return a, nil // the rest of the body is not worth its time
	}
	a.again = err == nil && !resp.Close
	return a, err
}

// unexpected makes an end in the middle of an answer one that was not expected.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// bounded is a reader that ends after so many bytes.
type bounded struct {
	from io.Reader
	left int64
}

func (r *bounded) Read(b []byte) (int, error) {
	if r.left <= 0 {
		return 0, io.EOF
	}
	n, err := r.from.Read(b[:min(int64(len(b)), r.left)])
	r.left -= int64(n)
	return n, err
}
