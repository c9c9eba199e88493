package main

import (
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// misuse is one way in which the parser of the command line words a fault, and how muster says it: what was typed, what
// is allowed.
type misuse struct {
	said *regexp.Regexp
	tell string
}

// misuses are tried in this order. What none of them knows is told as the parser says it.
func misuses() []misuse {
	return []misuse{
		{regexp.MustCompile(`^(--[\w-]+): expected \w+ value but got "EOL" \(<EOL>\)$`), "$1: want a value after it, got nothing"},
		{regexp.MustCompile(`^(--[\w-]+): expected \w+ value but got "(-[\d.][^"]*)" \(.*$`), "$1 $2: want no negative value"},
		{regexp.MustCompile(`^(--[\w-]+): expected \w+ value but got "([^"]*)" \(\w+ flag\).*$`), "$1: want a value after it, got the flag $2"},
		{regexp.MustCompile(`^(.*?--[\w-]+): expected duration but got "([^"]*)": .*$`), `$1 "$2": want a duration with its unit, such as 30s or 10m`},
		{regexp.MustCompile(`^(.*?--[\w-]+): expected a valid \d+ bit u?int but got "([^"]*)"$`), `$1 "$2": want a whole number, 0 or more`},
		{regexp.MustCompile(`^(.*?--[\w-]+): expected a float but got "([^"]*)".*$`), `$1 "$2": want a number`},
		{regexp.MustCompile(`^(\S+) must be one of (.*) but got "([^"]*)"$`), `$1 "$3": want one of $2`},
		{regexp.MustCompile(`^expected "(.*)"$`), "want $1, got nothing"},
	}
}

// plainly says a fault of the command line in muster's own words. What an environment variable said is told of that.
func plainly(fault string) string {
	from := regexp.MustCompile(` \(from envar (\w+)=.*\)$`).FindStringSubmatch(fault)
	if from != nil {
		return regexp.MustCompile(`^--[\w-]+`).ReplaceAllString(plainly(strings.TrimSuffix(fault, from[0])), from[1])
	}
	for _, m := range misuses() {
		if m.said.MatchString(fault) {
			fault = m.said.ReplaceAllString(fault, m.tell)
			if strings.Contains(fault, ": want one of ") {
				fault = strings.ReplaceAll(fault, `","`, `", "`)
			}
			return fault
		}
	}
	return fault
}

// forgetEmpty makes an environment variable that is set to nothing as good as none: that is what a CI job leaves which
// has no value for it.
func forgetEmpty(parser *kong.Kong) error {
	return kong.Visit(parser.Model, func(node kong.Visitable, next kong.Next) error {
		if flag, ok := node.(*kong.Flag); ok {
			flag.Tag.Envs = slices.DeleteFunc(flag.Tag.Envs, func(name string) bool {
				value, set := os.LookupEnv(name)
				return set && value == ""
			})
		}
		return next(nil)
	})
}
