//go:build !unix

package h1

// MostConnections is not known here.
func MostConnections() int { return 0 }
