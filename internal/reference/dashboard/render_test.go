package dashboard

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

func render(t *testing.T, about About, seconds int) (string, *page) {
	t.Helper()
	p, err := newPage()
	if err != nil {
		t.Fatal(err)
	}
	h, last := past(seconds)
	text, err := p.whole(newView(about, noon.Add(time.Duration(seconds-1)*time.Second), &last, h))
	if err != nil {
		t.Fatal(err)
	}
	return string(text), p
}

func TestPage(t *testing.T) {
	about := About{Mutant: "start-answers-200", Doors: []Door{{"Events by HTTP", "http://127.0.0.1:8080/ingress/events", ""}, {"Events by Kafka", "127.0.0.1:9092", "topic events"}}}
	text, p := render(t, about, 90)
	for _, inline := range []struct{ text, element string }{{pageCSS, "style"}, {pageJS, "script"}} {
		if !strings.Contains(text, "<"+inline.element+">"+inline.text+"</"+inline.element+">") || !strings.Contains(p.policy, inline.element+"-src "+digest(inline.text)) {
			t.Errorf("the policy %s does not let the page's own %s in", p.policy, inline.element)
		}
		text = strings.Replace(text, inline.text, "…", 1)
	}
	golden(t, "page.html", []byte(text))
}

func TestPageOfAServerThatHasNothingToTell(t *testing.T) {
	p, err := newPage()
	if err != nil {
		t.Fatal(err)
	}
	var h history
	var nothing Snapshot
	h.push(newPoint(noon, &nothing))
	text, err := p.whole(newView(About{}, noon, &nothing, h))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"This server has no insights.", "Clients are not judged by this server.", "None so far.", "</html>"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, wrong := range []string{"NaN", "Inf", "Wrong on purpose"} {
		if strings.Contains(string(text), wrong) {
			t.Errorf("the page says %q", wrong)
		}
	}
}

func TestPageNamesNoOtherOrigin(t *testing.T) {
	text, _ := render(t, About{}, 3)
	text = strings.ReplaceAll(text, "xmlns='http://www.w3.org/2000/svg'", "") // a name, not an address
	for _, far := range []string{"://", "src=", "@import", "url("} {
		if at := strings.Index(text, far); at >= 0 {
			t.Errorf("the page holds %q: …%.60s", far, text[at:])
		}
	}
}

func TestHostileWordsAreText(t *testing.T) {
	text, p := render(t, About{Mutant: `"><script>alert(1)</script>`}, 3)
	if n := strings.Count(text, "<script>"); n != 1 {
		t.Errorf("the page has %d scripts, want its own", n)
	}
	h, last := past(3)
	event, err := p.event(newView(About{}, noon, &last, h))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(event), "<script>") || !strings.Contains(string(event), "&lt;script&gt;") {
		t.Error("an event holds markup that a client sent")
	}
}

func TestEventsAreOneLineOfJSONWithEveryPart(t *testing.T) {
	text, p := render(t, About{}, 3)
	h, last := past(3)
	event, err := p.event(newView(About{}, noon, &last, h))
	if err != nil {
		t.Fatal(err)
	}
	data, ok := strings.CutPrefix(string(event), "data: ")
	line, rest, _ := strings.Cut(data, "\n")
	var got map[string]string
	if err := json.Unmarshal([]byte(line), &got); err != nil || !ok || rest != "\n" {
		t.Fatalf("event %.60q… ends in %q: %v", event, rest, err)
	}
	for _, name := range parts {
		if len(got[name]) == 0 || !strings.Contains(text, `data-part="`+name+`"`) {
			t.Errorf("part %s: %d bytes; the page has a place for it: %t", name, len(got[name]), strings.Contains(text, `data-part="`+name+`"`))
		}
	}
	if places := strings.Count(text, "data-part="); len(got) != len(parts) || places != len(parts) {
		t.Errorf("%d parts in an event and %d places in the page, want %d", len(got), places, len(parts))
	}
}

// TestColoursCanBeRead holds every pair of text and ground to WCAG 2.2, success criteria 1.4.3 (4.5:1), and every line
// to 1.4.11 (3:1).
func TestColoursCanBeRead(t *testing.T) {
	light, dark, _ := strings.Cut(pageCSS, "prefers-color-scheme: dark")
	for scheme, text := range map[string]string{"light": light, "dark": dark} {
		colour := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6})`).FindAllStringSubmatch(text, -1) {
			colour[m[1]] = m[2]
		}
		for _, pair := range []struct {
			over, under string
			least       float64
		}{
			{"ink", "page", 4.5}, {"ink", "card", 4.5}, {"ink", "doubt-wash", 4.5}, {"ink", "faint", 4.5}, {"soft", "page", 4.5}, {"soft", "card", 4.5},
			{"bad", "card", 4.5}, {"first", "card", 3}, {"second", "card", 3}, {"third", "card", 3}, {"fourth", "card", 3}, {"edge", "card", 3}, {"edge", "page", 3},
		} {
			if got := contrast(t, colour[pair.over], colour[pair.under]); got < pair.least {
				t.Errorf("%s: %s on %s has a contrast of %.2f, want %.1f", scheme, pair.over, pair.under, got, pair.least)
			}
		}
	}
}

// contrast is the ratio that WCAG 2.2 defines under that name.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	lighter, darker := luminance(t, a), luminance(t, b)
	if lighter < darker {
		lighter, darker = darker, lighter
	}
	return (lighter + 0.05) / (darker + 0.05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(fmt.Sprintf("%.2s", hex[1+2*i:]), 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		v := float64(n) / 255
		if v <= 0.04045 {
			sum += weight * v / 12.92
		} else {
			sum += weight * math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return sum
}
