package record

import (
	"encoding/json"
	"fmt"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// mostAgreed bounds the kinds of handshake in one Links: versions by key exchanges by cipher suites.
const mostAgreed = 256

// Links is how the connections of one transport fared in one second. Like a Frame it merges exactly. Counts are of what
// happened in the second; Open is how many connections there were at its end. Not safe for concurrent use.
type Links struct {
	Second    int
	Transport string

	Open          int64 // connections at the end of the second
	Dials         int64 // attempts to connect
	DialErrors    int64 // of them, those that failed
	AddressErrors int64 // of them, those that failed for want of a local address or port
	Full          int64 // full TLS handshakes
	Resumed       int64 // TLS handshakes that resumed an earlier session
	TLSErrors     int64 // TLS handshakes that failed
	Reused        int64 // messages that found an open connection
	Stale         int64 // connections that were found dead when they were to be used again
	Closed        int64 // connections closed, by whichever side
	Evicted       int64 // of them, those of a player closed to make room for another's

	Negotiated map[string]int64 // TLS handshakes by what was agreed on, such as "TLS 1.3 X25519 TLS_AES_128_GCM_SHA256"

	Connect   *hdrhistogram.Histogram // TCP connect, in microseconds, of the attempts that succeeded
	Handshake *hdrhistogram.Histogram // TLS handshake, likewise
}

// linksLine is Links as one line of LinksFile has it.
type linksLine struct {
	Version   int              `json:"version"`
	Second    int              `json:"second"`
	Transport string           `json:"transport"`
	Open      int64            `json:"open"`
	Counts    map[string]int64 `json:"counts,omitempty"`
	Agreed    map[string]int64 `json:"negotiated,omitempty"`
	Connect   string           `json:"connect,omitempty"`
	Handshake string           `json:"handshake,omitempty"`
}

// counts names every count of l.
func (l *Links) counts() map[string]*int64 {
	return map[string]*int64{
		"dials": &l.Dials, "dial_errors": &l.DialErrors, "address_errors": &l.AddressErrors, "full": &l.Full, "resumed": &l.Resumed,
		"tls_errors": &l.TLSErrors, "reused": &l.Reused, "stale": &l.Stale, "closed": &l.Closed,
		"evicted": &l.Evicted,
	}
}

// Merge adds all that other counted to l. Open is the sum, as of drivers beside each other in one second; whoever merges
// seconds has to know that himself.
func (l *Links) Merge(other *Links) error {
	l.Open += other.Open
	to := l.counts()
	for name, n := range other.counts() {
		*to[name] += *n
	}
	for name, n := range other.Negotiated {
		if l.Negotiated == nil {
			l.Negotiated = map[string]int64{}
		}
		l.Negotiated[name] += n
	}
	if err := addHistogram(&l.Connect, other.Connect); err != nil {
		return fmt.Errorf("merge links of second %d, %s: connect: %w", other.Second, other.Transport, err)
	}
	if err := addHistogram(&l.Handshake, other.Handshake); err != nil {
		return fmt.Errorf("merge links of second %d, %s: handshake: %w", other.Second, other.Transport, err)
	}
	return nil
}

// EncodeLinks returns l as one line of LinksFile, without the line's end. Counts of zero are left out.
func EncodeLinks(l *Links) ([]byte, error) {
	line := linksLine{Version: Version, Second: l.Second, Transport: l.Transport, Open: l.Open, Counts: map[string]int64{}, Agreed: l.Negotiated}
	for name, n := range l.counts() {
		if *n != 0 {
			line.Counts[name] = *n
		}
	}
	var err error
	if line.Connect, err = encodeHistogram(l.Connect); err != nil {
		return nil, fmt.Errorf("encode links of second %d, %s: connect: %w", l.Second, l.Transport, err)
	}
	if line.Handshake, err = encodeHistogram(l.Handshake); err != nil {
		return nil, fmt.Errorf("encode links of second %d, %s: handshake: %w", l.Second, l.Transport, err)
	}
	return json.Marshal(line)
}

// DecodeLinks reads one line of LinksFile, under the conditions of DecodeFrame.
func DecodeLinks(text []byte) (*Links, error) {
	var line linksLine
	if err := json.Unmarshal(text, &line); err != nil {
		return nil, fmt.Errorf("decode links: %w", err)
	}
	if err := checkVersion(line.Version); err != nil {
		return nil, fmt.Errorf("decode links: %w", err)
	}
	if line.Second < 0 || line.Second > lastSecond || line.Transport == "" || line.Open < 0 || line.Open > mostPerFrame {
		return nil, fmt.Errorf("decode links: second %d, transport %q, %d open: want a second from 0 to %d, a name and no count below 0",
			line.Second, line.Transport, line.Open, lastSecond)
	}
	for name, n := range line.Agreed {
		if n < 0 || n > mostPerFrame || len(line.Agreed) > mostAgreed {
			return nil, fmt.Errorf("decode links: count %d of %q, %d kinds of handshake: want 0 to %d and at most %d kinds",
				n, name, len(line.Agreed), mostPerFrame, mostAgreed)
		}
	}
	l := &Links{Second: line.Second, Transport: line.Transport, Open: line.Open, Negotiated: line.Agreed}
	counts := l.counts()
	for name, n := range line.Counts {
		if n < 0 || n > mostPerFrame {
			return nil, fmt.Errorf("decode links: count %d of %q: want 0 to %d", n, name, mostPerFrame)
		}
		if to := counts[name]; to != nil {
			*to = n
		}
	}
	var err error
	if l.Connect, err = decodeHistogram(line.Connect); err != nil {
		return nil, fmt.Errorf("decode links: connect: %w", err)
	}
	if l.Handshake, err = decodeHistogram(line.Handshake); err != nil {
		return nil, fmt.Errorf("decode links: handshake: %w", err)
	}
	return l, nil
}
