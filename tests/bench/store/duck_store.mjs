// duck_store: DuckDB as a store of triples, one thread.  See kit.h.
//
// Usage: node duck_store.mjs load FILE DIR | read FILE DIR | commit DIR
import { createReadStream, openSync, writeSync, fdatasyncSync, closeSync, unlinkSync,
  readdirSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { DuckDBInstance } from '@duckdb/node-api';

const [what, ...rest] = process.argv.slice(2);
const tell = (name, value) => console.log(`${name} ${value}`);
const now = () => Number(process.hrtime.bigint()) / 1e9;
const processor = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const open = async (dir) => {
  const instance = await DuckDBInstance.create(`${dir}/base.duckdb`, { threads: '1' });
  return [instance, await instance.connect()];
};
const one = async (connection, sql) =>
  Number((await connection.runAndReadAll(sql)).getRows()[0][0]);
const p = (n) => `(select id from name where text = '<http://example.org/p/${n}>')`;

async function load(file, dir) {
  const [instance, connection] = await open(dir);
  const run = (sql) => connection.run(sql);
  await run(`create temp table line as select split_part(l, ' ', 1) as s,
    split_part(l, ' ', 2) as p, substr(l, length(split_part(l, ' ', 1)) +
    length(split_part(l, ' ', 2)) + 3, length(l) - length(split_part(l, ' ', 1)) -
    length(split_part(l, ' ', 2)) - 4) as o
    from read_csv('${file}', delim = '\x01', header = false, quote = '', escape = '',
    auto_detect = false, columns = {'l': 'VARCHAR'})`);
  await run(`create table name as select row_number() over ()::integer as id, text from
    (select s as text from line union select p from line union select o from line)`);
  await run(`create table fact as select a.id as s, b.id as p, c.id as o from line
    join name a on a.text = line.s join name b on b.text = line.p
    join name c on c.text = line.o order by p, s, o`);
  await run('create index fact_s on fact(s)');
  await run('checkpoint');
  const n = await one(connection, 'select count(*) from fact');
  connection.closeSync();
  instance.closeSync();
  tell('rows', n);
  tell('disk', readdirSync(dir).reduce((sum, f) => sum + statSync(`${dir}/${f}`).blocks * 512, 0));
}

async function least(ask, rounds) {
  let seconds = Infinity, count;
  for (let i = 0; i < rounds; i++) {
    const start = processor();
    count = await ask();
    seconds = Math.min(seconds, processor() - start);
  }
  return [seconds, count];
}

async function read(file, dir) {
  let start = now();
  const [, connection] = await open(dir);
  await one(connection, 'select count(*) from name where id = 1');
  tell('open_ms', (now() - start) * 1e3);
  const pairs = [];
  let at = 0;
  const ids = new Map();
  for (const [id, text] of (await connection.runAndReadAll('select id, text from name')).getRows()) {
    ids.set(text, Number(id));
  }
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (at++ % 5 !== 0) continue;
    const [s, q] = line.split(' ');
    pairs.push([ids.get(s), ids.get(q)]);
    if (pairs.length === 200000) break;
  }
  const statement = await connection.prepare('select o from fact where s = $1 and p = $2');
  start = processor();
  const some = 2000; // a lookup takes half a millisecond
  for (const [s, q] of pairs.slice(0, some)) {
    statement.bindInteger(1, s);
    statement.bindInteger(2, q);
    await statement.runAndReadAll();
  }
  tell('lookup_us', ((processor() - start) / some) * 1e6);
  const scan = `select sum(s), count(o) from fact where p = ${p(3)}`;
  const [took, rows] = await least(async () =>
    Number((await connection.runAndReadAll(scan)).getRows()[0][1]), 5);
  tell('scan_rows_s', rows / took);
  tell('scanned', rows);
  const from = `select count(*) from fact a, fact b, fact c where a.p = ${p(0)} and
    b.p = ${p(1)} and c.p = ${p(2)} and `;
  for (const [name, on] of [['star', 'b.s = a.s and c.s = a.s'], ['path', 'b.s = a.o and c.s = b.o']]) {
    const [seconds, count] = await least(() => one(connection, from + on), 5);
    tell(`${name}_ms`, seconds * 1e3);
    tell(name, count);
  }
}

async function commit(dir) {
  const [, connection] = await open(dir);
  await connection.run('create table fact(s integer, p integer, o integer)');
  await connection.run('create index fact_s on fact(s)');
  const add = async (n) => {
    const node = () => Math.floor(Math.random() * 40000);
    const rows = Array.from({ length: n }, () => `(${node()}, ${node() % 10}, ${node()})`);
    await connection.run(`insert into fact values ${rows.join()}`);
  };
  const file = openSync(`${dir}/sync`, 'w'), page = Buffer.alloc(4096);
  const synced = [], took = [];
  const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];
  let start, all = 0;
  for (let i = 0; i < 300; i++) {
    start = now();
    writeSync(file, page);
    fdatasyncSync(file);
    synced.push(now() - start);
    start = now();
    await add(1);
    took.push(now() - start);
    all += took.at(-1);
  }
  closeSync(file);
  unlinkSync(`${dir}/sync`);
  tell('single_s', 300 / all);
  tell('single_share', median(synced) / median(took));
  start = now();
  for (let i = 0; i < 50; i++) await add(1000);
  tell('batch_s', 50000 / (now() - start));
}

await { load, read, commit }[what](...rest);
