// Package formats holds tests that let the tools which the forms of a run are meant for read a run's exports: vegeta's own
// command, HdrHistogram's own log processor in Java, and DuckDB. They must find the actions that muster counted, and the
// times that it measured.
//
// The tests carry the build tag integration. They want vegeta and the jar of HdrHistogram in bin/interop-formats, Java, and
// node with the packages of ../export/duckdb, which .ci/integration-setup installs; what is missing fails them.
package formats
