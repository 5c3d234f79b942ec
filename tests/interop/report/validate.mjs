// validate.mjs SCHEMAS: reads JSON lines of {name, bundle} and writes, for each, a line of {name,
// faults}: what the published schemas of STIX 2.1 in the folder SCHEMAS have against it.
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import Ajv from 'ajv/dist/2020.js';

const folder = process.argv[2];
// The draft asserts no formats; some keywords and patterns of the schemas are looser than ajv's rules.
const ajv = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false });
const ids = new Map();
for (const part of ['common', 'observables', 'sdos', 'sros']) {
  for (const file of fs.readdirSync(path.join(folder, part))) {
    const schema = JSON.parse(fs.readFileSync(path.join(folder, part, file), 'utf8'));
    ajv.addSchema(schema);
    ids.set(path.basename(file, '.json'), schema.$id);
  }
}

function faultsOf(type, value) {
  const validate = ids.has(type) ? ajv.getSchema(ids.get(type)) : undefined;
  if (!validate) return [`there is no schema of ${type}`];
  if (validate(value)) return [];
  return validate.errors.slice(0, 5).map((e) => `${type}${e.instancePath}: ${e.message}`);
}

// The schema of bundles lists types, notes and groupings not among them, and takes an object of any
// other type only if it is not like an observable, which no object with an id manages. So it judges
// the bundle with the objects that it lists; each object is judged by the schema of its type.
const bundles = ajv.getSchema(ids.get('bundle')).schema;
const listed = new Set(
  JSON.stringify(bundles).match(/[a-z0-9-]+(?=\.json")/g).filter((type) => ids.has(type)));

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { name, bundle } = JSON.parse(line);
  const objects = bundle.objects ?? [];
  const known = objects.filter((object) => listed.has(object.type));
  const faults = faultsOf('bundle', { ...bundle, objects: known });
  for (const object of objects) faults.push(...faultsOf(object.type, object));
  console.log(JSON.stringify({ name, faults }));
}
