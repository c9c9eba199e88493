package reference

import (
	"slices"
	"strings"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/contract/playtime"
)

// origin is where a session comes from, in documented words.
type origin struct{ platform, portal string }

// originOf reads the two headers. What is not on the list is ignored; without a platform the service assumes windows
// (facts B-8, B-9). The texts are those of the lists, so that nothing of the message is kept.
func originOf(m *contract.Message) origin {
	return origin{
		platform: listed(m, playtime.HeaderPlatform, playtime.Platforms(), "windows"),
		portal:   listed(m, playtime.HeaderPortal, playtime.Portals(), ""),
	}
}

func listed(m *contract.Message, header string, list []string, otherwise string) string {
	value, _ := m.Get(header)
	if i := slices.Index(list, strings.ToLower(value)); i >= 0 {
		return list[i]
	}
	return otherwise
}
