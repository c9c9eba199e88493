package transport

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/passmuster/muster/internal/contract"
)

// ParseBase reads a base URL and takes its trailing slash off, for every message's path starts with one.
func ParseBase(s string) (url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return url.URL{}, errors.New("open http driver: base url is malformed, want http://host/path or https://host/path")
	case u.Scheme != "http" && u.Scheme != "https":
		return url.URL{}, fmt.Errorf("open http driver: base url has scheme %q, want http or https", u.Scheme)
	case u.Host == "":
		return url.URL{}, errors.New("open http driver: base url has no host")
	case u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return url.URL{}, fmt.Errorf("open http driver: base url of %s has a query, a fragment or a user, want none", u.Host)
	}
	return url.URL{Scheme: u.Scheme, Host: u.Host, RawPath: strings.TrimSuffix(u.EscapedPath(), "/")}, nil
}

// To returns where m goes below a base URL that ParseBase read, its path as it is escaped in m.
func To(base url.URL, m *contract.Message) (*url.URL, error) {
	base.RawPath += m.Path
	base.RawQuery = m.Query
	path, err := url.PathUnescape(base.RawPath)
	if err != nil {
		return nil, fmt.Errorf("render request: path %q is malformed", base.RawPath)
	}
	base.Path = path
	return &base, nil
}
