package record

import (
	"reflect"
	"strings"
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
	rapid.Check(t, func(t *rapid.T) {
		want := anyLinks().Draw(t, "links")
		line, err := EncodeLinks(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := DecodeLinks(line)
		if err != nil {
			t.Fatal(err)
		}
		if !sameLinks(got, want) {
			t.Errorf("read\n%+v, wrote\n%+v", got, want)
		}
	})
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
	for _, c := range []struct{ name, line, want string }{
		{"no JSON", `{"version":1,`, "decode links"},
		{"a newer version", `{"version":2,"transport":"http"}`, "newer than this binary reads"},
		{"no transport", `{"version":1}`, "a name"},
		{"a negative count", `{"version":1,"transport":"http","counts":{"dials":-1}}`, `count -1 of "dials"`},
		{"a histogram that is none", `{"version":1,"transport":"http","connect":"AAAA"}`, "connect: "},
	} {
		if _, err := DecodeLinks([]byte(c.line)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", c.name, err, c.want)
		}
	}
}

// Whatever a line holds, the decoder neither panics nor accepts what it could not write again.
func FuzzDecodeLinks(f *testing.F) {
	f.Add([]byte(`{"version":1,"transport":"http","second":4,"open":3,"counts":{"dials":7,"full":2}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		first, err := DecodeLinks(line)
		if err != nil {
			return
		}
		again, err := EncodeLinks(first)
		if err != nil {
			t.Fatalf("accepted links that cannot be written: %v", err)
		}
		second, err := DecodeLinks(again)
		if err != nil || !sameLinks(first, second) {
			t.Fatalf("the links changed on their way through a file: %v\n%+v\n%+v", err, first, second)
		}
	})
}
