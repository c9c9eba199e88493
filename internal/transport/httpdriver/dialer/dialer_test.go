package dialer

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// authority signs the certificates of a test.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	a := authority{key: newKey(t)}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.cert = sign(t, template, template, a.key, a.key)
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sign(t *testing.T, template, parent *x509.Certificate, of, by *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	raw, err := x509.CreateCertificate(rand.Reader, template, parent, of.Public(), by)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// leafFor is a certificate for name that ends at until.
func (a authority) leafFor(t *testing.T, name string, until time.Time) tls.Certificate {
	t.Helper()
	key := newKey(t)
	cert := sign(t, &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), DNSNames: []string{name}, NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: until,
	}, a.cert, key, a.key)
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key, Leaf: cert}
}

func (a authority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
}

// serve answers every connection with one byte, after the handshake.
func serve(t *testing.T, conf *tls.Config) (port string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close() //nolint:errcheck // the peer notices
				s := tls.Server(c, conf)
				if _, err := s.Write([]byte{1}); err == nil {
					_, _ = s.Read(make([]byte, 1))
				}
			}()
		}
	}()
	_, port, err = net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// shake makes one secure connection, reads a byte of it, so that tickets arrive, and closes it.
func shake(t *testing.T, d *Dialer) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	c, err := d.Connect(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Closed()
	defer c.Close() //nolint:errcheck // the test is done with it
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	s, err := d.Shake(c)
	if err == nil {
		_, err = io.ReadFull(s, make([]byte, 1))
	}
	return err
}

func dialer(t *testing.T, cfg Config) *Dialer {
	t.Helper()
	d, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestShareOfResumedHandshakes(t *testing.T) {
	const handshakes = 20
	a := newAuthority(t)
	port := serve(t, &tls.Config{Certificates: []tls.Certificate{a.leafFor(t, "localhost", time.Now().Add(time.Hour))}})
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for share, want := range map[float64]int64{0: 0, 0.25: 5, 0.8: 16, 1: handshakes - 1} {
			d := dialer(t, Config{
				Address: "localhost:" + port, Secure: true, CA: a.pem(),
				TLS: TLS{MinVersion: version, MaxVersion: version, Curves: []tls.CurveID{tls.CurveP256}, Resumed: share},
			})
			for range handshakes {
				if err := shake(t, d); err != nil {
					t.Fatal(err)
				}
			}
			l := d.Links()
			if l.Resumed != want || l.Full != handshakes-want || l.Handshake.TotalCount() != handshakes || l.Connect.TotalCount() != handshakes || l.Open != 0 {
				t.Errorf("%s, share %v: %+v, want %d resumed", tls.VersionName(version), share, l, want)
			}
			for name := range l.Negotiated {
				if !strings.HasPrefix(name, tls.VersionName(version)) || !strings.Contains(name, "TLS_") {
					t.Errorf("negotiated %q, want version and suite", name)
				}
			}
			if again := d.Links(); again.Full+again.Resumed+again.Dials != 0 || again.Handshake != nil {
				t.Errorf("links do not start afresh: %+v", again)
			}
		}
	}
}

// TestCurvesAreChosen asks for one key exchange and finds it in what was negotiated.
func TestCurvesAreChosen(t *testing.T) {
	a := newAuthority(t)
	port := serve(t, &tls.Config{Certificates: []tls.Certificate{a.leafFor(t, "localhost", time.Now().Add(time.Hour))}})
	for _, curve := range []tls.CurveID{tls.X25519, tls.CurveP384, tls.X25519MLKEM768} {
		d := dialer(t, Config{Address: "localhost:" + port, Secure: true, CA: a.pem(), TLS: TLS{Curves: []tls.CurveID{curve}}})
		if err := shake(t, d); err != nil {
			t.Fatal(err)
		}
		for name := range d.Links().Negotiated {
			if !strings.Contains(name, " "+curve.String()+" ") {
				t.Errorf("negotiated %q, want %s", name, curve)
			}
		}
	}
}

// TestVerification holds the cached check against what it must refuse, also after it has accepted another leaf.
func TestVerification(t *testing.T) {
	a, other := newAuthority(t), newAuthority(t)
	hour := time.Now().Add(time.Hour)
	var shown tls.Certificate
	port := serve(t, &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { c := shown; return &c, nil }})
	d := dialer(t, Config{Address: "localhost:" + port, Secure: true, CA: a.pem()})
	good := a.leafFor(t, "localhost", hour)
	for _, tc := range []struct {
		name string
		leaf tls.Certificate
		ok   bool
	}{
		{"good", good, true},
		{"good again", good, true},
		{"another authority's", other.leafFor(t, "localhost", hour), false},
		{"for another name", a.leafFor(t, "example.org", hour), false},
		{"expired", a.leafFor(t, "localhost", time.Now().Add(-time.Minute)), false},
		{"another good one", a.leafFor(t, "localhost", hour), true},
		{"the first again", good, true},
	} {
		shown = tc.leaf
		if err := shake(t, d); (err == nil) != tc.ok {
			t.Errorf("%s: %v, want accepted %v", tc.name, err, tc.ok)
		}
	}
	if l := d.Links(); l.Full != 4 || l.TLSErrors != 3 {
		t.Errorf("links %+v, want 4 handshakes and 3 failures", l)
	}
}

// TestLeavesAreCheckedOnceAndEnd looks at the cache itself.
func TestLeavesAreCheckedOnceAndEnd(t *testing.T) {
	a := newAuthority(t)
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	v := &verifier{name: "localhost", roots: pool}
	end := time.Now().Add(time.Hour).Truncate(time.Second)
	leaf := a.leafFor(t, "localhost", end).Leaf
	if err := v.verify(tls.ConnectionState{PeerCertificates: []*x509.Certificate{leaf}}); err != nil {
		t.Fatal(err)
	}
	if !v.knows(leaf.Raw, time.Now()) || v.knows(leaf.Raw, end) || v.knows(a.cert.Raw, time.Now()) {
		t.Errorf("the cache is to know this leaf, until the authority's end at the latest, and no other")
	}
	if v.verify(tls.ConnectionState{}) == nil {
		t.Error("a server without a certificate is taken for good")
	}
	for range 2 * knownLeaves {
		other := a.leafFor(t, "localhost", end).Leaf
		if err := v.verify(tls.ConnectionState{PeerCertificates: []*x509.Certificate{other}}); err != nil {
			t.Fatal(err)
		}
	}
	if len(v.leaves) != knownLeaves {
		t.Errorf("%d leaves are remembered, want at most %d", len(v.leaves), knownLeaves)
	}
}

// TestSharesAreKept has any share and any stretches without a session: as soon as there is one the share is caught up
// with, and it is never passed.
func TestSharesAreKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &sessions{share: rapid.Float64Range(0, 1).Draw(t, "share")}
		var given float64
		handshakes := rapid.IntRange(1, 200).Draw(t, "handshakes")
		for k := 1; k <= handshakes; k++ {
			s.Put("", map[bool]*tls.ClientSessionState{true: {}}[rapid.Bool().Draw(t, "have one")])
			if _, ok := s.Get(""); ok {
				given++
			}
			if given > s.share*float64(k)+slack {
				t.Fatalf("%v of %d resumed, want %v of them at most", given, k, s.share)
			}
		}
	})
}

func TestNewRefuses(t *testing.T) {
	for name, cfg := range map[string]Config{
		"no port":     {Address: "localhost"},
		"ca":          {Address: "localhost:1", Secure: true, CA: []byte("no pem")},
		"share":       {Address: "localhost:1", Secure: true, TLS: TLS{Resumed: 1.5}},
		"versions":    {Address: "localhost:1", Secure: true, TLS: TLS{MinVersion: tls.VersionTLS13, MaxVersion: tls.VersionTLS12}},
		"unspecified": {Address: "localhost:1", Sources: []netip.Addr{netip.IPv4Unspecified()}},
	} {
		if _, err := New(cfg); err == nil {
			t.Errorf("%s: New accepted it", name)
		}
	}
}

func TestNamesTakeTurns(t *testing.T) {
	n := newNames("example.org", "80")
	v4 := func(b byte) netip.AddrPort { return netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, b}), 80) }
	v6 := netip.MustParseAddrPort("[2001:db8::1]:80")
	n.learn([]netip.AddrPort{v4(1), v4(2), v4(3), v6})
	first := map[netip.AddrPort]int{}
	for range 9 {
		list, err := n.lookup(t.Context())
		if err != nil || len(list) != 4 || list[3] != v6 {
			t.Fatalf("%v, %v, want all four, the other family last", list, err)
		}
		first[list[0]]++
	}
	if first[v4(1)] != 3 || first[v4(2)] != 3 || first[v4(3)] != 3 {
		t.Errorf("first was %v, want each of the first family three times", first)
	}
}

func TestToKnowsThePortsOfSchemes(t *testing.T) {
	for base, want := range map[string]Config{
		"http://example.org/v1":      {Address: "example.org:80"},
		"https://example.org":        {Address: "example.org:443", Secure: true},
		"https://example.org:8443/a": {Address: "example.org:8443", Secure: true},
		"http://[2001:db8::1]":       {Address: "[2001:db8::1]:80"},
	} {
		u, err := url.Parse(base)
		if err != nil {
			t.Fatal(err)
		}
		if got := To(u); got.Address != want.Address || got.Secure != want.Secure {
			t.Errorf("%s: %s, secure %v, want %s, %v", base, got.Address, got.Secure, want.Address, want.Secure)
		}
	}
}
