package reference

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/ingest"
)

func taken(mediaType string, body []byte) contract.Reply {
	return contract.Reply{
		Outcome: contract.Acknowledged, Status: 200, Body: body,
		Header: []contract.Field{{Name: "Content-Type", Value: mediaType}},
	}
}

func (s *Server) receipt(body []byte) contract.Reply {
	return taken(ingest.MediaType, s.rules.receipt(s.answers.Add(1), body))
}

// refuse answers in the shape of an API gateway's errors: one member, a text (A-H9).
func (s *Server) refuse(status int, class contract.Class, why string) contract.Reply {
	text, err := json.Marshal(map[string]string{s.rules.errorMember: why})
	if err != nil {
		text = []byte(`{"message":"refused"}`) // cannot be: strings always encode
	}
	if status < 300 { // whatever it says, a client takes it for an acknowledgement
		return taken(ingest.MediaType, text)
	}
	return contract.Reply{
		Outcome: contract.Failed, Class: class, Status: status, Body: text, Detail: why,
		Header: []contract.Field{{Name: "Content-Type", Value: ingest.MediaType}},
	}
}

// queueReceipt is what a queue answers for a message that it took, in the JSON form that one of the clients decodes
// (A-H8). The number makes its ids unique within a server.
func queueReceipt(number uint64, body []byte) []byte {
	sum := md5.Sum(body)
	const form = `{"SendMessageResponse":{"ResponseMetadata":{"RequestId":"%[1]s"},"SendMessageResult":{` +
		`"MD5OfMessageAttributes":null,"MD5OfMessageBody":"%[2]s","MD5OfMessageSystemAttributes":null,` +
		`"MessageId":"%[1]s","SequenceNumber":null}}}`
	id := fmt.Sprintf("00000000-0000-4000-8000-%012x", number&(1<<48-1))
	return fmt.Appendf(nil, form, id, hex.EncodeToString(sum[:]))
}
