// Checks that every package of package-lock.json runs on every Node.js that package.json names in
// `engines`: on those, `npm ci` warns of nothing. Also, that no package is deprecated by its maker.
// Reads files alone. `scripts/engines.mjs FOLDER` looks there and not at this project.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import semver from 'semver';

const folder = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url));
const read = async (/** @type {string} */ name) =>
  JSON.parse(await readFile(join(folder, name), 'utf8'));

const ours = (await read('package.json')).engines.node;
const { packages } = await read('package-lock.json');

const problems = [];
for (const [path, { version, engines, deprecated }] of Object.entries(packages)) {
  const named = `${path.replace(/^.*node_modules\//u, '')}@${version}`;
  const theirs = engines?.node;
  if (path !== '' && theirs !== undefined && !semver.subset(ours, theirs)) {
    problems.push(`${named} wants Node.js ${theirs}, which is not all of ${ours}.`);
  }
  if (deprecated !== undefined) problems.push(`${named} is deprecated: ${deprecated}`);
}
if (packages[''].engines?.node !== ours) {
  problems.push('package-lock.json has other engines than package.json: run `npm install`.');
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
