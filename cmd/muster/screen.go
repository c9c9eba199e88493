package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/term"
)

// screen draws a few lines in place at the end of what a terminal shows; whatever is said meanwhile stands above them. What
// scrolled by stays as it is: there is no other screen, and the size is asked for each time. Safe for concurrent use.
type screen struct {
	out  io.Writer
	size func() (columns, rows int)

	mu    sync.Mutex // guards what follows
	drawn []string
}

// newScreen draws on a terminal.
func newScreen(terminal *os.File) *screen {
	return &screen{out: terminal, size: func() (int, int) {
		columns, rows, err := term.GetSize(int(terminal.Fd()))
		if err != nil || columns <= 0 || rows <= 0 {
			return 80, 24 // as terminals were before they could tell
		}
		return columns, rows
	}}
}

// draw shows lines in place of those drawn before; none leaves the terminal on a fresh line.
func (s *screen) draw(lines []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.write("", lines)
}

// above writes a text of whole lines above what is drawn.
func (s *screen) above(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.write(text, s.drawn)
}

// write replaces what is drawn in one go, so that nothing flickers.
func (s *screen) write(text string, lines []string) {
	_, _ = io.WriteString(s.out, s.erase()+text+strings.Join(lines, "\n")) // nobody can be told when the terminal is gone
	s.drawn = lines
}

// erase is what takes the drawn lines away. A terminal that has become narrower since has wrapped them. The first line is
// cleared by itself, as some terminals take clearing all of the screen for a reason to keep what is on it.
func (s *screen) erase() string {
	if len(s.drawn) == 0 {
		return ""
	}
	columns, _ := s.size()
	rows := 0
	for _, line := range s.drawn {
		rows += max(1, (seen(line)+columns-1)/columns)
	}
	if rows == 1 {
		return "\r\x1b[K"
	}
	return fmt.Sprintf("\r\x1b[%dA\x1b[K\x1b[B\x1b[J\x1b[A", rows-1)
}

// seen is how many characters of a line can be seen.
func seen(line string) int {
	n := 0
	for i, part := range strings.Split(line, "\x1b[") {
		if _, text, colour := strings.Cut(part, "m"); i > 0 && colour {
			part = text
		}
		n += utf8.RuneCountInString(part)
	}
	return n
}
