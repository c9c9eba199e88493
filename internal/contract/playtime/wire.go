package playtime

import (
	"strconv"
	"strings"

	"github.com/passmuster/muster/internal/contract"
)

// values are what a body says, before a profile gives it a form.
type values struct {
	ids     []int64 // written in a start only
	session string
	ts      []byte // decimal text
	hash    []byte // as a JSON string, quotes included
	nonce   string
	order   int64
}

// appendBody appends v in the form of the profile.
func (p *Profile) appendBody(dst []byte, start bool, v *values) []byte {
	begin, name, middle, end := `{`, `"`, `":`, `}`
	after := ""
	if p.Pairs {
		begin, name, middle, after, end = `[`, `{"Key":"`, `","Value":`, `}`, `]`
	}
	dst = append(dst, begin...)
	written := false
	for _, member := range p.Members {
		if member == MemberIDs && !start {
			continue
		}
		if written {
			dst = append(dst, ',')
		}
		written = true
		dst = append(append(append(dst, name...), member...), middle...)
		dst = append(p.appendValue(dst, member, v), after...)
	}
	return append(dst, end...)
}

func (p *Profile) appendValue(dst []byte, member string, v *values) []byte {
	switch member {
	case MemberIDs:
		return p.appendIDs(dst, v.ids)
	case MemberSessionID:
		return appendString(dst, v.session)
	case MemberTS:
		return p.quote(append(p.quote(dst), v.ts...))
	case MemberHash:
		return append(dst, v.hash...)
	case MemberNonce:
		return appendString(dst, v.nonce)
	default: // session_order_id
		return p.quote(strconv.AppendInt(p.quote(dst), v.order, 10))
	}
}

func (p *Profile) appendIDs(dst []byte, ids []int64) []byte {
	dst = append(dst, '[')
	for i, id := range ids {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = p.quote(strconv.AppendInt(p.quote(dst), id, 10))
	}
	return append(dst, ']')
}

// quote appends a quotation mark where the profile writes numbers as strings.
func (p *Profile) quote(dst []byte) []byte {
	if p.TextNumbers {
		return append(dst, '"')
	}
	return dst
}

// appendHeader appends the header lines of the profile, filled in. A line whose value came out empty is dropped.
func (p *Profile) appendHeader(dst []contract.Field, authorization string, a *contract.Action) []contract.Field {
	for _, line := range p.Header {
		switch line.Value {
		case "Bearer " + FillToken:
			line.Value = authorization
		case FillPlatform:
			line.Value = respelled(p.Platforms, a.Platform)
		case FillPortal:
			line.Value = respelled(p.Portals, a.Portal)
		}
		if line.Value != "" {
			dst = append(dst, line)
		}
	}
	return dst
}

// respelled returns the client's own spelling of a name, whatever the case that it was given in.
func respelled(spelling map[string]string, name string) string {
	if len(spelling) == 0 {
		return name
	}
	if own, has := spelling[strings.ToLower(name)]; has {
		return own
	}
	return name
}
