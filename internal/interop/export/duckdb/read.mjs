// Reads one file with DuckDB and prints one JSON object: its columns with their types, and its rows in order.
import { DuckDBInstance } from '@duckdb/node-api';

const [file] = process.argv.slice(2);
const connection = await (await DuckDBInstance.create(':memory:')).connect();
await connection.run("SET TimeZone = 'UTC'");
const columns = await (await connection.runAndReadAll(`DESCRIBE SELECT * FROM '${file}'`)).getRowObjectsJson();
const rows = await (await connection.runAndReadAll(`SELECT * FROM '${file}'`)).getRowObjectsJson();
console.log(JSON.stringify({
  columns: columns.map((c) => `${c.column_name} ${c.column_type}`),
  rows,
}));
