package h1

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
)

// answers are replies of every kind, with what is to be understood of them when nothing follows.
var answers = []struct {
	name, text string
	want       answer
	broken     bool
}{
	{"no content", "HTTP/1.1 204 No Content\r\n\r\n", answer{204, true}, false},
	{"no reason", "HTTP/1.1 204\r\n\r\n", answer{204, true}, false},
	{"length", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nX: y\r\n\r\nhello", answer{200, true}, false},
	{"empty", "HTTP/1.1 201 Created\r\nContent-Length:0\r\n\r\n", answer{201, true}, false},
	{"long", "HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + strings.Repeat("x", 20000), answer{200, true}, false},
	{"close", "HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 1\r\n\r\na", answer{200, false}, false},
	{"not modified", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", answer{304, true}, false},
	{"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3;x=y\r\nyou\r\n0\r\n\r\n", answer{200, true}, false},
	{"trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: T\r\n\r\n1\r\na\r\n0\r\nT: v\r\n\r\n", answer{200, true}, false},
	{"interim", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", answer{204, true}, false},
	{"switching", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", answer{101, false}, false},
	{"1.0", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", answer{200, false}, false},
	{"1.0 kept", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na", answer{200, true}, false},
	{"until the end", "HTTP/1.1 200 OK\r\n\r\nuntil the end", answer{200, false}, false},
	{"bare line ends", "HTTP/1.1 200 OK\nContent-Length: 1\n\na", answer{200, true}, false},
	{"folded", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 1\r\n\r\na", answer{200, true}, false},
	{"same length twice", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na", answer{200, true}, false},
	{"large head", "HTTP/1.1 200 OK\r\nA: " + strings.Repeat("b", 100_000) + "\r\nContent-Length: 1\r\n\r\na", answer{200, true}, false},
	{"more than was promised", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc", answer{200, false}, false},
	{"body after no content", "HTTP/1.1 204 No Content\r\n\r\nabc", answer{204, false}, false},
	{"half a head", "HTTP/1.1 200 OK\r\nContent-", answer{}, true},
	{"half a body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", answer{200, false}, true},
	{"half a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal", answer{200, false}, true},
	{"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na", answer{}, true},
	{"negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", answer{}, true},
	{"head over the bound", "HTTP/1.1 200 OK\r\nA: " + strings.Repeat("b", 2<<20) + "\r\n\r\n", answer{}, true},
	{"no http", "SSH-2.0-OpenSSH\r\n\r\n", answer{}, true},
	{"nothing", "", answer{}, true},
}

// TestAnswers reads every kind of answer whole, byte by byte, and split once at every place, by both readers.
func TestAnswers(t *testing.T) {
	for _, tc := range answers {
		t.Run(tc.name, func(t *testing.T) {
			try := func(how string, r io.Reader) {
				t.Helper()
				a, err := newDesk().receive(r, false)
				if (err != nil) != tc.broken || a.status != tc.want.status || !tc.broken && a.again != tc.want.again {
					t.Errorf("%s: %+v, %v, want %+v, broken %v", how, a, err, tc.want, tc.broken)
				}
			}
			try("whole", strings.NewReader(tc.text))
			try("with the end at once", iotest.DataErrReader(strings.NewReader(tc.text)))
			if len(tc.text) > 50_000 {
				return
			}
			if tc.want.again || tc.broken { // a byte that comes later than the answer's last is the next one's trouble
				try("byte by byte", iotest.OneByteReader(strings.NewReader(tc.text)))
			}
			for at := range min(len(tc.text), 300) {
				if tc.want.again || tc.broken {
					try("split", io.MultiReader(strings.NewReader(tc.text[:at]), strings.NewReader(tc.text[at:])))
				}
			}
			pipelined(t, tc.text, tc.want, tc.broken)
		})
	}
}

// pipelined reads the same answer as a pipe does.
func pipelined(t *testing.T, text string, want answer, broken bool) {
	t.Helper()
	for at := range min(len(text), 300) {
		in := &bounded{from: io.MultiReader(strings.NewReader(text[:at]), strings.NewReader(text[at:])), left: headerLimit}
		b := bufio.NewReaderSize(in, pipeInput)
		a, err := readAnswer(b, in, false)
		if (err != nil) != broken || a.status != want.status || !broken && want.again && !a.again {
			t.Errorf("pipelined, split at %d: %+v, %v, want %+v, broken %v", at, a, err, want, broken)
		}
	}
}

func TestAnswerToHead(t *testing.T) {
	for _, text := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
		"HTTP/1.1 200 OK\r\n\r\n",
	} {
		a, err := newDesk().receive(strings.NewReader(text), true)
		if err != nil || a != (answer{200, true}) {
			t.Errorf("%q to HEAD: %+v, %v, want 200 and a connection to use again", text, a, err)
		}
	}
}

func TestLongBodiesCostTheirConnection(t *testing.T) {
	body := io.LimitReader(zeros{}, 1<<40)
	for name, head := range map[string]string{
		"length": "HTTP/1.1 200 OK\r\nContent-Length: 1099511627776\r\n\r\n",
		"end":    "HTTP/1.1 200 OK\r\n\r\n",
	} {
		a, err := newDesk().receive(io.MultiReader(strings.NewReader(head), body), false)
		if err != nil || a != (answer{200, false}) {
			t.Errorf("%s: %+v, %v, want 200 and the connection given up", name, a, err)
		}
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// FuzzParse holds the plain reader against the standard library: what it takes for plain, the library reads likewise.
func FuzzParse(f *testing.F) {
	for _, a := range answers {
		if len(a.text) < 1000 {
			f.Add([]byte(a.text))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s, how := parse(b)
		if how != plain {
			return
		}
		r := bufio.NewReader(bytes.NewReader(b))
		resp, err := http.ReadResponse(r, &http.Request{Method: http.MethodPost})
		if err != nil {
			t.Fatalf("plain %+v, but the library says %v", s, err)
		}
		defer resp.Body.Close() //nolint:errcheck // it is a byte slice
		length := s.length
		if bodyless(s.code, false) {
			length = 0
		}
		if resp.StatusCode != s.code || resp.ContentLength != length && s.length >= 0 || s.length >= 0 && resp.Close != s.close {
			t.Errorf("plain %+v, but the library reads %d, length %d, close %v", s, resp.StatusCode, resp.ContentLength, resp.Close)
		}
	})
}

// FuzzReceive has both readers read anything: they end, and an answer that is whole has a status.
func FuzzReceive(f *testing.F) {
	for _, a := range answers {
		if len(a.text) < 1000 {
			f.Add([]byte(a.text), len(a.text)%2 == 0)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte, head bool) {
		a, err := newDesk().receive(bytes.NewReader(b), head)
		in := &bounded{from: bytes.NewReader(b), left: headerLimit}
		other, otherErr := readAnswer(bufio.NewReaderSize(in, pipeInput), in, head)
		if a.status != other.status || (err == nil) != (otherErr == nil) || err == nil && a.status < 101 {
			t.Errorf("%+v, %v alone, %+v, %v in a pipe", a, err, other, otherErr)
		}
		if err != nil && errors.Is(err, io.ErrNoProgress) {
			t.Errorf("the reader made no progress: %v", err)
		}
	})
}
