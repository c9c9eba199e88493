package arch

// module is the import path that every package of the project starts with.
const module = "github.com/passmuster/muster/"

// floors is the floor plan: a package imports packages of lower floors only. Floor -1 is the ground that even
// floor 0 stands on. A package that is missing here fails the test, so a new folder has to take its place.
var floors = map[string]int{
	"internal/golden":   -1, // tests only
	"internal/strict":   -1, // how a YAML file is read and every fault of it reported; target and scenarios share it
	"internal/httpd":    -1, // how muster's own servers end
	"internal/numeral":  -1, // whole numbers in text
	"internal/patience": -1, // how long something may take, without what it is made to wait

	"internal/store": -1, // where files are exported to
	"internal/table": -1, // rows as CSV and Parquet

	"internal/contract": 0,
	"internal/picture":  0,
	"reports/chart":     0, // lines over time for pages
	"internal/record":   0,
	"internal/target":   0,
	"scenarios":         0,
	"fixtures":          0,
	"loadgen/plan":      0,
	"internal/arch":     0,

	"internal/bench/figures": 0, // the benchmarks' arithmetic, and the programs that they run
	"internal/bench/process": 0,
	"internal/machine":       0,

	"internal/contract/playtime":           1,
	"internal/contract/playtime/export":    1, // rows and their files, which the reference of floor 2 serves
	"internal/contract/ingest":             1,
	"internal/paragraphs":                  1, // tests only
	"internal/faultproxy":                  1, // tests only: a bad network
	"internal/fitness":                     1, // by which signs a generator is the limit; run and report share it
	"internal/transport":                   1,
	"internal/transport/httpdriver/dialer": 1, // connections that the drivers of floor 2 share
	"loadgen/ledger":                       1,
	"loadgen/player":                       1,
	"loadgen/needs":                        1, // what a plan needs of the machine

	"internal/contract/playtime/clauses":    2,
	"internal/contract/playtime/reference":  2,
	"internal/contract/ingest/clauses":      2,
	"internal/contract/ingest/reference":    2,
	"internal/reference/dashboard":          2,
	"internal/transport/drivertest":         2,
	"internal/transport/httpdriver":         2,
	"internal/transport/httpdriver/h1":      2,
	"internal/transport/httpdriver/h2":      2,
	"internal/transport/kafkadriver":        2,
	"internal/transport/kafkadriver/broker": 2,
	"internal/transport/snsdriver":          2,
	"internal/transport/snsdriver/endpoint": 2,
	"internal/telemetry":                    2,
	"loadgen/engine":                        2,
	"loadgen/health":                        2,

	"conformance":        3,
	"loadgen":            3,
	"reports":            3,
	"internal/catalog":   3,
	"internal/reference": 3, // hosts the server halves on the broker of floor 2

	"reports/longrun": 4, // tests only: a summary as large as they come
	"reports/compare": 4, // two runs; words and looks are those of reports
	"reports/formats": 4, // a run in the forms that other tools read
	"reports/live":    4, // a run while it goes on

	"conformance/suite": 4, // tests only: the clauses as specs of go test
	"internal/selftest": 4, // the suite tried on the reference and its mutants

	"internal/interop/apachekafka":     4, // a genuine broker, for tests and for people
	"internal/interop/apachekafka/run": 5,
	"internal/interop/browser":         5, // tests only
	"internal/interop/kafka":           5, // tests only
	"internal/interop/sns":             5, // tests only
	"internal/interop/export":          5, // tests only
	"internal/interop/formats":         5, // tests only
	"internal/interop/second":          5, // tests only
	"internal/interop/terminal":        5, // tests only
	"internal/interop/falsealarms":     5, // tests only
	"internal/interop/faults":          5, // tests only
	"internal/interop/prometheus":      5, // tests only

	"internal/bench": 5, // measures everything beside its peers

	"cmd/muster": 5,
}

// soleImporters names, for each foreign module that must not spread, the only packages that may import it.
var soleImporters = []struct {
	module string
	by     []string
	why    string
}{
	{"github.com/tsenart/vegeta", []string{"loadgen/engine"}, "the engine can be replaced while nobody else knows it"},
	{"github.com/onsi/ginkgo", []string{"conformance"}, "a check is a function; Ginkgo is only its front"},
	{"github.com/onsi/gomega", []string{"conformance"}, "a check is a function; Ginkgo is only its front"},
	{"github.com/twmb/franz-go/pkg/kfake", []string{"internal/transport/kafkadriver/broker"}, "the embedded broker can be replaced while nobody else knows it"},
	{"github.com/twmb/franz-go", []string{"internal/transport/kafkadriver", "internal/transport/kafkadriver/broker", "internal/interop/apachekafka"}, "one folder speaks Kafka for everybody; a test's broker has to be set up"},
	{"github.com/aws/aws-sdk-go-v2/service/sns", []string{"internal/transport/snsdriver"}, "one folder speaks SNS for everybody"},
	{"github.com/aws/aws-sdk-go-v2/service/s3", []string{"internal/store"}, "one folder speaks S3 for everybody"},
	{"github.com/parquet-go/parquet-go", []string{"internal/table", "reports/formats"}, "one folder writes tables for everybody"},
	{"go.opentelemetry.io", []string{"internal/telemetry"}, "one folder shows a run as metrics"},
	{"github.com/prometheus", []string{"internal/telemetry"}, "one folder shows a run as metrics"},
	{"github.com/alecthomas/kong", []string{"cmd/muster"}, "flags belong to the command line"},
}

// nameless lists the role folders that get contracts as arguments and must not name one.
var nameless = []string{"conformance", "loadgen", "loadgen/plan", "loadgen/needs", "loadgen/player", "loadgen/ledger", "loadgen/engine"}

// strangers lists the packages that must never import each other although their floors would let a mistake slip by.
var strangers = []string{"conformance", "loadgen", "reports"}
