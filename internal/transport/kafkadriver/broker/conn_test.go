package broker

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"slices"
	"testing"
	"testing/iotest"
)

// stream is a connection that can only be read.
type stream struct {
	net.Conn
	io.Reader
}

func (s stream) Read(p []byte) (int, error) { return s.Reader.Read(p) }

func request(size uint32, key int16, body int) []byte {
	b := binary.BigEndian.AppendUint32(nil, size)
	b = binary.BigEndian.AppendUint16(b, uint16(key))
	return append(b, make([]byte, body)...)
}

func TestFramedLetsRequestsThroughAndNothingElse(t *testing.T) {
	two := append(request(10, 3, 8), request(8, 18, 6)...)
	for _, c := range []struct {
		name string
		in   []byte
		ok   bool
	}{
		{"nothing", nil, true},
		{"two requests", two, true},
		{"a request that breaks off", two[:12], true},
		{"4 GiB announced", request(1<<32-1, 0, 8), false},
		{"too short for a request", request(7, 0, 8), false},
		{"key without meaning", request(8, 9999, 6), false},
		{"negative key", request(8, -5, 6), false},
		{"http", []byte("GET / HTTP/1.1\r\n\r\n"), false},
		{"a good request, then http", append(request(8, 18, 6), "GET / HTTP/1.1\r\n\r\n"...), false},
	} {
		for name, whole := range map[string]io.Reader{
			"at once": bytes.NewReader(c.in), "byte by byte": iotest.OneByteReader(bytes.NewReader(c.in)),
		} {
			got, err := io.ReadAll(newFramed(stream{Reader: whole}, ignore))
			if (err == nil) != c.ok {
				t.Errorf("%s, %s: error %v, want none: %t", c.name, name, err, c.ok)
			}
			if c.ok && !bytes.Equal(got, c.in) {
				t.Errorf("%s, %s: got %x, want %x", c.name, name, got, c.in)
			}
		}
	}
}

// TestNonsenseDoesNotEndTheBroker speaks to a broker, in plaintext, in ways that its engine would not survive.
func TestNonsenseDoesNotEndTheBroker(t *testing.T) {
	cfg := config()
	cfg.Allow.Plaintext = true
	b := start(t, cfg)
	for _, nonsense := range [][]byte{[]byte("GET / HTTP/1.1\r\n\r\n"), request(8, 9999, 6), request(1<<32-1, 0, 0)} {
		conn, err := net.Dial("tcp", b.Addr())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write(nonsense); err != nil {
			t.Fatal(err)
		}
		if answer, err := io.ReadAll(conn); len(answer) != 0 {
			t.Errorf("%q was answered with %q (%v)", nonsense, answer, err)
		}
		_ = conn.Close()
	}
	produce(t, outsider(t, b, &told, true), "events", "still alive")
}

func ignore(call) error { return nil }

// FuzzFramed reads any bytes at once and in two parts: what is passed on, what is refused and what is noted of the
// requests must not hang on how the bytes arrive.
func FuzzFramed(f *testing.F) {
	f.Add(request(10, 3, 8), uint8(3))
	f.Add(append(request(8, 18, 6), request(9, 17, 7)...), uint8(13))
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"), uint8(1))
	f.Fuzz(func(t *testing.T, in []byte, cut uint8) {
		at := min(int(cut), len(in))
		var whole, parts []call
		got, wholeErr := io.ReadAll(newFramed(stream{Reader: bytes.NewReader(in)}, func(c call) error { whole = append(whole, c); return nil }))
		split := io.MultiReader(bytes.NewReader(in[:at]), bytes.NewReader(in[at:]))
		_, partsErr := io.ReadAll(newFramed(stream{Reader: split}, func(c call) error { parts = append(parts, c); return nil }))
		if (wholeErr == nil) != (partsErr == nil) || !slices.Equal(whole, parts) {
			t.Errorf("whole gave %v and %v, in two parts %v and %v", whole, wholeErr, parts, partsErr)
		}
		if wholeErr == nil && !bytes.Equal(got, in) {
			t.Errorf("got %x, want %x", got, in)
		}
	})
}
