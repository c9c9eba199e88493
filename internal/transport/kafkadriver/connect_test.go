package kafkadriver_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"go.uber.org/goleak"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/internal/transport/drivertest"
	"github.com/passmuster/muster/internal/transport/kafkadriver"
)

// TestSecuredBroker sends and reads over TLS with SCRAM.
func TestSecuredBroker(t *testing.T) {
	_, to := secured(t)
	r, err := kafkadriver.NewReader(context.Background(), to, false)
	if err != nil {
		t.Fatalf("NewReader: %v", err)
	}
	defer r.Close()
	d := open(t, kafkadriver.Config{Kafka: to})
	defer drivertest.Close(t, d)
	if got := send(d, "one"); got.Outcome != contract.Acknowledged {
		t.Fatalf("reply %+v, want acknowledged", got)
	}
	if ids := readAll(t, r); len(ids) != 1 || ids[0] != "one" {
		t.Errorf("read %q, want one record", ids)
	}
}

// TestDeparturesAreRefused shows that every wrong way to connect is refused in time, by class, and leaves nothing behind.
func TestDeparturesAreRefused(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
	_, to := secured(t)
	for departure, want := range map[contract.Departure]struct {
		class contract.Class
		stage string
	}{
		contract.WrongPassword: {contract.ClassAuth, "sasl authentication"},
		contract.UnknownUser:   {contract.ClassAuth, "sasl authentication"},
		contract.NoSASL:        {contract.ClassAuth, "request"},
		contract.Plaintext:     {contract.ClassTLS, "first request"},
		contract.Bare:          {contract.ClassTLS, "first request"},

		contract.NameAsPassword: {contract.ClassAuth, "sasl authentication"},
		contract.PlainPassword:  {contract.ClassAuth, "sasl authentication"},
		contract.Guest:          {contract.ClassAuth, "sasl authentication"},
		contract.PlainGuest:     {contract.ClassAuth, "sasl authentication"},

		contract.UnknownTopic: {contract.ClassTopic, "request"},
	} {
		t.Run(string(departure), func(t *testing.T) {
			refused(t, kafkadriver.Config{Kafka: to, Departure: departure}, want.class, want.stage)
		})
	}
}

func TestBadConnectionsAreClassified(t *testing.T) {
	_, open := cluster(t)
	_, closed := secured(t)
	silent := listen(t)
	change := func(k target.Kafka, how func(*target.Kafka)) target.Kafka {
		how(&k)
		return k
	}
	for name, tc := range map[string]struct {
		to    target.Kafka
		class contract.Class
		stage string
	}{
		"nobody listens": {change(open, func(k *target.Kafka) { k.Brokers = []string{drivertest.DeadAddress(t)} }), contract.ClassDial, "dial"},
		"no such host":   {change(open, func(k *target.Kafka) { k.Brokers = []string{"no-such-host.invalid:9092"} }), contract.ClassDial, "dial"},
		"broker silent":  {change(open, func(k *target.Kafka) { k.Brokers = []string{silent} }), contract.ClassTimeout, "first request"},
		"tls silent":     {change(closed, func(k *target.Kafka) { k.Brokers = []string{silent} }), contract.ClassTimeout, "tls handshake"},
		"tls unwanted":   {change(open, func(k *target.Kafka) { k.TLS = closed.TLS }), contract.ClassTimeout, "tls handshake"},
		"untrusted":      {change(closed, func(k *target.Kafka) { k.TLS = &target.TLS{} }), contract.ClassTLS, "tls handshake"},
		"wrong name":     {change(closed, func(k *target.Kafka) { k.TLS = &target.TLS{CA: k.TLS.CA, ServerName: "other"} }), contract.ClassTLS, "tls handshake"},
		"no such topic":  {change(open, func(k *target.Kafka) { k.Topic = "nothing" }), contract.ClassTopic, "request"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // some wait for their deadline
			refused(t, kafkadriver.Config{Kafka: tc.to, Timeout: short}, tc.class, tc.stage)
		})
	}
}

// TestOneLivingBrokerIsEnough has the first of the given brokers dead.
func TestOneLivingBrokerIsEnough(t *testing.T) {
	_, to := cluster(t)
	to.Brokers = append([]string{drivertest.DeadAddress(t)}, to.Brokers...)
	d := open(t, kafkadriver.Config{Kafka: to})
	defer drivertest.Close(t, d)
	if got := send(d, "one"); got.Outcome != contract.Acknowledged {
		t.Errorf("reply %+v, want acknowledged", got)
	}
}

func TestNewRefusesConfig(t *testing.T) {
	plain := target.Kafka{Brokers: []string{"127.0.0.1:1"}, Topic: topic}
	for name, cfg := range map[string]kafkadriver.Config{
		"no broker":         {Kafka: target.Kafka{Topic: topic}},
		"timeout":           {Kafka: plain, Timeout: time.Millisecond},
		"buffer":            {Kafka: plain, MaxBuffered: -1},
		"batch":             {Kafka: plain, BatchBytes: 1},
		"mechanism":         {Kafka: target.Kafka{Brokers: plain.Brokers, SASL: &target.SASL{Mechanism: "plain"}}},
		"ca":                {Kafka: target.Kafka{Brokers: plain.Brokers, TLS: &target.TLS{CA: []byte("no pem")}}},
		"nothing to omit":   {Kafka: plain, Departure: contract.NoSASL},
		"nothing to lay by": {Kafka: plain, Departure: contract.Plaintext},
		"unknown departure": {Kafka: plain, Departure: "by-boat"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := kafkadriver.New(context.Background(), cfg)
			var connect *kafkadriver.ConnectError
			if err == nil || errors.As(err, &connect) {
				t.Errorf("New: %v, want an error about the configuration", err)
			}
		})
	}
}

// refused expects New to fail with this class at this stage, in one line that tells no secret.
func refused(t *testing.T, cfg kafkadriver.Config, class contract.Class, stage string) {
	t.Helper()
	_, err := kafkadriver.New(context.Background(), cfg)
	var connect *kafkadriver.ConnectError
	if !errors.As(err, &connect) {
		t.Fatalf("New: %v, want a *ConnectError", err)
	}
	if connect.Class != class || connect.Stage != stage {
		t.Errorf("class %q at %q (%v), want %q at %q", connect.Class, connect.Stage, err, class, stage)
	}
	if s := err.Error(); strings.Contains(s, password) || strings.Contains(s, "\n") {
		t.Errorf("error %q tells a secret or is not one line", s)
	}
}

const password = "open-sesame"

// secured starts a broker that wants TLS and SCRAM, and returns a target that satisfies it.
func secured(t *testing.T) (*kfake.Cluster, target.Kafka) {
	t.Helper()
	cert, ca := selfSigned(t)
	c, to := cluster(t, kfake.TLS(&tls.Config{Certificates: []tls.Certificate{cert}}), kfake.EnableSASL(),
		kfake.Superuser("SCRAM-SHA-256", "game", password))
	to.TLS = &target.TLS{CA: ca}
	to.SASL = &target.SASL{Mechanism: "scram-sha-256", Username: "game", Password: password}
	return c, to
}

// selfSigned makes a certificate for 127.0.0.1 and its own authority, as PEM.
func selfSigned(t *testing.T) (tls.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// listen accepts connections, by the kernel's backlog, and says nothing.
func listen(t *testing.T) string {
	t.Helper()
	return drivertest.Listen(t).Addr().String()
}

func send(d transport.Driver, id string) contract.Reply {
	var m contract.Message
	render(&m, id)
	return transport.Exchange(context.Background(), d, &m)
}
