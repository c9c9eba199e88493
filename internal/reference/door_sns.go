package reference

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/target"
	"github.com/passmuster/muster/internal/transport/snsdriver/endpoint"
)

// Where SNS is, and what it is called there.
const (
	snsPath     = "/sns" // below the address of HTTP
	snsRegion   = "us-east-1"
	snsAccount  = "123456789012"
	accessKeyID = "MUSTERREFERENCE"
)

// openSNS makes the SNS endpoint that the target describes. It is served by the HTTP door.
func (s *Server) openSNS(to *target.SNS) (err error) {
	s.sns, err = endpoint.New(endpoint.Config{
		Region:          to.Region,
		Account:         snsAccount,
		Topics:          []string{ingressTopic},
		AccessKeyID:     to.Credentials.AccessKeyID,
		SecretAccessKey: to.Credentials.SecretAccessKey.Reveal(),
		URL:             to.EndpointURL,
		Accept:          s.published,
		Wrong:           s.manners.sns,
	})
	return err
}

// snsDoor answers a request that is for the SNS endpoint, and says whether it was.
func (s *Server) snsDoor(w http.ResponseWriter, r *http.Request) bool {
	if r.URL.Path != snsPath && !strings.HasPrefix(r.URL.Path, snsPath+"/") {
		return false
	}
	s.sns.ServeHTTP(w, r)
	return true
}

// published asks the half about one message by SNS and stores what it accepts before the publisher is answered. As with
// the real thing the publisher hears nothing of what the half thinks of the message, only of what could not be stored.
func (s *Server) published(ctx context.Context, m *contract.Message) error {
	half := s.halfFor(m)
	if half == nil {
		return nil
	}
	began := time.Now()
	answer := half.Respond(began, m)
	err := s.store(ctx, answer)
	s.tell(Handled{
		At: began, Took: time.Since(began), Message: m, Reply: &answer.Reply, Accepted: len(answer.Accepted),
	})
	return err
}

// snsMutants are the wrong ways of the SNS endpoint.
func snsMutants() []mutant {
	wrong := func(name, clause, what string, apply func(*endpoint.Wrong)) mutant {
		return mutant{
			contract.Mutant{Name: "sns-" + name, Clause: "ingest/sns/" + clause, Wrong: what},
			func(m *manners) { apply(&m.sns) },
		}
	}
	return slices.Concat(refusalMutants(wrong), []mutant{
		wrong("unsigned", "refuses-unsigned", "serves SNS requests without a signature",
			func(w *endpoint.Wrong) { w.Unsigned = true }),
		wrong("any-secret", "refuses-wrong-secret", "does not look at the signatures of SNS requests",
			func(w *endpoint.Wrong) { w.AnySecret = true }),
		wrong("any-access-key", "refuses-unknown-access-key", "serves every access key by SNS",
			func(w *endpoint.Wrong) { w.AnyAccessKey = true }),
		wrong("any-topic", "refuses-unknown-topic", "takes messages for SNS topics that do not exist",
			func(w *endpoint.Wrong) { w.AnyTopic = true }),
		wrong("nine-entries", "accepts-ten-entries", "refuses SNS batches of ten messages",
			func(w *endpoint.Wrong) { w.NineEntries = true }),
		wrong("many-entries", "refuses-eleven-entries", "takes SNS batches of more than ten messages",
			func(w *endpoint.Wrong) { w.ManyEntries = true }),
		wrong("same-ids", "refuses-repeated-entry-ids", "takes SNS batches in which ids repeat",
			func(w *endpoint.Wrong) { w.SameIDs = true }),
		wrong("forgets-entries", "names-every-entry", "leaves the last message of an SNS batch out of its answer",
			func(w *endpoint.Wrong) { w.ForgetsEntries = true }),
		wrong("hides-failures", "reports-failed-entries", "tells failed messages of an SNS batch as successful",
			func(w *endpoint.Wrong) { w.HidesFailures = true }),
		wrong("empty-messages", "refuses-empty-message", "takes SNS messages without a character",
			func(w *endpoint.Wrong) { w.EmptyMessages = true }),
		wrong("illegal-characters", "refuses-illegal-characters", "takes SNS messages with control characters",
			func(w *endpoint.Wrong) { w.IllegalCharacters = true }),
		wrong("small-messages", "accepts-240-kib", "refuses SNS messages above 64 KiB",
			func(w *endpoint.Wrong) { w.SmallMessages = true }),
		wrong("any-size", "refuses-oversized-message", "takes SNS messages of every size",
			func(w *endpoint.Wrong) { w.AnySize = true }),
		wrong("any-batch-size", "refuses-oversized-batch", "takes SNS batches of every size",
			func(w *endpoint.Wrong) { w.AnySize = true }),
		wrong("forgets-failures", "reports-failed-entries", "leaves failed messages of an SNS batch out of its answer",
			func(w *endpoint.Wrong) { w.ForgetsFailures = true }),
		wrong("blames-the-first", "reports-failed-entries", "tells the first message of an SNS batch as failed when another one did",
			func(w *endpoint.Wrong) { w.BlamesFirst = true }),
	})
}

// refusalMutants refuse what is to be refused, but not in earnest: they publish it all the same, or answer 200.
func refusalMutants(wrong func(name, clause, what string, apply func(*endpoint.Wrong)) mutant) []mutant {
	var all []mutant
	for _, r := range []struct {
		name, clause, what string
		code               endpoint.Code
	}{
		{"unsigned", "refuses-unsigned", "an SNS request without a signature", "MissingAuthenticationToken"},
		{"wrong-secret", "refuses-wrong-secret", "an SNS request signed with another secret", "SignatureDoesNotMatch"},
		{"unknown-access-key", "refuses-unknown-access-key", "an SNS request of an unknown access key", "InvalidClientTokenId"},
		{"unknown-topic", "refuses-unknown-topic", "a message for an SNS topic that does not exist", "NotFound"},
		{"eleven-entries", "refuses-eleven-entries", "an SNS batch of eleven messages", "TooManyEntriesInBatchRequest"},
		{"repeated-ids", "refuses-repeated-entry-ids", "an SNS batch in which ids repeat", "BatchEntryIdsNotDistinct"},
	} {
		all = append(all,
			wrong(r.name+"-published", r.clause, "refuses "+r.what+" and publishes it all the same",
				func(w *endpoint.Wrong) { w.Acts = r.code }),
			wrong(r.name+"-answers-200", r.clause, "refuses "+r.what+" in words, with status 200",
				func(w *endpoint.Wrong) { w.Hides = r.code }))
	}
	return all
}
