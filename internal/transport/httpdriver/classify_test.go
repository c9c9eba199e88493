package httpdriver

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/passmuster/muster/internal/contract"
)

func TestOfStatus(t *testing.T) {
	for _, tc := range []struct {
		statuses []int
		outcome  contract.Outcome
		class    contract.Class
	}{
		{[]int{200, 201, 202, 204, 299}, contract.Acknowledged, contract.ClassNone},
		{[]int{300, 302, 304, 400, 404, 408, 409, 422, 499}, contract.Failed, contract.ClassRejected},
		{[]int{401, 403}, contract.Failed, contract.ClassAuth},
		{[]int{413}, contract.Failed, contract.ClassTooLarge},
		{[]int{429}, contract.Failed, contract.ClassRateLimited},
		{[]int{500, 502, 503, 504, 599}, contract.Failed, contract.ClassServer},
		{[]int{0, 101, 600, 999}, contract.Failed, contract.ClassProtocol},
	} {
		for _, status := range tc.statuses {
			if o, c := ofStatus(status); o != tc.outcome || c != tc.class {
				t.Errorf("status %d: %v/%q, want %v/%q", status, o, c, tc.outcome, tc.class)
			}
		}
	}
}

func TestJudge(t *testing.T) {
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	reset := &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	for _, tc := range []struct {
		name    string
		ending  ending
		outcome contract.Outcome
		class   contract.Class
	}{
		{"refused", ending{err: &fault{ofDial(refused), refused}}, contract.NeverSent, contract.ClassDial},
		{"no such host", ending{err: &fault{ofDial(&net.DNSError{}), &net.DNSError{}}}, contract.NeverSent, contract.ClassDial},
		{"no descriptors", ending{err: &fault{ofDial(syscall.EMFILE), syscall.EMFILE}}, contract.NeverSent, contract.ClassGenerator},
		{"no ports", ending{err: &fault{ofDial(syscall.EADDRNOTAVAIL), io.EOF}}, contract.NeverSent, contract.ClassGenerator},
		{"handshake", ending{err: &fault{contract.ClassTLS, io.EOF}}, contract.NeverSent, contract.ClassTLS},
		{"redial refused after a possible write", ending{err: &fault{contract.ClassDial, refused}, sent: true}, contract.Indeterminate, contract.ClassDial},
		{"proxy unreachable", ending{err: &net.OpError{Op: "proxyconnect", Err: refused}}, contract.NeverSent, contract.ClassDial},
		{"unsendable", ending{err: errors.New("net/http: invalid method")}, contract.NeverSent, contract.ClassGenerator},
		{"deadline while dialling", ending{err: errDeadline, expired: true}, contract.NeverSent, contract.ClassTimeout},
		{"deadline while all connections are busy", ending{err: errDeadline, expired: true, full: true}, contract.NeverSent, contract.ClassGenerator},
		{"deadline after the write", ending{err: errDeadline, expired: true, sent: true, full: true}, contract.Indeterminate, contract.ClassTimeout},
		{"cancelled before", ending{err: io.EOF, cancelled: true}, contract.NeverSent, contract.ClassCancelled},
		{"cancelled after", ending{err: io.EOF, cancelled: true, sent: true}, contract.Indeterminate, contract.ClassCancelled},
		{"reset", ending{err: fmt.Errorf("broken: %w", reset), sent: true}, contract.Indeterminate, contract.ClassReset},
		{"end of stream", ending{err: io.ErrUnexpectedEOF, sent: true}, contract.Indeterminate, contract.ClassReset},
		{"idle close", ending{err: errors.New("http: server closed idle connection"), sent: true}, contract.Indeterminate, contract.ClassReset},
		{"nonsense", ending{err: errors.New(`malformed HTTP response "x"`), sent: true}, contract.Indeterminate, contract.ClassProtocol},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o, c := tc.ending.judge()
			if o != tc.outcome || c != tc.class {
				t.Errorf("%v/%q, want %v/%q", o, c, tc.outcome, tc.class)
			}
			if d := tc.ending.detail(c); d == "" || strings.Contains(d, "\n") {
				t.Errorf("detail %q, want one line", d)
			}
		})
	}
}
