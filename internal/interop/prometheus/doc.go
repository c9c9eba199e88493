// Package prometheus holds a test that lets a genuine Prometheus watch a run: its own tool must find nothing wrong with what
// is served, it must store the run to its end, and it must understand every expression of the dashboard in fixtures.
//
// The test carries the build tag integration. It wants prometheus and promtool in bin/interop-prometheus, where
// .ci/integration-setup puts them; what is missing fails it.
package prometheus
