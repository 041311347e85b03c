// duck_events: DuckDB asked by a command, one thread: prints the first value of the last answer.
//
// Usage: node duck_events.mjs FILE SQL
import { DuckDBInstance } from '@duckdb/node-api';

const [file, sql] = process.argv.slice(2);
const instance = await DuckDBInstance.create(file, { threads: '1' });
const connection = await instance.connect();
for (const one of sql.split(';')) {
  const rows = (await connection.runAndReadAll(one)).getRows();
  if (rows.length === 1) console.log(String(rows[0][0]));
}
connection.closeSync();
instance.closeSync();
