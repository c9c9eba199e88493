package picture

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/passmuster/muster/internal/numeral"
)

// How large a chart of text is, in characters, without its axes.
const (
	textWidth  = 72
	textHeight = 8
)

// Text draws c as columns of blocks, each as high as the greatest value of its share of time.
func Text(w io.Writer, c Chart) error {
	top := ceiling(c.Values)
	columns := greatest(c.Values, textWidth)
	var b strings.Builder
	fmt.Fprintf(&b, "  %s, at most %s\n", c.Title, numeral.Thousands(int64(max(0, peak(c.Values)))))
	for row := textHeight; row > 0; row-- {
		label, tick := "", '│'
		if row%(textHeight/intervals) == 0 {
			label, tick = short(top*row/textHeight), '┤'
		}
		line := fmt.Sprintf("%8s %c", label, tick)
		for _, value := range columns {
			line += string(block(value, top, row))
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	b.WriteString(axis(c.Span))
	_, err := io.WriteString(w, b.String())
	return err
}

// axis draws the line of time below a chart, with its instants below the ticks.
func axis(span time.Duration) string {
	line := []rune(fmt.Sprintf("%8s └%s", "0", strings.Repeat("─", textWidth)))
	words := []rune(strings.Repeat(" ", len(line)+8))
	zero := len(line) - textWidth - 1
	for i := range intervals + 1 {
		at := zero + i*textWidth/intervals
		if i > 0 {
			line[at] = '┴'
		}
		text := instant(span * time.Duration(i) / intervals)
		copy(words[at-len(text)/2:], []rune(text))
	}
	return string(line) + "\n" + strings.TrimRight(string(words), " ") + "\n"
}

// block returns the part of a column of this height that lies in a row, rows counted from 1 at the bottom. What is not
// nothing shows.
func block(value, top, row int) rune {
	eighths := (value*textHeight*8 + top - 1) / top
	return []rune(" ▁▂▃▄▅▆▇█")[min(max(eighths-(row-1)*8, 0), 8)]
}

func peak(values []int) int {
	most := 0
	for _, v := range values {
		most = max(most, v)
	}
	return most
}
