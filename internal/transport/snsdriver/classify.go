package snsdriver

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/smithy-go"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/transport"
)

// fate is what became of one entry.
type fate struct {
	outcome contract.Outcome
	class   contract.Class
	status  int // of HTTP; 0 when there was none
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

// classify maps how a call ended; sent tells whether it had a connection. It says "failed" only when the endpoint said
// no: what may have been taken is indeterminate.
func classify(err error, sent bool) fate {
	if err == nil {
		return fate{outcome: contract.Acknowledged, status: http.StatusOK}
	}
	f := fate{outcome: contract.NeverSent, detail: plain(err)}
	if sent {
		f.outcome = contract.Indeterminate
	}
	var answered *awshttp.ResponseError
	var said smithy.APIError
	if errors.As(err, &answered) {
		f.status = answered.HTTPStatusCode() // 0 where no answer came
	}
	switch {
	case f.status >= 300:
		f.outcome = contract.Failed
		f.class = ofStatus(f.status)
		if errors.As(err, &said) && said.ErrorCode() != "UnknownError" {
			f.class = ofCode(said.ErrorCode(), said.ErrorMessage(), f.class)
			f.detail = said.ErrorCode() + ": " + said.ErrorMessage()
		}
	case f.status > 0:
		f.class = contract.ClassProtocol
	default:
		f.class = ofLink(err, sent)
		if f.class == contract.ClassAuth {
			f.detail = "no credentials (export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY): " + f.detail
		}
	}
	return f
}

// plain is what an error says without the SDK's account of how it came about.
func plain(err error) string {
	var request *url.Error
	if errors.As(err, &request) {
		return request.Err.Error()
	}
	return err.Error()
}

// ofStatus is the class of an error that names no code.
func ofStatus(status int) contract.Class {
	switch {
	case status == http.StatusTooManyRequests:
		return contract.ClassRateLimited
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return contract.ClassAuth
	case status == http.StatusRequestEntityTooLarge:
		return contract.ClassTooLarge
	case status >= 500:
		return contract.ClassServer
	default:
		return contract.ClassRejected
	}
}

// ofCode is the class of an error's code, or the other one where the code is not known.
func ofCode(code, message string, otherwise contract.Class) contract.Class {
	class, known := codes[code]
	switch {
	case !known:
		return otherwise
	case class == contract.ClassRejected && strings.Contains(strings.ToLower(message), "too long"):
		return contract.ClassTooLarge // a message over the limit is but an invalid parameter to SNS (A-S5)
	default:
		return class
	}
}

// codes are the errors of SNS, and those that all services of AWS share.
var codes = map[string]contract.Class{
	"Throttled":                    contract.ClassRateLimited,
	"Throttling":                   contract.ClassRateLimited,
	"ThrottledException":           contract.ClassRateLimited,
	"ThrottlingException":          contract.ClassRateLimited,
	"KMSThrottling":                contract.ClassRateLimited,
	"RequestLimitExceeded":         contract.ClassRateLimited,
	"TooManyRequestsException":     contract.ClassRateLimited,
	"AuthorizationError":           contract.ClassAuth,
	"AuthorizationErrorException":  contract.ClassAuth,
	"AccessDenied":                 contract.ClassAuth,
	"AccessDeniedException":        contract.ClassAuth,
	"InvalidClientTokenId":         contract.ClassAuth,
	"UnrecognizedClientException":  contract.ClassAuth,
	"SignatureDoesNotMatch":        contract.ClassAuth,
	"IncompleteSignature":          contract.ClassAuth,
	"MissingAuthenticationToken":   contract.ClassAuth,
	"ExpiredToken":                 contract.ClassAuth,
	"ExpiredTokenException":        contract.ClassAuth,
	"RequestExpired":               contract.ClassAuth,
	"InvalidSecurity":              contract.ClassAuth,
	"OptInRequired":                contract.ClassAuth,
	"KMSAccessDenied":              contract.ClassAuth,
	"NotFound":                     contract.ClassTopic,
	"NotFoundException":            contract.ClassTopic,
	"ResourceNotFoundException":    contract.ClassTopic,
	"EndpointDisabled":             contract.ClassTopic,
	"BatchRequestTooLong":          contract.ClassTooLarge,
	"InvalidParameter":             contract.ClassRejected,
	"InvalidParameterException":    contract.ClassRejected,
	"InvalidParameterValue":        contract.ClassRejected,
	"ParameterValueInvalid":        contract.ClassRejected,
	"ValidationError":              contract.ClassRejected,
	"ValidationException":          contract.ClassRejected,
	"TooManyEntriesInBatchRequest": contract.ClassRejected,
	"EmptyBatchRequest":            contract.ClassRejected,
	"BatchEntryIdsNotDistinct":     contract.ClassRejected,
	"InvalidBatchEntryId":          contract.ClassRejected,
	"InternalError":                contract.ClassServer,
	"InternalErrorException":       contract.ClassServer,
	"InternalFailure":              contract.ClassServer,
	"ServiceUnavailable":           contract.ClassServer,
}

// ofLink maps an error that is no answer. Before there was a connection, what is not about making one is about signing:
// the SDK found no credentials.
func ofLink(err error, sent bool) contract.Class {
	var op *net.OpError
	var signing *smithy.OperationError
	switch {
	case transport.Exhausted(err):
		return contract.ClassGenerator
	case errors.Is(err, context.Canceled):
		return contract.ClassCancelled
	case !sent && errors.As(err, &op) && op.Op == "dial":
		return contract.ClassDial
	case !sent && handshake(err):
		return contract.ClassTLS
	case sent && transport.Broken(err):
		return contract.ClassReset
	case sent:
		return contract.ClassProtocol
	case transport.Broken(err):
		return contract.ClassDial
	case errors.As(err, &signing):
		return contract.ClassAuth
	default:
		return contract.ClassGenerator
	}
}

// unnamed is the fate of a message whose answer does not tell that it was taken.
func unnamed(what string) fate {
	return fate{
		outcome: contract.Indeterminate, class: contract.ClassProtocol, status: http.StatusOK, detail: what,
	}
}

// answers are the fates of the entries of a batch, by id.
type answers map[string]fate

// tell reads the two lists of an answer. An id that is in both has failed.
func tell(answer *sns.PublishBatchOutput) answers {
	told := answers{}
	for _, e := range answer.Successful {
		told[aws.ToString(e.Id)] = fate{outcome: contract.Acknowledged, status: http.StatusOK}
	}
	for _, e := range answer.Failed {
		code, message := aws.ToString(e.Code), aws.ToString(e.Message)
		otherwise := contract.ClassServer
		if e.SenderFault {
			otherwise = contract.ClassRejected
		}
		told[aws.ToString(e.Id)] = fate{
			outcome: contract.Failed, class: ofCode(code, message, otherwise), status: http.StatusOK,
			detail: strings.TrimSuffix(code+": "+message, ": "),
		}
	}
	return told
}

// of is the fate of one entry. One that the answer does not name may have been taken or not.
func (a answers) of(id string) fate {
	if f, named := a[id]; named {
		return f
	}
	return unnamed("the answer names entry " + id + " neither as successful nor as failed")
}
