package record

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// anyLinks draws links of any content.
func anyLinks() *rapid.Generator[*Links] {
	return rapid.Custom(func(t *rapid.T) *Links {
		l := &Links{Second: 3, Transport: "http", Open: rapid.Int64Range(0, 1e6).Draw(t, "open"), Connect: NewHistogram(), Handshake: NewHistogram()}
		for name, n := range l.counts() {
			*n = rapid.Int64Range(0, 1e6).Draw(t, name)
		}
		l.Negotiated = rapid.MapOfN(rapid.StringMatching("TLS 1.[23] [A-Z]{1,3}"), rapid.Int64Range(0, 1e6), 1, 4).Draw(t, "negotiated")
		for _, v := range rapid.SliceOfN(rapid.Int64Range(0, highest), 0, 20).Draw(t, "values") {
			if err := l.Connect.RecordValue(v); err != nil {
				t.Fatal(err)
			}
		}
		return l
	})
}

func sameLinks(a, b *Links) bool {
	x, y := *a, *b
	x.Connect, x.Handshake, y.Connect, y.Handshake = nil, nil, nil, nil
	return reflect.DeepEqual(x, y) && a.Connect.Equals(b.Connect) && a.Handshake.Equals(b.Handshake)
}

func TestLinksSurviveTheFile(t *testing.T) {
	linksCodec.survives(t, func(t *rapid.T) *Links { return anyLinks().Draw(t, "links") })
}

func TestLinksMergeInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyLinks().Draw(t, "a"), anyLinks().Draw(t, "b")
		one, other := &Links{Second: 3, Transport: "http"}, &Links{Second: 3, Transport: "http"}
		for _, order := range []struct {
			to   *Links
			from []*Links
		}{{one, []*Links{a, b}}, {other, []*Links{b, a}}} {
			for _, l := range order.from {
				if err := order.to.Merge(l); err != nil {
					t.Fatal(err)
				}
			}
		}
		if one.Dials != a.Dials+b.Dials || one.Open != other.Open || !reflect.DeepEqual(one.counts(), other.counts()) {
			t.Errorf("merged\n%+v and\n%+v", one, other)
		}
	})
}

func TestDecodeLinksRefuses(t *testing.T) {
	refuses(t, DecodeLinks, []badLine{
		{"no JSON", `{"version":1,`, "decode links"},
		{"a newer version", `{"version":2,"transport":"http"}`, "newer than this binary reads"},
		{"no transport", `{"version":1}`, "a name"},
		{"a negative count", `{"version":1,"transport":"http","counts":{"dials":-1}}`, `count -1 of "dials"`},
		{"a histogram that is none", `{"version":1,"transport":"http","connect":"AAAA"}`, "connect: "},
	})
}

// Whatever a line holds, the decoder neither panics nor accepts what it could not write again.
func FuzzDecodeLinks(f *testing.F) {
	f.Add([]byte(`{"version":1,"transport":"http","second":4,"open":3,"counts":{"dials":7,"full":2}}`))
	linksCodec.fuzz(f)
}
