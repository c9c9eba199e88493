package kafkadriver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
)

func TestClassify(t *testing.T) {
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	for _, tc := range []struct {
		err     error
		outcome contract.Outcome
		class   contract.Class
		code    int
	}{
		{kgo.ErrMaxBuffered, contract.NeverSent, contract.ClassGenerator, 0},
		{kgo.ErrRecordTimeout, contract.Indeterminate, contract.ClassTimeout, 0},
		{kgo.ErrRecordRetries, contract.Indeterminate, contract.ClassTimeout, 0},
		{kgo.ErrClientClosed, contract.Indeterminate, contract.ClassCancelled, 0},
		{kgo.ErrAborting, contract.Indeterminate, contract.ClassCancelled, 0},
		{context.Canceled, contract.Indeterminate, contract.ClassCancelled, 0},
		{context.DeadlineExceeded, contract.Indeterminate, contract.ClassCancelled, 0},
		{fmt.Errorf("%w (uncompressed_bytes=2)", kerr.MessageTooLarge), contract.Failed, contract.ClassTooLarge, 10},
		{kerr.RecordListTooLarge, contract.Failed, contract.ClassTooLarge, 18},
		{kerr.TopicAuthorizationFailed, contract.Failed, contract.ClassTopic, 29},
		{kerr.UnknownTopicOrPartition, contract.Failed, contract.ClassTopic, 3},
		{kerr.InvalidTopicException, contract.Failed, contract.ClassTopic, 17},
		{kerr.ClusterAuthorizationFailed, contract.Failed, contract.ClassAuth, 31},
		{kerr.SaslAuthenticationFailed, contract.Failed, contract.ClassAuth, 58},
		{kerr.ThrottlingQuotaExceeded, contract.Failed, contract.ClassRateLimited, 89},
		{kerr.InvalidRecord, contract.Failed, contract.ClassRejected, 87},
		{kerr.PolicyViolation, contract.Failed, contract.ClassRejected, 44},
		{kerr.UnknownServerError, contract.Failed, contract.ClassServer, -1},
		{kerr.NotEnoughReplicas, contract.Failed, contract.ClassServer, 19},
		{kerr.NotEnoughReplicasAfterAppend, contract.Indeterminate, contract.ClassServer, 20},
		{kerr.RequestTimedOut, contract.Indeterminate, contract.ClassTimeout, 7},
		{kerr.OutOfOrderSequenceNumber, contract.Indeterminate, contract.ClassServer, 45},
		{refused, contract.Indeterminate, contract.ClassDial, 0},
		{fmt.Errorf("dial: %w", syscall.EMFILE), contract.Indeterminate, contract.ClassGenerator, 0},
		{io.EOF, contract.Indeterminate, contract.ClassReset, 0},
		{errors.New("correlation id mismatch"), contract.Indeterminate, contract.ClassProtocol, 0},
	} {
		got := classify(tc.err)
		if got.outcome != tc.outcome || got.class != tc.class || got.code != tc.code {
			t.Errorf("%v: %v/%q (%d), want %v/%q (%d)", tc.err, got.outcome, got.class, got.code, tc.outcome, tc.class, tc.code)
		}
		if got.detail == "" || strings.Contains(got.detail, "\n") {
			t.Errorf("%v: detail %q, want one line", tc.err, got.detail)
		}
	}
}

func TestWorstOf(t *testing.T) {
	const n, f, i, a = contract.NeverSent, contract.Failed, contract.Indeterminate, contract.Acknowledged
	for _, tc := range []struct {
		outcomes []contract.Outcome
		worst    contract.Outcome
		differ   bool
	}{
		{[]contract.Outcome{f}, f, false},
		{[]contract.Outcome{i, i}, i, false},
		{[]contract.Outcome{a, n, a}, n, true},
		{[]contract.Outcome{n, f}, f, true},
		{[]contract.Outcome{i, f, a}, i, true},
		{[]contract.Outcome{a, a, f, i, n}, i, true},
	} {
		var fates []fate
		for _, o := range tc.outcomes {
			fates = append(fates, fate{outcome: o})
		}
		if worst, differ := worstOf(fates); worst.outcome != tc.worst || differ != tc.differ {
			t.Errorf("%v: %v, differ %v; want %v, %v", tc.outcomes, worst.outcome, differ, tc.worst, tc.differ)
		}
	}
}

func TestStageClass(t *testing.T) {
	for _, tc := range []struct {
		stage                stage
		err                  error
		plaintext, anonymous bool
		want                 contract.Class
	}{
		{dialling, io.EOF, false, false, contract.ClassDial},
		{dialling, syscall.EMFILE, false, false, contract.ClassGenerator},
		{handshaking, io.EOF, false, false, contract.ClassTLS},
		{greeting, io.EOF, true, true, contract.ClassTLS},
		{greeting, io.EOF, false, true, contract.ClassReset},
		{authenticating, io.EOF, false, false, contract.ClassAuth},
		{asking, io.EOF, false, true, contract.ClassAuth},
		{asking, io.EOF, false, false, contract.ClassReset},
		{asking, errors.New("nonsense"), false, true, contract.ClassProtocol},
	} {
		if got := tc.stage.class(tc.err, tc.plaintext, tc.anonymous); got != tc.want {
			t.Errorf("%v, %v: %q, want %q", tc.stage, tc.err, got, tc.want)
		}
	}
}

func TestDepartLeavesTheTargetAlone(t *testing.T) {
	told := target.Kafka{Topic: "t", TLS: &target.TLS{}, SASL: &target.SASL{Username: "u", Password: "p"}}
	for _, d := range []contract.Departure{contract.WrongPassword, contract.UnknownUser, contract.NoSASL, contract.Plaintext, contract.UnknownTopic} {
		got, err := depart(told, d)
		if err != nil {
			t.Fatalf("%s: %v", d, err)
		}
		same := got.Topic == told.Topic && got.TLS == told.TLS && got.SASL != nil && *got.SASL == *told.SASL
		if same {
			t.Errorf("%s changes nothing", d)
		}
		if told.Topic != "t" || told.TLS == nil || told.SASL.Username != "u" || told.SASL.Password != "p" {
			t.Fatalf("%s changed the target itself", d)
		}
	}
}

func TestBackoffIsBounded(t *testing.T) {
	for _, failures := range []int{0, 1, 2, 5, 10, 1000} {
		if b := backoff(failures); b < firstBackoff || b > longestBackoff {
			t.Errorf("backoff after %d failures is %v", failures, b)
		}
	}
}
