// Package export holds tests that let an independent reader, DuckDB, read what muster exports of the playtime contract.
// It must find the rows that muster wrote, in CSV and in Parquet, with the types and the missing values that they have.
//
// The tests carry the build tag integration. They want node with the packages of duckdb/package.json; what is missing
// fails them.
package export
