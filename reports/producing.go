package reports

import "github.com/passmuster/muster/internal/record"

// producingView is how actions went through a driver's own buffer, as those by Kafka and SNS do: with which settings, and
// where their time went.
type producingView struct {
	Kafka string // settings; empty when nothing went by Kafka
	Rows  []producingRow
}

type producingRow struct {
	Operation, Name, Note string
	Percentiles
}

// producingParts are the parts of such an action in their order.
var producingParts = []struct{ part, name, note string }{
	{record.KafkaBuffer, "enqueue", "until the driver's buffer took it"},
	{record.KafkaLinger, "linger", "in the buffer, until the request with it was written"},
	{record.KafkaBroker, "broker", "until it was acknowledged"},
	{record.KafkaSeen, "visible", "from there until it was seen in the log, which is read at intervals"},
}

// producing returns nil when no driver of the run had a buffer.
func producing(l *Load) *producingView {
	v := &producingView{}
	if l.Kafka != nil {
		v.Kafka = l.Kafka.String()
	}
	for _, o := range l.Operations {
		for _, p := range producingParts {
			if measured, ok := o.Parts[p.part]; ok {
				v.Rows = append(v.Rows, producingRow{o.Name, p.name, p.note, measured})
			}
		}
	}
	if v.Kafka == "" && len(v.Rows) == 0 {
		return nil
	}
	return v
}
