package telemetry

import (
	"strings"
	"unicode"
)

// mostTold bounds what is told of an error, in bytes: a collector may answer with a whole page.
const mostTold = 300

// brief returns an error in one line without control characters.
func brief(err error) string {
	text := strings.Join(strings.FieldsFunc(err.Error(), func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
	if len(text) > mostTold {
		text = strings.ToValidUTF8(text[:mostTold], "") + "..."
	}
	return text
}
