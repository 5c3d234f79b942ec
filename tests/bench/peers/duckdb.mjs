// Answers SQL, one JSON line a statement: {"sql": "..."} in; rows, processor and wall seconds out.
// Usage: node duckdb.mjs THREADS, in a folder into which @duckdb/node-api is installed.
import { createInterface } from 'node:readline';

import { DuckDBInstance } from '@duckdb/node-api';

const instance = await DuckDBInstance.create(':memory:', { threads: process.argv[2] });
const connection = await instance.connect();
const integers = (_, value) => (typeof value === 'bigint' ? Number(value) : value);

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const cpu = process.cpuUsage();
    const wall = performance.now();
    const result = await connection.runAndReadAll(JSON.parse(line).sql);
    const wall_s = (performance.now() - wall) / 1e3;
    const spent = process.cpuUsage(cpu);
    answer = { rows: result.getRows(), cpu_s: (spent.user + spent.system) / 1e6, wall_s };
  } catch (error) {
    answer = { error: String(error.message ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer, integers)}\n`);
}
