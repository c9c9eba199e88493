package formats

import (
	"io"
	"strconv"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/passmuster/muster/internal/contract"
	"github.com/passmuster/muster/internal/record"
	"github.com/passmuster/muster/internal/table"
	"github.com/passmuster/muster/reports"
)

// frameRow is one second of one operation. Percentiles are in microseconds and empty, or null, when nothing was measured.
type frameRow struct {
	Second        int32  `parquet:"second"` // wall seconds since the run began
	Operation     string `parquet:"operation,dict"`
	Planned       int64  `parquet:"planned"`
	Fired         int64  `parquet:"fired"`
	Sent          int64  `parquet:"sent"`
	Acknowledged  int64  `parquet:"acknowledged"`
	Failed        int64  `parquet:"failed"`
	Indeterminate int64  `parquet:"indeterminate"`
	NeverSent     int64  `parquet:"never_sent"`
	ResponseP50   *int64 `parquet:"response_p50_us,optional"`
	ResponseP90   *int64 `parquet:"response_p90_us,optional"`
	ResponseP99   *int64 `parquet:"response_p99_us,optional"`
	ResponseP999  *int64 `parquet:"response_p999_us,optional"`
	ResponseMax   *int64 `parquet:"response_max_us,optional"`
	ServiceP50    *int64 `parquet:"service_p50_us,optional"`
	ServiceP90    *int64 `parquet:"service_p90_us,optional"`
	ServiceP99    *int64 `parquet:"service_p99_us,optional"`
	ServiceP999   *int64 `parquet:"service_p999_us,optional"`
	ServiceMax    *int64 `parquet:"service_max_us,optional"`
	LagP50        *int64 `parquet:"lag_p50_us,optional"`
	LagP99        *int64 `parquet:"lag_p99_us,optional"`
	LagMax        *int64 `parquet:"lag_max_us,optional"`
}

func newFrameRow(f *record.Frame) *frameRow {
	r := &frameRow{
		Second: int32(f.Second), Operation: f.Operation, Planned: f.Planned, Fired: f.Fired, Sent: f.Sent,
		Acknowledged:  f.Outcomes[contract.Acknowledged.String()],
		Failed:        f.Outcomes[contract.Failed.String()],
		Indeterminate: f.Outcomes[contract.Indeterminate.String()],
		NeverSent:     f.Outcomes[contract.NeverSent.String()],
	}
	for _, v := range []struct {
		h  *hdrhistogram.Histogram
		q  float64
		to **int64
	}{
		{f.Response, 50, &r.ResponseP50}, {f.Response, 90, &r.ResponseP90}, {f.Response, 99, &r.ResponseP99},
		{f.Response, 99.9, &r.ResponseP999}, {f.Response, 100, &r.ResponseMax},
		{f.Service, 50, &r.ServiceP50}, {f.Service, 90, &r.ServiceP90}, {f.Service, 99, &r.ServiceP99},
		{f.Service, 99.9, &r.ServiceP999}, {f.Service, 100, &r.ServiceMax},
		{f.Lag, 50, &r.LagP50}, {f.Lag, 99, &r.LagP99}, {f.Lag, 100, &r.LagMax},
	} {
		if v.h != nil && v.h.TotalCount() > 0 {
			at := v.h.ValueAtPercentile(v.q)
			*v.to = &at
		}
	}
	return r
}

// frameRows yields the rows of a run; what could not be merged is counted as lost.
func frameRows(run *record.Run, lost *damage) func(yield func(*frameRow) bool) {
	return func(yield func(*frameRow) bool) {
		for f, err := range run.Frames() {
			if err != nil {
				lost.add(err)
			} else if !yield(newFrameRow(f)) {
				return
			}
		}
	}
}

func writeFramesCSV(w io.Writer, s source) error {
	if s.summary.Load == nil {
		return errNothing
	}
	var lost damage
	if err := table.CSV(w, frameColumns(), frameRows(s.run, &lost)); err != nil {
		return err
	}
	return lost.err()
}

func writeFramesParquet(w io.Writer, s source) error {
	if s.summary.Load == nil {
		return errNothing
	}
	var lost damage
	if err := table.Parquet(w, frameRows(s.run, &lost)); err != nil {
		return err
	}
	return lost.err()
}

func frameColumns() []table.Column[frameRow] {
	number := func(name string, of func(*frameRow) int64) table.Column[frameRow] {
		return table.Col(name, func(r *frameRow) string { return strconv.FormatInt(of(r), 10) })
	}
	measured := func(name string, of func(*frameRow) *int64) table.Column[frameRow] {
		return table.Col(name, func(r *frameRow) string {
			if v := of(r); v != nil {
				return strconv.FormatInt(*v, 10)
			}
			return ""
		})
	}
	return []table.Column[frameRow]{
		number("second", func(r *frameRow) int64 { return int64(r.Second) }),
		table.Col("operation", func(r *frameRow) string { return r.Operation }),
		number("planned", func(r *frameRow) int64 { return r.Planned }),
		number("fired", func(r *frameRow) int64 { return r.Fired }),
		number("sent", func(r *frameRow) int64 { return r.Sent }),
		number("acknowledged", func(r *frameRow) int64 { return r.Acknowledged }),
		number("failed", func(r *frameRow) int64 { return r.Failed }),
		number("indeterminate", func(r *frameRow) int64 { return r.Indeterminate }),
		number("never_sent", func(r *frameRow) int64 { return r.NeverSent }),
		measured("response_p50_us", func(r *frameRow) *int64 { return r.ResponseP50 }),
		measured("response_p90_us", func(r *frameRow) *int64 { return r.ResponseP90 }),
		measured("response_p99_us", func(r *frameRow) *int64 { return r.ResponseP99 }),
		measured("response_p999_us", func(r *frameRow) *int64 { return r.ResponseP999 }),
		measured("response_max_us", func(r *frameRow) *int64 { return r.ResponseMax }),
		measured("service_p50_us", func(r *frameRow) *int64 { return r.ServiceP50 }),
		measured("service_p90_us", func(r *frameRow) *int64 { return r.ServiceP90 }),
		measured("service_p99_us", func(r *frameRow) *int64 { return r.ServiceP99 }),
		measured("service_p999_us", func(r *frameRow) *int64 { return r.ServiceP999 }),
		measured("service_max_us", func(r *frameRow) *int64 { return r.ServiceMax }),
		measured("lag_p50_us", func(r *frameRow) *int64 { return r.LagP50 }),
		measured("lag_p99_us", func(r *frameRow) *int64 { return r.LagP99 }),
		measured("lag_max_us", func(r *frameRow) *int64 { return r.LagMax }),
	}
}

// writeOperationsCSV writes one row per operation, with the figures of the summary.
func writeOperationsCSV(w io.Writer, s source) error {
	if s.summary.Load == nil {
		return errNothing
	}
	number := func(name string, of func(*reports.Operation) int64) table.Column[reports.Operation] {
		return table.Col(name, func(o *reports.Operation) string { return strconv.FormatInt(of(o), 10) })
	}
	columns := []table.Column[reports.Operation]{
		table.Col("operation", func(o *reports.Operation) string { return o.Name }),
		number("planned", func(o *reports.Operation) int64 { return o.Planned }),
		number("sent", func(o *reports.Operation) int64 { return o.Sent }),
		number("acknowledged", func(o *reports.Operation) int64 { return o.Acknowledged }),
		number("failed", func(o *reports.Operation) int64 { return o.Failed }),
		number("indeterminate", func(o *reports.Operation) int64 { return o.Indeterminate }),
		number("never_sent", func(o *reports.Operation) int64 { return o.NeverSent }),
	}
	for _, clock := range []struct {
		name string
		of   func(*reports.Operation) reports.Percentiles
	}{
		{"response", func(o *reports.Operation) reports.Percentiles { return o.Response }},
		{"service", func(o *reports.Operation) reports.Percentiles { return o.Service }},
		{"lag", func(o *reports.Operation) reports.Percentiles { return o.Lag }},
	} {
		columns = append(columns,
			number(clock.name+"_p50_us", func(o *reports.Operation) int64 { return clock.of(o).P50 }),
			number(clock.name+"_p90_us", func(o *reports.Operation) int64 { return clock.of(o).P90 }),
			number(clock.name+"_p99_us", func(o *reports.Operation) int64 { return clock.of(o).P99 }),
			number(clock.name+"_p999_us", func(o *reports.Operation) int64 { return clock.of(o).P999 }),
			number(clock.name+"_max_us", func(o *reports.Operation) int64 { return clock.of(o).Max }))
	}
	return table.CSV(w, columns, table.Rows(s.summary.Operations))
}
