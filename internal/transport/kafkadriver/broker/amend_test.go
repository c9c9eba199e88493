package broker

import (
	"bytes"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// versions makes an answer to ApiVersions that offers SaslHandshake from version 1 on, beside another request.
func versions(version, code int16) kmsg.Response {
	resp := kmsg.NewPtrApiVersionsResponse()
	resp.SetVersion(version)
	resp.ErrorCode = code
	resp.ApiKeys = []kmsg.ApiVersionsResponseApiKey{
		{ApiKey: int16(kmsg.Produce), MinVersion: 3, MaxVersion: 11}, {ApiKey: int16(kmsg.SASLHandshake), MinVersion: 1, MaxVersion: 1},
	}
	return resp
}

func handshake(code int16, listed ...string) kmsg.Response {
	resp := kmsg.NewPtrSASLHandshakeResponse()
	resp.SetVersion(1)
	resp.ErrorCode, resp.SupportedMechanisms = code, listed
	return resp
}

func TestAmend(t *testing.T) {
	c := func(key kmsg.Key, version int16) call { return call{key: key, version: version, id: 77} }
	for _, tc := range []struct {
		name string
		call call
		in   []byte
		same bool
	}{
		{"versions 0", c(kmsg.ApiVersions, 0), encode(c(kmsg.ApiVersions, 0), versions(0, 0)), false},
		{"versions 2", c(kmsg.ApiVersions, 2), encode(c(kmsg.ApiVersions, 2), versions(2, 0)), false},
		{"versions 3", c(kmsg.ApiVersions, 3), encode(c(kmsg.ApiVersions, 3), versions(3, 0)), false},
		{"versions 5", c(kmsg.ApiVersions, 5), encode(c(kmsg.ApiVersions, 5), versions(5, 0)), false},
		{"versions too new", c(kmsg.ApiVersions, 9), encode(c(kmsg.ApiVersions, 0), versions(0, 35)), true},
		{"versions refused", c(kmsg.ApiVersions, 3), encode(c(kmsg.ApiVersions, 3), versions(3, 42)), true},
		{"handshake", c(kmsg.SASLHandshake, 1), encode(c(kmsg.SASLHandshake, 1), handshake(0)), false},
		{"handshake in the wrong state", c(kmsg.SASLHandshake, 1), encode(c(kmsg.SASLHandshake, 1), handshake(34, "PLAIN")), false},
		{"another request", c(kmsg.Metadata, 1), encode(c(kmsg.SASLHandshake, 1), handshake(0)), true},
		{"breaks off", c(kmsg.SASLHandshake, 1), encode(c(kmsg.SASLHandshake, 1), handshake(0))[:10], true},
		{"nothing", c(kmsg.ApiVersions, 3), nil, true},
	} {
		before := bytes.Clone(tc.in)
		got := amend(tc.call, tc.in)
		if !bytes.Equal(tc.in, before) {
			t.Errorf("%s: the frame itself was changed", tc.name)
		}
		if tc.same {
			if !bytes.Equal(got, tc.in) {
				t.Errorf("%s: got %x, want it unchanged", tc.name, got)
			}
			continue
		}
		if id, ok := correlation(got); !ok || id != 77 {
			t.Fatalf("%s: id %d, whole %t: want 77 and a whole frame", tc.name, id, ok)
		}
		offers(t, tc.name, tc.call, got)
	}
}

// offers checks what a client reads in an answer that was amended.
func offers(t *testing.T, name string, c call, frame []byte) {
	t.Helper()
	resp := c.key.Response()
	resp.SetVersion(c.version)
	if err := resp.ReadFrom(frame[responseHead:]); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	switch resp := resp.(type) {
	case *kmsg.ApiVersionsResponse:
		if k := resp.ApiKeys[0]; k.MinVersion != 3 || k.MaxVersion != 11 {
			t.Errorf("%s: produce is offered in versions %d to %d, want 3 to 11", name, k.MinVersion, k.MaxVersion)
		}
		if k := resp.ApiKeys[1]; k.MinVersion != 0 || k.MaxVersion != 1 {
			t.Errorf("%s: the handshake is offered in versions %d to %d, want 0 to 1", name, k.MinVersion, k.MaxVersion)
		}
	case *kmsg.SASLHandshakeResponse:
		if got := resp.SupportedMechanisms; len(got) != 1 || got[0] != mechanism {
			t.Errorf("%s: mechanisms %q, want %s alone", name, got, mechanism)
		}
	}
}

func TestRefusal(t *testing.T) {
	for version := range int16(3) {
		frame := refusal(call{kmsg.SASLAuthenticate, version, -5})
		resp := kmsg.NewPtrSASLAuthenticateResponse()
		resp.SetVersion(version)
		body := frame[responseHead:]
		if resp.IsFlexible() {
			body = body[1:] // no tags
		}
		id, whole := correlation(frame)
		if err := resp.ReadFrom(body); err != nil || !whole || id != -5 || resp.ErrorCode != 58 {
			t.Errorf("version %d: id %d, whole %t, error %d (%v), want -5 and error 58", version, id, whole, resp.ErrorCode, err)
		}
	}
	for _, c := range []call{{key: kmsg.Metadata}, {key: kmsg.SASLAuthenticate, version: 99}, {key: kmsg.SASLAuthenticate, version: -1}} {
		if got := refusal(c); got != nil {
			t.Errorf("%v: %x, want nothing", c, got)
		}
	}
}

// FuzzAmend feeds any answer to any call: what comes out is the frame itself or a whole one with the same id.
func FuzzAmend(f *testing.F) {
	f.Add(int16(18), int16(3), encode(call{kmsg.ApiVersions, 3, 1}, versions(3, 0)))
	f.Add(int16(18), int16(9), encode(call{kmsg.ApiVersions, 0, 1}, versions(0, 35)))
	f.Add(int16(17), int16(1), encode(call{kmsg.SASLHandshake, 1, 1}, handshake(0)))
	f.Add(int16(36), int16(0), []byte{0, 0, 0, 4, 0, 0, 0, 1})
	f.Fuzz(func(t *testing.T, key, version int16, frame []byte) {
		id, _ := correlation(frame)
		got := amend(call{kmsg.Key(key), version, id}, frame)
		if bytes.Equal(got, frame) {
			return
		}
		if now, whole := correlation(got); !whole || now != id {
			t.Errorf("id %d, whole %t: want %d and a whole frame", now, whole, id)
		}
	})
}
