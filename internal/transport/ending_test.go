package transport

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
			if o, c := OfStatus(status); o != tc.outcome || c != tc.class {
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
		ending  Ending
		outcome contract.Outcome
		class   contract.Class
	}{
		{"refused", Ending{Err: &Fault{OfDial(refused), refused}}, contract.NeverSent, contract.ClassDial},
		{"no such host", Ending{Err: &Fault{OfDial(&net.DNSError{}), &net.DNSError{}}}, contract.NeverSent, contract.ClassDial},
		{"no descriptors", Ending{Err: &Fault{OfDial(syscall.EMFILE), syscall.EMFILE}}, contract.NeverSent, contract.ClassGenerator},
		{"no ports", Ending{Err: &Fault{OfDial(syscall.EADDRNOTAVAIL), io.EOF}}, contract.NeverSent, contract.ClassGenerator},
		{"handshake", Ending{Err: &Fault{contract.ClassTLS, io.EOF}}, contract.NeverSent, contract.ClassTLS},
		{"redial refused after a possible write", Ending{Err: &Fault{contract.ClassDial, refused}, Sent: true}, contract.Indeterminate, contract.ClassDial},
		{"proxy unreachable", Ending{Err: &net.OpError{Op: "proxyconnect", Err: refused}}, contract.NeverSent, contract.ClassDial},
		{"unsendable", Ending{Err: errors.New("net/http: invalid method")}, contract.NeverSent, contract.ClassGenerator},
		{"deadline while dialling", Ending{Err: ErrDeadline, Expired: true}, contract.NeverSent, contract.ClassTimeout},
		{"deadline while all connections are busy", Ending{Err: ErrDeadline, Expired: true, Full: true}, contract.NeverSent, contract.ClassGenerator},
		{"deadline after the write", Ending{Err: ErrDeadline, Expired: true, Sent: true, Full: true}, contract.Indeterminate, contract.ClassTimeout},
		{"cancelled before", Ending{Err: io.EOF, Cancelled: true}, contract.NeverSent, contract.ClassCancelled},
		{"cancelled after", Ending{Err: io.EOF, Cancelled: true, Sent: true}, contract.Indeterminate, contract.ClassCancelled},
		{"reset", Ending{Err: fmt.Errorf("broken: %w", reset), Sent: true}, contract.Indeterminate, contract.ClassReset},
		{"end of stream", Ending{Err: io.ErrUnexpectedEOF, Sent: true}, contract.Indeterminate, contract.ClassReset},
		{"idle close", Ending{Err: errors.New("http: server closed idle connection"), Sent: true}, contract.Indeterminate, contract.ClassReset},
		{"nonsense", Ending{Err: errors.New(`malformed HTTP response "x"`), Sent: true}, contract.Indeterminate, contract.ClassProtocol},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o, c := tc.ending.Judge()
			if o != tc.outcome || c != tc.class {
				t.Errorf("%v/%q, want %v/%q", o, c, tc.outcome, tc.class)
			}
			if d := tc.ending.Detail(c); d == "" || strings.Contains(d, "\n") {
				t.Errorf("detail %q, want one line", d)
			}
		})
	}
}
