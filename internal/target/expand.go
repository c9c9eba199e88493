package target

import (
	"reflect"
	"regexp"
	"strings"

	"github.com/passmuster/muster/internal/strict"
)

// reference is ${NAME}, or ${ with something else behind it; a dollar before it takes its meaning away.
var reference = regexp.MustCompile(`\$?\$\{([A-Za-z_][A-Za-z0-9_]*\})?`)

// expand replaces every ${NAME} in every text of the target by what the environment has for it, and $${ by ${.
func (d *decoder) expand(env func(string) (string, bool)) {
	d.expandIn("", reflect.ValueOf(d.target).Elem(), env)
}

// expandIn expands what v holds; path is v's own.
func (d *decoder) expandIn(path string, v reflect.Value, env func(string) (string, bool)) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(d.expanded(path, v.String(), env))
	case reflect.Pointer:
		if !v.IsNil() {
			d.expandIn(path, v.Elem(), env)
		}
	case reflect.Interface:
		if !v.IsNil() {
			held := reflect.New(v.Elem().Type()).Elem()
			held.Set(v.Elem())
			d.expandIn(path, held, env)
			v.Set(held)
		}
	case reflect.Slice:
		for i := range v.Len() {
			d.expandIn(strict.Index(path, i), v.Index(i), env)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			held := reflect.New(v.Type().Elem()).Elem()
			held.Set(v.MapIndex(key))
			d.expandIn(strict.Join(path, key.String()), held, env)
			v.SetMapIndex(key, held)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if member, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ","); member != "-" {
				d.expandIn(strict.Join(path, member), v.Field(i), env)
			}
		}
	default:
	}
}

// expanded returns text with its references replaced. What a variable holds is not looked at again.
func (d *decoder) expanded(path, text string, env func(string) (string, bool)) string {
	var wrong []string
	expanded := reference.ReplaceAllStringFunc(text, func(found string) string {
		if strings.HasPrefix(found, "$$") {
			return found[1:]
		}
		name, is := strings.CutSuffix(strings.TrimPrefix(found, "${"), "}")
		if !is {
			wrong = append(wrong, "${ without a name and }; want ${NAME} for an environment variable, or $${ for a plain ${")
			return ""
		}
		value, set := env(name)
		switch {
		case !set:
			wrong = append(wrong, "environment variable "+name+" is not set")
		case value == "":
			wrong = append(wrong, "environment variable "+name+" is empty")
		default:
			return value
		}
		d.Advise("export " + name + "=... in the shell that runs muster")
		return ""
	})
	if len(wrong) > 0 {
		d.Spoil(path, "%s", strings.Join(wrong, "; "))
	}
	return expanded
}
