package broker

import (
	"encoding/binary"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

const (
	requestHead  = 12 // size (4 bytes), key (2), version (2) and correlation id (4) of a request
	responseHead = 8  // size (4 bytes) and correlation id (4) of a response
)

// call is what the head of a request says of it.
type call struct {
	key     kmsg.Key
	version int16
	id      int32 // by which the client knows the answer
}

// readCall decodes the head of a request.
func readCall(head [requestHead]byte) call {
	return call{
		key:     kmsg.Key(binary.BigEndian.Uint16(head[4:])),
		version: int16(binary.BigEndian.Uint16(head[6:])),
		id:      int32(binary.BigEndian.Uint32(head[8:])),
	}
}

// correlation returns the id by which the client knows the answer in frame, if it is a whole one.
func correlation(frame []byte) (int32, bool) {
	if len(frame) < responseHead || int64(binary.BigEndian.Uint32(frame)) != int64(len(frame)-4) {
		return 0, false
	}
	return int32(binary.BigEndian.Uint32(frame[4:])), true
}

// amended says whether the answer to c may have to be set right.
func (c call) amended() bool {
	return c.key == kmsg.ApiVersions || c.key == kmsg.SASLHandshake || c.key == kmsg.SASLAuthenticate
}

// amend returns the answer to c as a genuine broker gives it. What needs no change, and what is not understood, is
// returned as it is. The frame itself is never written to.
func amend(c call, frame []byte) []byte {
	if _, whole := correlation(frame); !whole {
		return frame
	}
	var resp kmsg.Response
	switch c.key {
	case kmsg.ApiVersions:
		resp = amendVersions(c, frame[responseHead:])
	case kmsg.SASLHandshake:
		resp = amendHandshake(c, frame[responseHead:])
	default:
	}
	if resp == nil {
		return frame
	}
	return encode(c, resp)
}

// amendVersions has the versions of SaslHandshake begin at 0. A refusal names no versions; it, and whatever cannot be
// decoded, is nil.
func amendVersions(c call, body []byte) kmsg.Response {
	resp := kmsg.NewPtrApiVersionsResponse()
	resp.SetVersion(c.version)
	if err := resp.ReadFrom(body); err != nil || resp.ErrorCode != 0 {
		return nil
	}
	for i := range resp.ApiKeys {
		if kmsg.Key(resp.ApiKeys[i].ApiKey) == kmsg.SASLHandshake {
			resp.ApiKeys[i].MinVersion = 0
		}
	}
	return resp
}

// amendHandshake names the one mechanism that there is, be the client's choice of it good or not.
func amendHandshake(c call, body []byte) kmsg.Response {
	resp := kmsg.NewPtrSASLHandshakeResponse()
	resp.SetVersion(c.version)
	if err := resp.ReadFrom(body); err != nil {
		return nil
	}
	resp.SupportedMechanisms = []string{mechanism}
	return resp
}

// unsupported answers a handshake for a mechanism that there is not.
func unsupported(req *kmsg.SASLHandshakeRequest) *kmsg.SASLHandshakeResponse {
	resp := kmsg.NewPtrSASLHandshakeResponse()
	resp.SetVersion(req.Version)
	resp.ErrorCode = kerr.UnsupportedSaslMechanism.Code
	resp.SupportedMechanisms = []string{mechanism}
	return resp
}

// refusal answers c, a SaslAuthenticate request, with the word that its credentials are no good. It is nil when c is
// anything else, or of a version that no client can have learned from this broker.
func refusal(c call) []byte {
	resp := kmsg.NewPtrSASLAuthenticateResponse()
	if c.key != kmsg.SASLAuthenticate || c.version < 0 || c.version > resp.MaxVersion() {
		return nil
	}
	resp.SetVersion(c.version)
	resp.ErrorCode = kerr.SaslAuthenticationFailed.Code
	resp.ErrorMessage = kmsg.StringPtr("credentials refused")
	return encode(c, resp)
}

// encode makes the frame of an answer to c.
func encode(c call, resp kmsg.Response) []byte {
	frame := make([]byte, responseHead, 512)
	if resp.IsFlexible() && c.key != kmsg.ApiVersions { // whose head has no tags, so that any client can read it
		frame = append(frame, 0)
	}
	frame = resp.AppendTo(frame)
	binary.BigEndian.PutUint32(frame, uint32(len(frame)-4))
	binary.BigEndian.PutUint32(frame[4:], uint32(c.id))
	return frame
}
