package strict

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// The bounds on what is parsed. The parser recurses, and its time grows with the square of the members of one mapping.
const (
	maxTokens = 60_000 // words and punctuation; some 30,000 list entries
	maxDepth  = 32     // mappings and lists inside each other
)

// byteOrderMark is what some editors put before the first character.
const byteOrderMark = "\ufeff"

// misread is a file that could not be taken apart, with the place where that showed.
type misread struct {
	at   place
	text string
}

func (m *misread) Error() string { return m.text }

func misreadAt(tk *token.Token, format string, args ...any) error {
	return &misread{at: placeOf(tk), text: fmt.Sprintf(format, args...)}
}

// parse takes the file apart and returns its one document's root. An error is a *misread.
func parse(data []byte) (ast.Node, error) {
	data = bytes.TrimPrefix(data, []byte(byteOrderMark))
	if len(data) > MaxBytes {
		return nil, &misread{text: fmt.Sprintf("the file is larger than %d bytes", MaxBytes)}
	}
	if !utf8.Valid(data) {
		return nil, &misread{at: notUTF8(data), text: "malformed YAML: the text is not UTF-8"}
	}
	file, err := parseSafely(data)
	if err != nil {
		return nil, err
	}
	return single(file)
}

// parseSafely turns a panic of the parser, a foreign recursive program fed with bytes from anywhere, into an error.
func parseSafely(data []byte) (file *ast.File, err error) {
	defer func() {
		if recover() != nil {
			file, err = nil, &misread{text: "malformed YAML: the parser gave up"}
		}
	}()
	tokens := lexer.Tokenize(string(data))
	if err := bounded(tokens); err != nil {
		return nil, err
	}
	file, err = parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	var located yaml.Error
	if errors.As(err, &located) {
		return nil, misreadAt(located.GetToken(), "malformed YAML: %s", located.GetMessage())
	}
	if err != nil {
		return nil, &misread{text: fmt.Sprintf("malformed YAML: %q", err.Error())}
	}
	return file, nil
}

// bounded refuses what would cost the parser too much time or stack.
func bounded(tokens token.Tokens) error {
	if len(tokens) > maxTokens {
		return misreadAt(tokens[maxTokens], "the file has more than %d words; move long lists to a file of their own", maxTokens)
	}
	open, dashes, line := 0, 0, 0
	for _, tk := range tokens {
		switch tk.Type {
		case token.MappingStartType, token.SequenceStartType:
			open++
		case token.MappingEndType, token.SequenceEndType:
			open--
		case token.SequenceEntryType, token.MappingKeyType, token.AnchorType, token.TagType:
			if tk.Position.Line != line {
				dashes, line = 0, tk.Position.Line
			}
			dashes++
		default:
		}
		if open > maxDepth || dashes > maxDepth {
			return misreadAt(tk, "more than %d lists or mappings inside each other", maxDepth)
		}
	}
	return nil
}

// single returns the root of the only document in the file.
func single(file *ast.File) (ast.Node, error) {
	var root ast.Node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case doc.Body.Type() == ast.DirectiveType:
			return nil, misreadAt(doc.Body.GetToken(), "directives are not supported; begin with the first member")
		case root != nil:
			return nil, &misread{at: positionOf(doc.Body), text: "a second document begins here; want one document per file"}
		default:
			root = doc.Body
		}
	}
	if root == nil {
		return nil, &misread{at: place{line: 1, column: 1}, text: "the file is empty; want a mapping"}
	}
	return root, nil
}

// notUTF8 returns the place of the first byte that is not text.
func notUTF8(data []byte) place {
	at := place{line: 1, column: 1}
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		switch {
		case r == utf8.RuneError && size == 1:
			return at
		case r == '\n':
			at = place{line: at.line + 1, column: 1}
		default:
			at.column++
		}
		data = data[size:]
	}
	return at
}

// placeOf returns where a token stands.
func placeOf(tk *token.Token) place {
	if tk == nil || tk.Position == nil {
		return place{line: 1, column: 1}
	}
	return place{line: tk.Position.Line, column: tk.Position.Column}
}

// positionOf returns where a person sees a node begin. A block mapping begins at its first key; its own token is the
// colon behind it.
func positionOf(n ast.Node) place {
	switch n := n.(type) {
	case nil:
		return place{line: 1, column: 1}
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return positionOf(n.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return positionOf(n.Key)
	}
	return placeOf(n.GetToken())
}
