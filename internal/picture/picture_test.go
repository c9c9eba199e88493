package picture

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/passmuster/muster/internal/golden"
)

// hill is a chart that rises to 1,900 and falls back, made of two layers.
func hill() Chart {
	c := Chart{Title: "actions per second", Span: 20 * time.Minute, Layers: []Layer{{Name: "starts"}, {Name: "the rest <&>"}}}
	for i := range 1200 {
		v := 1900 - 4*(i-600)*(i-600)/758
		c.Values = append(c.Values, v)
		c.Layers[0].Values = append(c.Layers[0].Values, uint32(v/3))
		c.Layers[1].Values = append(c.Layers[1].Values, uint32(v-v/3))
	}
	return c
}

func TestTextGolden(t *testing.T) {
	var b strings.Builder
	for _, c := range []Chart{
		hill(),
		{Title: "few values", Values: []int{1, 2, 3}, Span: 3 * time.Second},
		{Title: "a single one among many", Values: append(make([]int, 5000), 1, 100_000), Span: 8 * time.Hour},
		{Title: "nobody", Values: []int{0, 0}, Span: 2 * time.Second},
	} {
		if err := Text(&b, c); err != nil {
			t.Fatal(err)
		}
		b.WriteString("\n")
	}
	golden.Check(t, "text.golden", b.String())
}

func TestSVGGolden(t *testing.T) {
	small := Chart{Title: "players at once", Values: []int{0, 10, 20, 15}, Span: 4 * time.Second}
	layered := Chart{Title: "actions per second", Values: []int{3, 5, 4, 1}, Span: 4 * time.Second,
		Layers: []Layer{{"starts", []uint32{1, 2, 3, 0}}, {"ends", []uint32{2, 3, 1, 1}}}}
	var b strings.Builder
	if err := SVG(&b, Page{Title: "a <plan>", About: "4 s & more", Lines: []string{"hash 1234"}, Chart: []Chart{small, layered}}); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "page.svg", b.String())
}

// TestSVGStandsAlone holds that an SVG is well-formed, and refers to nothing outside it.
func TestSVGStandsAlone(t *testing.T) {
	var b strings.Builder
	if err := SVG(&b, Page{Title: "x", Chart: []Chart{hill(), {Title: "none"}}}); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for dec := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	outside := strings.ReplaceAll(text, `xmlns="http://www.w3.org/2000/svg"`, "")
	for _, word := range []string{"http", "href", "url(", "<script", "@import", "NaN", "Inf"} {
		if strings.Contains(outside, word) {
			t.Errorf("holds %s", word)
		}
	}
	if !strings.Contains(text, "prefers-color-scheme:dark") || len(text) > 64<<10 {
		t.Errorf("%d bytes", len(text))
	}
}

func TestCeiling(t *testing.T) {
	for most, want := range map[int]int{0: 4, 1: 4, 4: 4, 5: 8, 13: 16, 33: 40, 100_000: 100_000, 1611: 2000, 5000: 6000, 240: 240, 101: 120} {
		if got := ceiling([]int{0, most}); got != want {
			t.Errorf("%d: %d, want %d", most, got, want)
		}
	}
}

func TestGreatest(t *testing.T) {
	for _, c := range []struct {
		values []int
		width  int
		want   []int
	}{
		{[]int{1, 9, 2, 3}, 2, []int{9, 3}},
		{[]int{1, 2}, 4, []int{1, 1, 2, 2}},
		{[]int{5}, 3, []int{5, 5, 5}},
		{nil, 2, []int{0, 0}},
	} {
		if got := greatest(c.values, c.width); !slices.Equal(got, c.want) {
			t.Errorf("%v in %d: %v, want %v", c.values, c.width, got, c.want)
		}
	}
}

func TestWords(t *testing.T) {
	for n, want := range map[int]string{0: "0", 950: "950", 1500: "1.5k", 1501: "1501", 12_500: "12.5k", 100_000: "100k", 2_500_000: "2.5M"} {
		if got := short(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		0: "0s", 500 * time.Millisecond: "0.5s", 90 * time.Second: "1m30s", 15 * time.Minute: "15m", 450 * time.Second: "7m30s",
		160 * time.Minute: "2h40m", 24 * time.Hour: "24h", 5 * time.Minute: "5m", 65 * time.Second: "1m05s",
	} {
		if got := instant(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}
