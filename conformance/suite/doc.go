// Package suite holds the clauses as Ginkgo specs for whoever has a Go toolchain: go test and the ginkgo command run them,
// with their labels, reports and editors.
//
//	go test ./conformance/suite -ginkgo.label-filter='level:MUST && transport:http'
//	MUSTER_TARGET=$PWD/acme.yaml ginkgo -p ./conformance/suite
//
// A target file flows in by the variable MUSTER_TARGET, best as an absolute path, since tests run in their package's folder;
// without it each process starts the reference on loopback. A clause that was kept passes, one that was broken fails, and
// one that could not be judged is skipped with the reason. The verdict over all is what muster conform says. The package
// holds nothing but its test, which may import whatever the binary does.
package suite
