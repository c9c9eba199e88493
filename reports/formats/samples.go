package formats

import (
	"cmp"
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"strconv"
	"time"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/table"
)

// sampleRow is one action. Instants are in nanoseconds of Unix time.
type sampleRow struct {
	Planned   int64  `parquet:"planned_ns"`
	Fired     *int64 `parquet:"fired_ns,optional"`
	Sent      *int64 `parquet:"sent_ns,optional"`
	Done      int64  `parquet:"done_ns"`
	Operation string `parquet:"operation,dict"`
	Outcome   string `parquet:"outcome,dict"`
	Class     string `parquet:"class,dict"`
	Status    int32  `parquet:"status"`
	Player    int64  `parquet:"player"`
	Session   int64  `parquet:"session"`
	Bytes     int64  `parquet:"bytes"`
}

func newSampleRow(h record.SamplesHead, s record.Sample) *sampleRow {
	began := h.Began.UnixNano()
	maybe := func(at time.Duration) *int64 {
		if at == 0 {
			return nil
		}
		ns := began + int64(at)
		return &ns
	}
	return &sampleRow{
		Planned: began + int64(s.Planned), Fired: maybe(s.Fired), Sent: maybe(s.Sent), Done: began + int64(s.Done),
		Operation: h.Operations[s.Operation], Outcome: h.Outcomes[s.Outcome], Class: h.Classes[s.Class],
		Status: int32(s.Status), Player: int64(s.Player), Session: int64(s.Session), Bytes: int64(s.Bytes),
	}
}

// withSamples opens the run's samples for use.
func withSamples(run *record.Run, use func(*record.Samples) error) (err error) {
	s, err := run.Samples()
	if errors.Is(err, record.ErrNoSamples) {
		return errNothing
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return use(s)
}

func writeSamplesParquet(w io.Writer, s source) error {
	return withSamples(s.run, func(samples *record.Samples) error {
		var lost damage
		if err := table.Parquet(w, func(yield func(*sampleRow) bool) {
			for sample, err := range samples.All() {
				if err != nil {
					lost.add(err)
				} else if !yield(newSampleRow(samples.Head, sample)) {
					return
				}
			}
		}); err != nil {
			return err
		}
		return lost.err()
	})
}

// clock says from when to when vegeta is told that a request lasted.
type clock func(record.Sample) (from time.Duration, latency time.Duration, ok bool)

func byResponse(s record.Sample) (from, latency time.Duration, ok bool) {
	return s.Planned, s.Done - s.Planned, true
}

func byService(s record.Sample) (from, latency time.Duration, ok bool) {
	return s.Planned, s.Done - s.Sent, s.Sent != 0
}

// vegeta writes samples as vegeta's CSV: instant, code, latency, bytes out and in, error, body, attack, sequence number,
// method, URL and headers. The instant is the planned one on either clock, and they come in its order, because vegeta's
// plot takes no others. An acknowledgement without a status (Kafka's) is a 200, an action without an answer a 0 with its
// class as the error; the attack is the operation.
func vegeta(by clock) func(io.Writer, source) error {
	return func(w io.Writer, s source) error {
		return withSamples(s.run, func(samples *record.Samples) error {
			return writeVegeta(w, samples.Head, samples.ByPlan(), by)
		})
	}
}

func writeVegeta(w io.Writer, h record.SamplesHead, samples iter.Seq2[record.Sample, error], by clock) error {
	out := csv.NewWriter(w)
	var lost damage
	seq := uint64(0)
	for s, err := range samples {
		if err != nil {
			lost.add(err)
			continue
		}
		from, latency, ok := by(s)
		if !ok {
			continue
		}
		if err := out.Write([]string{
			strconv.FormatInt(h.Began.Add(from).UnixNano(), 10), strconv.Itoa(code(h, s)), strconv.FormatInt(int64(latency), 10),
			strconv.FormatUint(uint64(s.Bytes), 10), "0", fault(h, s), "", h.Operations[s.Operation],
			strconv.FormatUint(seq, 10), "POST", "muster:" + h.Operations[s.Operation], "",
		}); err != nil {
			return err
		}
		seq++
	}
	out.Flush()
	return cmp.Or(out.Error(), lost.err())
}

func acknowledged(h record.SamplesHead, s record.Sample) bool {
	return h.Outcomes[s.Outcome] == contract.Acknowledged.String()
}

func code(h record.SamplesHead, s record.Sample) int {
	switch {
	case s.Status >= 100 && s.Status < 600:
		return int(s.Status)
	case acknowledged(h, s):
		return 200
	default:
		return 0
	}
}

func fault(h record.SamplesHead, s record.Sample) string {
	if acknowledged(h, s) {
		return ""
	}
	return h.Outcomes[s.Outcome] + ": " + h.Classes[s.Class]
}
