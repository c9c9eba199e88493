//go:build !unix

package loadgen

// usage is not known here.
func usage() consumption { return consumption{} }
