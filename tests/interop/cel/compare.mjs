// Reads cases, one JSON object a line, evaluates each one's CEL text and compares the result with
// the one that comes with it. An error of CEL (overflow, division by zero, no such key) is our
// unknown. Exit 1: they differ somewhere, or there were fewer cases than asked for.
import { createInterface } from "node:readline";
import { isCelError, run } from "@bufbuild/cel";

const wanted = Number(process.argv[2]);

function binding({ type, value }) {
  return type === "int" ? BigInt(value) : value;
}

function evaluate(text, record) {
  const fields = new Map(Object.entries(record).map(([name, field]) => [name, binding(field)]));
  try {
    const result = run(text, { r: fields });
    return isCelError(result) ? { type: "unknown" } : told(result);
  } catch (error) {
    return { type: "no result", value: String(error) };
  }
}

function told(result) {
  switch (typeof result) {
    case "bigint":
      return { type: "int", value: result.toString() };
    case "number":
      return { type: "double", value: result };
    case "boolean":
      return { type: "bool", value: result };
    case "string":
      return { type: "string", value: result };
    default:
      return { type: typeof result, value: String(result) };
  }
}

function equal(ours, theirs) {
  return ours.type === theirs.type && (ours.type === "unknown" || ours.value === theirs.value);
}

let compared = 0;
let different = 0;
const seen = new Map();
for await (const line of createInterface({ input: process.stdin })) {
  const { ours, cel, record, result } = JSON.parse(line);
  const peer = evaluate(cel, record);
  ++compared;
  seen.set(result.type, (seen.get(result.type) ?? 0) + 1);
  if (equal(result, peer)) continue;
  if (++different > 10) continue;
  console.log(`differs: ${ours}\n    cel: ${cel}\n record: ${JSON.stringify(record)}`);
  console.log(`   ours: ${JSON.stringify(result)}\n  peers: ${JSON.stringify(peer)}`);
}
const kinds = [...seen].map(([type, count]) => `${count} ${type}`).join(", ");
console.log(`${compared} expressions compared, ${different} differ (${kinds})`);
process.exitCode = different === 0 && compared === wanted ? 0 : 1;
