package snsdriver_test

import (
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
	"github.com/passmuster/muster/internal/transport"
	"github.com/passmuster/muster/internal/transport/snsdriver"
	"github.com/passmuster/muster/internal/transport/snsdriver/endpoint"
)

// sendAll sends messages of these texts, all at once, and returns the replies in their order.
func sendAll(d *snsdriver.Driver, texts ...string) []contract.Reply {
	replies := make([]contract.Reply, len(texts))
	var all sync.WaitGroup
	for i, text := range texts {
		all.Add(1)
		d.Send(context.Background(), &contract.Message{Transport: contract.SNS, Body: []byte(text)}, func(r contract.Reply) {
			defer all.Done()
			replies[i] = r
		})
	}
	all.Wait()
	return replies
}

func closeDriver(t *testing.T, d *snsdriver.Driver) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := d.Close(ctx); err != nil {
		t.Errorf("Close: %v", err)
	}
}

// TestBatchFailsByEntry has an endpoint refuse every third entry inside a 200: each message hears its own fate, and both
// entries and events are counted under it.
func TestBatchFailsByEntry(t *testing.T) {
	to, taken := start(t, endpoint.Config{Disturb: func(_ string, entry int) string {
		if entry >= 0 && entry%3 == 2 {
			return []string{"Throttled", "InternalError"}[entry/3%2]
		}
		return ""
	}})
	d := open(t, snsdriver.Config{SNS: to, Linger: time.Second})
	defer closeDriver(t, d)
	var texts []string
	for i := range snsdriver.MaxEntries {
		texts = append(texts, fmt.Sprintf(`[{"id":"%d-a"},{"id":"%d-b"}]`, i, i))
	}
	outcomes := map[contract.Class]int{}
	for _, r := range sendAll(d, texts...) {
		outcomes[r.Class]++
		if r.Status != 200 || (r.Outcome == contract.Acknowledged) != (r.Class == contract.ClassNone) {
			t.Errorf("reply %+v", r)
		}
	}
	if outcomes[""] != 7 || outcomes[contract.ClassRateLimited] != 2 || outcomes[contract.ClassServer] != 1 {
		t.Errorf("outcomes %v, want 7 taken, 2 throttled, 1 server error", outcomes)
	}
	if n := len(taken.ids()); n != 14 {
		t.Errorf("%d events taken, want 14", n)
	}
	got := d.Stats()
	want := snsdriver.Stats{Calls: 1, Batches: 1}
	want.Entries[contract.Acknowledged], want.Entries[contract.Failed] = 7, 3
	want.Events[contract.Acknowledged], want.Events[contract.Failed] = 14, 6
	if got != want {
		t.Errorf("stats %+v, want %+v", got, want)
	}
}

// TestBatchAsGiven publishes records as one batch, exactly as they are, and hears of each.
func TestBatchAsGiven(t *testing.T) {
	to, taken := start(t, endpoint.Config{})
	d := open(t, snsdriver.Config{SNS: to})
	defer closeDriver(t, d)
	entries := func(texts ...string) *contract.Message {
		m := &contract.Message{Transport: contract.SNS}
		for i, text := range texts {
			m.Records = append(m.Records, contract.Record{Key: fmt.Appendf(nil, "id-%d", i), Value: []byte(text)})
		}
		return m
	}
	good := `[{"id":"x"}]`
	r := transport.Exchange(t.Context(), d, entries(good, "", good))
	want := []contract.Outcome{contract.Acknowledged, contract.Failed, contract.Acknowledged}
	if r.Outcome != contract.Failed || r.Class != contract.ClassRejected || !slices.Equal(r.Records, want) {
		t.Errorf("one of three empty: %+v", r)
	}
	if r := transport.Exchange(t.Context(), d, entries(good, good)); r.Outcome != contract.Acknowledged || r.Records != nil {
		t.Errorf("two good: %+v", r)
	}
	r = transport.Exchange(t.Context(), d, entries(slices.Repeat([]string{good}, 11)...))
	if r.Outcome != contract.Failed || r.Status != 400 || !strings.HasPrefix(r.Detail, "TooManyEntriesInBatchRequest") {
		t.Errorf("eleven: %+v", r)
	}
	if n := len(taken.ids()); n != 4 {
		t.Errorf("%d events taken, want 4", n)
	}
}

// TestBatchesKeepToTheLimits sends what no single batch can take. Messages that SNS may refuse for their own sake go
// alone, and do not harm the others.
func TestBatchesKeepToTheLimits(t *testing.T) {
	var calls sync.Map
	to, _ := start(t, endpoint.Config{Disturb: func(action string, entry int) string {
		n, _ := calls.LoadOrStore(fmt.Sprint(action, entry), new(atomic.Int32))
		n.(*atomic.Int32).Add(1)
		return ""
	}})
	d := open(t, snsdriver.Config{SNS: to, Linger: 200 * time.Millisecond, Connections: 1})
	defer closeDriver(t, d)
	texts := slices.Repeat([]string{"[1]"}, 25)
	texts = append(texts, slices.Repeat([]string{strings.Repeat("x", 100<<10)}, 5)...)
	texts = append(texts, "", "[\x01]", strings.Repeat("x", 256<<10+1))
	for i, r := range sendAll(d, texts...) {
		if taken := r.Outcome == contract.Acknowledged; taken != (i < 30) {
			t.Errorf("message %d: %+v", i, r)
		}
	}
	got := d.Stats()
	if got.Entries[contract.Acknowledged] != 30 || got.Entries[contract.Failed] != 3 {
		t.Errorf("stats %+v, want 30 entries taken and 3 failed", got)
	}
	if got.Calls < 8 || got.Calls > 15 { // 3 for the small and two large, 2 for the other large, 3 alone; a slow start may split some
		t.Errorf("%d calls, want 8 or a few more", got.Calls)
	}
	if _, over := calls.Load("PublishBatch10"); over {
		t.Error("a batch had more than ten entries")
	}
}

// TestForgottenEntryIsIndeterminate has an endpoint leave the last entry out of its answer.
func TestForgottenEntryIsIndeterminate(t *testing.T) {
	to, _ := start(t, endpoint.Config{Wrong: endpoint.Wrong{ForgetsEntries: true}})
	d := open(t, snsdriver.Config{SNS: to, Linger: time.Second})
	defer closeDriver(t, d)
	unknown := 0
	for _, r := range sendAll(d, slices.Repeat([]string{"[1]"}, snsdriver.MaxEntries)...) {
		if r.Outcome == contract.Indeterminate && r.Class == contract.ClassProtocol {
			unknown++
		}
	}
	if unknown != 1 {
		t.Errorf("%d messages indeterminate, want 1", unknown)
	}
}

// TestFullBufferNeverBlocks sends two messages to a server that hangs and a buffer of one.
func TestFullBufferNeverBlocks(t *testing.T) {
	release := make(chan struct{})
	to := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-release
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	one := open(t, snsdriver.Config{SNS: to, MaxBuffered: 1, Linger: -1})
	defer closeDriver(t, one)
	first, second := make(chan contract.Reply, 1), make(chan contract.Reply, 1)
	m := contract.Message{Transport: contract.SNS, Body: []byte("[1]")}
	one.Send(context.Background(), &m, func(r contract.Reply) { first <- r })
	one.Send(context.Background(), &m, func(r contract.Reply) { second <- r })
	if r := <-second; r.Outcome != contract.NeverSent || r.Class != contract.ClassGenerator || !r.Sent.IsZero() {
		t.Errorf("second reply %+v, want never sent, by the generator's fault", r)
	}
	close(release)
	if r := <-first; r.Outcome != contract.Failed || r.Class != contract.ClassServer {
		t.Errorf("first reply %+v, want failed", r)
	}
}

// TestBusyConnectionsAreTheGeneratorsLimit has the only connection hang: what waits behind it never gets one.
func TestBusyConnectionsAreTheGeneratorsLimit(t *testing.T) {
	reached := make(chan struct{}, 1)
	to := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		reached <- struct{}{}
		<-r.Context().Done()
	})
	d := open(t, snsdriver.Config{SNS: to, Connections: 1, Linger: -1, Timeout: short})
	defer closeDriver(t, d)
	replies := make(chan contract.Reply, 2)
	m := contract.Message{Transport: contract.SNS, Body: []byte("[1]")}
	patient, cancel := context.WithTimeout(t.Context(), short/2)
	defer cancel()
	d.Send(context.Background(), &m, func(r contract.Reply) { replies <- r })
	<-reached
	d.Send(patient, &m, func(r contract.Reply) { replies <- r })
	if r := <-replies; r.Outcome != contract.NeverSent || r.Class != contract.ClassCancelled {
		t.Errorf("the one that waited: %+v, want never sent, cancelled", r)
	}
	if r := <-replies; r.Outcome != contract.Indeterminate || r.Class != contract.ClassTimeout {
		t.Errorf("the one that was sent: %+v, want indeterminate, timeout", r)
	}
}

// TestBundleOfAuthorities serves by TLS with a certificate that only the file of AWS_CA_BUNDLE vouches for.
func TestBundleOfAuthorities(t *testing.T) {
	plain, taken := start(t, endpoint.Config{})
	upstream := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		forward(t, plain.EndpointURL, w, r)
	}))
	upstream.Config.ErrorLog = quiet()
	upstream.StartTLS()
	t.Cleanup(upstream.Close)
	to := plain
	to.EndpointURL = upstream.URL
	send := func() contract.Reply {
		d := open(t, snsdriver.Config{SNS: to})
		defer closeDriver(t, d)
		return transport.Exchange(t.Context(), d, &contract.Message{Transport: contract.SNS, Body: []byte(`[{"id":"one"}]`)})
	}
	t.Setenv("AWS_CA_BUNDLE", "")
	if r := send(); r.Outcome != contract.NeverSent && r.Outcome != contract.Indeterminate || r.Class != contract.ClassTLS {
		t.Errorf("without a bundle: %+v, want a failed handshake", r)
	}
	bundle := filepath.Join(t.TempDir(), "corporate.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: upstream.Certificate().Raw})
	if err := os.WriteFile(bundle, block, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CA_BUNDLE", bundle)
	if r := send(); r.Outcome != contract.Acknowledged || !slices.Equal(taken.ids(), []string{"one"}) {
		t.Errorf("with the bundle: %+v, taken %v", r, taken.ids())
	}
	t.Setenv("AWS_CA_BUNDLE", bundle+".none")
	if _, err := snsdriver.New(t.Context(), snsdriver.Config{SNS: to}); err == nil || !strings.Contains(err.Error(), "corporate.pem.none") {
		t.Errorf("with a bundle that is not there: %v, want an error that names it", err)
	}
}

// TestNoCredentials has nobody to ask who the caller is: on loopback, the machine's metadata service is not asked either.
func TestNoCredentials(t *testing.T) {
	nowhere := filepath.Join(t.TempDir(), "none")
	asked := atomic.Bool{}
	metadata := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Store(true) }))
	t.Cleanup(metadata.Close)
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_PROFILE": "", "AWS_CONFIG_FILE": nowhere,
		"AWS_SHARED_CREDENTIALS_FILE": nowhere, "AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata.URL, "AWS_WEB_IDENTITY_TOKEN_FILE": "",
		"AWS_CONTAINER_CREDENTIALS_FULL_URI": "", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "",
	} {
		t.Setenv(name, value)
	}
	to, taken := start(t, endpoint.Config{})
	to.Credentials = nil
	m := contract.Message{Transport: contract.SNS, Body: []byte(`[{"id":"one"}]`)}
	d := open(t, snsdriver.Config{SNS: to})
	r := transport.Exchange(t.Context(), d, &m)
	closeDriver(t, d)
	if r.Outcome != contract.NeverSent || r.Class != contract.ClassAuth || !strings.Contains(r.Detail, "AWS_ACCESS_KEY_ID") {
		t.Errorf("reply %+v, want never sent, and advice", r)
	}
	if asked.Load() {
		t.Error("the metadata service was asked")
	}
	t.Setenv("AWS_ACCESS_KEY_ID", accessKey)
	t.Setenv("AWS_SECRET_ACCESS_KEY", secret)
	d = open(t, snsdriver.Config{SNS: to})
	defer closeDriver(t, d)
	if r := transport.Exchange(t.Context(), d, &m); r.Outcome != contract.Acknowledged || len(taken.ids()) != 1 {
		t.Errorf("with credentials of the environment: %+v", r)
	}
}

// TestConfigIsChecked opens drivers that cannot be.
func TestConfigIsChecked(t *testing.T) {
	to := sns("http://127.0.0.1:1", "events")
	for want, cfg := range map[string]snsdriver.Config{
		"want both":              {SNS: target.SNS{Region: "us-east-1"}},
		"timeout -1ns":           {SNS: to, Timeout: -1},
		"-1 buffered messages":   {SNS: to, MaxBuffered: -1},
		"-1 connections":         {SNS: to, Connections: -1},
		`"no-sasl" is unknown`:   {SNS: to, Departure: contract.NoSASL},
		`"plaintext" is unknown`: {SNS: to, Departure: contract.Plaintext},
	} {
		if _, err := snsdriver.New(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
}
