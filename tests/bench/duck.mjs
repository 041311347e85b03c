// duck: one statement in DuckDB over tables read from TSV files, one thread, in memory.
//
// Usage: node duck.mjs STATEMENT TABLE=FILE=WIDTH...    prints the count that it gives
import { DuckDBInstance } from '@duckdb/node-api';

const [statement, ...tables] = process.argv.slice(2);
const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
const connection = await instance.connect();
for (const table of tables) {
  const [name, file, width] = table.split('=');
  const columns = ['a', 'b', 'c'].slice(0, Number(width)).map((c) => `'${c}': 'INTEGER'`);
  await connection.run(`create table ${name} as select * from read_csv('${file}',
    delim = '\t', header = false, auto_detect = false, columns = {${columns}})`);
}
const reader = await connection.runAndReadAll(statement);
console.log(String(reader.getRows()[0][0]));
