// Package formats writes a run in the forms that other tools read: CSV and Parquet tables, HdrHistogram's interval log,
// and results as vegeta's command line reads them, beside the reports that every run directory holds anyway.
//
// A run directory flows in; files flow out, each whole, to whoever keeps them. The package imports internal/contract,
// internal/record, internal/table and reports.
package formats
