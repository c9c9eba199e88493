package strict

import "github.com/goccy/go-yaml/ast"

// linker finds out what each alias (*name) stands for: the value last anchored (&name) before it in the file. An
// anchor counts from the end of its value on, so no value can hold itself.
type linker struct {
	anchors map[string]ast.Node
	aliases map[*ast.AliasNode]ast.Node
}

// link walks n in the order of the file.
func (l *linker) link(n ast.Node) {
	switch n := n.(type) {
	case *ast.AnchorNode:
		l.link(n.Value)
		l.anchors[nameOf(n.Name)] = n.Value
	case *ast.AliasNode:
		if meant, ok := l.anchors[nameOf(n.Value)]; ok {
			l.aliases[n] = meant
		}
	case *ast.TagNode:
		l.link(n.Value)
	case *ast.SequenceNode:
		for _, element := range n.Values {
			l.link(element)
		}
	case ast.MapNode:
		for members := n.MapRange(); members.Next(); {
			l.link(members.Value())
		}
	}
}

// nameOf returns the name of an anchor or alias.
func nameOf(n ast.Node) string {
	if n == nil || n.GetToken() == nil {
		return ""
	}
	return n.GetToken().Value
}
