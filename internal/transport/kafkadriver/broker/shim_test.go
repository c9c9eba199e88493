package broker

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// dialTLS connects as a client from outside does.
func dialTLS(t *testing.T, b *Broker) net.Conn {
	t.Helper()
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(b.CAPEM()) {
		t.Fatal("CAPEM is no certificate")
	}
	conn, err := tls.Dial("tcp", b.Addr(), &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// ask sends a request in this version and reads the answer to it.
func ask[R kmsg.Response](t *testing.T, conn net.Conn, version int16, req kmsg.Request) R {
	t.Helper()
	req.SetVersion(version)
	if _, err := conn.Write(kmsg.NewRequestFormatter(kmsg.FormatterClientID("test")).AppendRequest(nil, req, 42)); err != nil {
		t.Fatal(err)
	}
	head := make([]byte, responseHead)
	if _, err := io.ReadFull(conn, head); err != nil {
		t.Fatalf("key %d: no answer: %v", req.Key(), err)
	}
	if id := binary.BigEndian.Uint32(head[4:]); id != 42 {
		t.Fatalf("key %d: answer to request %d, want 42", req.Key(), id)
	}
	body := make([]byte, binary.BigEndian.Uint32(head)-4)
	if _, err := io.ReadFull(conn, body); err != nil {
		t.Fatal(err)
	}
	resp := req.ResponseKind()
	if resp.IsFlexible() && kmsg.Key(resp.Key()) != kmsg.ApiVersions {
		body = body[1:] // no tags
	}
	if err := resp.ReadFrom(body); err != nil {
		t.Fatal(err)
	}
	return resp.(R)
}

func shake(t *testing.T, conn net.Conn, mechanism string) *kmsg.SASLHandshakeResponse {
	t.Helper()
	req := kmsg.NewPtrSASLHandshakeRequest()
	req.Mechanism = mechanism
	return ask[*kmsg.SASLHandshakeResponse](t, conn, 1, req)
}

func authenticate(t *testing.T, conn net.Conn, version int16, text string) *kmsg.SASLAuthenticateResponse {
	t.Helper()
	req := kmsg.NewPtrSASLAuthenticateRequest()
	req.SASLAuthBytes = []byte(text)
	return ask[*kmsg.SASLAuthenticateResponse](t, conn, version, req)
}

func TestHandshakeIsOfferedFromVersionZero(t *testing.T) {
	b := start(t, config())
	for version := range int16(6) {
		req := kmsg.NewPtrApiVersionsRequest()
		req.ClientSoftwareName, req.ClientSoftwareVersion = "test", "1"
		resp := ask[*kmsg.ApiVersionsResponse](t, dialTLS(t, b), version, req)
		at := slices.IndexFunc(resp.ApiKeys, func(k kmsg.ApiVersionsResponseApiKey) bool { return kmsg.Key(k.ApiKey) == kmsg.SASLHandshake })
		if at < 0 || resp.ApiKeys[at].MinVersion != 0 || resp.ApiKeys[at].MaxVersion != 1 {
			t.Errorf("version %d: %+v at %d, want the handshake in versions 0 to 1", version, resp.ApiKeys, at)
		}
	}
}

func TestHandshakeNamesItsMechanism(t *testing.T) {
	b := start(t, config())
	for asked, want := range map[string]int16{mechanism: 0, "SCRAM-SHA-512": 33, "PLAIN": 33, "GSSAPI": 33, "": 33} {
		for range 2 { // what is turned down once is turned down again
			resp := shake(t, dialTLS(t, b), asked)
			if resp.ErrorCode != want || !slices.Equal(resp.SupportedMechanisms, []string{mechanism}) {
				t.Errorf("%q: error %d, mechanisms %q; want %d and %s alone", asked, resp.ErrorCode, resp.SupportedMechanisms, want, mechanism)
			}
		}
	}
}

// TestRefusedCredentialsAreTold tries credentials that are wrong in several ways, in every version of the request: the
// last thing said on each connection is error 58.
func TestRefusedCredentialsAreTold(t *testing.T) {
	cfg := config()
	strict := start(t, cfg)
	cfg.Allow.Logins = []User{{Name: told.Name, Password: "second"}}
	lenient := start(t, cfg)
	for name, b := range map[string]*Broker{"strict": strict, "with a second password": lenient} {
		for version := range int16(3) {
			unknown := dialTLS(t, b)
			shake(t, unknown, mechanism)
			refused(t, name+", unknown user", unknown, authenticate(t, unknown, version, "n,,n=stranger,r=nonce"))

			wrong := dialTLS(t, b)
			shake(t, wrong, mechanism)
			first := authenticate(t, wrong, version, "n,,n=game,r=nonce")
			nonce, _, _ := strings.Cut(string(first.SASLAuthBytes), ",")
			if first.ErrorCode != 0 || !strings.HasPrefix(nonce, "r=nonce") {
				t.Fatalf("%s: first answer %+v, want a longer nonce", name, first)
			}
			proof := ",p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
			refused(t, name+", wrong password", wrong, authenticate(t, wrong, version, "c=biws,"+nonce+proof))
		}
	}
}

// refused expects error 58, and then the end of the connection.
func refused(t *testing.T, name string, conn net.Conn, resp *kmsg.SASLAuthenticateResponse) {
	t.Helper()
	if resp.ErrorCode != 58 || resp.ErrorMessage == nil || *resp.ErrorMessage == "" {
		t.Errorf("%s, version %d: %+v, want error 58 and a reason", name, resp.Version, resp)
	}
	if rest, err := io.ReadAll(conn); len(rest) > 0 || err != nil {
		t.Errorf("%s, version %d: then %x (%v), want the end", name, resp.Version, rest, err)
	}
}

// TestOnlyRefusalsAreTold closes connections for other reasons than credentials.
func TestOnlyRefusalsAreTold(t *testing.T) {
	stopping := make(chan struct{})
	for name, tc := range map[string]struct {
		in   []byte
		stop bool
		said bool
	}{
		"while authenticating":          {in: request(8, int16(kmsg.SASLAuthenticate), 6), said: true},
		"while asking":                  {in: request(8, int16(kmsg.Metadata), 6)},
		"before anything":               {},
		"while the listener is closing": {in: request(8, int16(kmsg.SASLAuthenticate), 6), stop: true},
	} {
		said := &written{in: bytes.NewReader(tc.in)}
		closing := stopping
		if tc.stop {
			closing = make(chan struct{})
			close(closing)
		}
		s := newShim(said, closing, &entry{gate: newGate(Allow{})})
		if _, err := io.ReadFull(s, make([]byte, len(tc.in))); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := s.Close(); err != nil || (said.out.Len() > 0) != tc.said {
			t.Errorf("%s: said %x (%v), want a word: %t", name, said.out.Bytes(), err, tc.said)
		}
	}
	hungUp := &written{in: bytes.NewReader(request(8, int16(kmsg.SASLAuthenticate), 6))}
	s := newShim(hungUp, stopping, &entry{gate: newGate(Allow{})})
	if _, err := io.ReadAll(s); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil || hungUp.out.Len() > 0 {
		t.Errorf("client hung up: said %x (%v), want nothing", hungUp.out.Bytes(), err)
	}
}

// written is a connection over memory.
type written struct {
	net.Conn
	in  io.Reader
	out bytes.Buffer
}

func (w *written) Read(p []byte) (int, error)       { return w.in.Read(p) }
func (w *written) Write(p []byte) (int, error)      { return w.out.Write(p) }
func (w *written) SetWriteDeadline(time.Time) error { return nil }
func (w *written) Close() error                     { return nil }

// TestWhatABrokerTurnsDown names an unknown topic, and sends a record over the limit.
func TestWhatABrokerTurnsDown(t *testing.T) {
	c := outsider(t, start(t, config()), &told, true, kgo.ProducerBatchMaxBytes(4<<20), kgo.ProducerBatchCompression(kgo.NoCompression()))
	req := kmsg.NewPtrMetadataRequest()
	topic := kmsg.NewMetadataRequestTopic()
	topic.Topic = kmsg.StringPtr("unheard-of")
	req.Topics, req.AllowAutoTopicCreation = []kmsg.MetadataRequestTopic{topic}, true
	resp, err := req.RequestWith(context.Background(), c)
	if err != nil || len(resp.Topics) != 1 || resp.Topics[0].ErrorCode != 3 {
		t.Errorf("unknown topic: %+v (%v), want error 3", resp, err)
	}
	for size, want := range map[int]bool{1_000_000: true, 1<<20 + 1: false} {
		err := c.ProduceSync(t.Context(), &kgo.Record{Topic: "events", Value: make([]byte, size)}).FirstErr()
		if (err == nil) != want {
			t.Errorf("record of %d bytes: %v, want it taken: %t", size, err, want)
		}
	}
}
