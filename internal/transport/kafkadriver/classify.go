package kafkadriver

import (
	"context"
	"errors"
	"net"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
)

// fate is what became of one record.
type fate struct {
	outcome contract.Outcome
	class   contract.Class
	code    int // the broker's error code; 0 when it gave none
	detail  string
}

// worstOf returns the fate that claims least about its message (indeterminate, then failed, then never sent), and
// whether the outcomes differ.
func worstOf(fates []fate) (worst fate, differ bool) {
	rank := [contract.Outcomes]int{contract.Acknowledged: 0, contract.NeverSent: 1, contract.Failed: 2, contract.Indeterminate: 3}
	worst = fates[0]
	for _, f := range fates[1:] {
		differ = differ || f.outcome != worst.outcome
		if rank[f.outcome] > rank[worst.outcome] {
			worst = f
		}
	}
	return worst, differ
}

// classify maps the error with which the client gave a record back. It says "failed" only when a broker said no; what
// may have been stored is indeterminate.
func classify(err error) fate {
	f := fate{outcome: contract.Indeterminate, detail: transport.OneLine(err.Error())}
	var broker *kerr.Error
	switch {
	case errors.As(err, &broker):
		f.outcome, f.class = ofCode(broker)
		f.code = int(broker.Code)
	case errors.Is(err, kgo.ErrMaxBuffered):
		f.outcome, f.class = contract.NeverSent, contract.ClassGenerator
	case errors.Is(err, kgo.ErrRecordTimeout), errors.Is(err, kgo.ErrRecordRetries):
		f.class = contract.ClassTimeout
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded),
		errors.Is(err, kgo.ErrClientClosed), errors.Is(err, kgo.ErrAborting):
		f.class = contract.ClassCancelled
	default:
		f.class = ofLink(err)
	}
	return f
}

// ofCode maps what a broker answered for a record.
func ofCode(e *kerr.Error) (contract.Outcome, contract.Class) {
	if class, known := refusals[e.Code]; known {
		return contract.Failed, class
	}
	switch e {
	case kerr.RequestTimedOut: // too few replicas confirmed in time; the leader has it
		return contract.Indeterminate, contract.ClassTimeout
	case kerr.NotEnoughReplicasAfterAppend, kerr.OutOfOrderSequenceNumber, kerr.UnknownProducerID,
		kerr.InvalidProducerEpoch, kerr.InvalidProducerIDMapping:
		return contract.Indeterminate, contract.ClassServer
	default:
		return contract.Failed, contract.ClassServer
	}
}

// refusals are the codes with which a broker turns a record, a topic or a client down for good.
var refusals = map[int16]contract.Class{
	kerr.SaslAuthenticationFailed.Code:           contract.ClassAuth,
	kerr.UnsupportedSaslMechanism.Code:           contract.ClassAuth,
	kerr.IllegalSaslState.Code:                   contract.ClassAuth,
	kerr.ClusterAuthorizationFailed.Code:         contract.ClassAuth,
	kerr.TopicAuthorizationFailed.Code:           contract.ClassTopic,
	kerr.UnknownTopicOrPartition.Code:            contract.ClassTopic,
	kerr.UnknownTopicID.Code:                     contract.ClassTopic,
	kerr.InvalidTopicException.Code:              contract.ClassTopic,
	kerr.MessageTooLarge.Code:                    contract.ClassTooLarge,
	kerr.RecordListTooLarge.Code:                 contract.ClassTooLarge,
	kerr.ThrottlingQuotaExceeded.Code:            contract.ClassRateLimited,
	kerr.InvalidRecord.Code:                      contract.ClassRejected,
	kerr.InvalidTimestamp.Code:                   contract.ClassRejected,
	kerr.CorruptMessage.Code:                     contract.ClassRejected,
	kerr.PolicyViolation.Code:                    contract.ClassRejected,
	kerr.UnsupportedForMessageFormat.Code:        contract.ClassRejected,
	kerr.UnsupportedCompressionType.Code:         contract.ClassRejected,
	kerr.InvalidRequiredAcks.Code:                contract.ClassRejected,
	kerr.InvalidRequest.Code:                     contract.ClassRejected,
	kerr.UnsupportedVersion.Code:                 contract.ClassRejected,
	kerr.TransactionalIDAuthorizationFailed.Code: contract.ClassAuth,
}

// ofLink maps an error that is no broker's answer.
func ofLink(err error) contract.Class {
	var op *net.OpError
	switch {
	case transport.Exhausted(err):
		return contract.ClassGenerator
	case errors.As(err, &op) && op.Op == "dial":
		return contract.ClassDial
	case transport.Broken(err):
		return contract.ClassReset
	default:
		return contract.ClassProtocol
	}
}
