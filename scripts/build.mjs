// Builds dist/ from src/: the descriptor, the compiler, the bundler. The same bytes on every run and
// in every folder. `--check` builds into a temporary folder and compares with what is committed.
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { minified } from './minify.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const licences = 'licenses.txt';
/** Where the compiler puts the action; what never ships is compiled beside it. */
const compiled = join(root, 'build', 'action');
const isCheck = process.argv.includes('--check');

/** Runs a script of a package, or one of ours, with this Node. */
function run(script, args, cwd = root) {
  execFileSync(process.execPath, [script, ...args], {
    cwd,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

/** What stands in dist/ for a person who opens it, in GitHub's archive too, which holds no other page. */
function readme(/** @type {string} */ home) {
  return `# What runs

This folder is what [action.yml](../action.yml) runs. \`npm run build\` makes it from \`src/\` and the
locked packages; no change is made here by hand. The archive that GitHub offers as ZIP holds only what a
runner needs: this folder, \`action.yml\`, \`package.json\` and the licence.

The licences of what is bundled: [licenses.txt](licenses.txt). The source, the documentation and a demo
that needs no account: <${home}>.
`;
}

/** All files below a folder, as paths relative to it. */
async function filesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** The packages of the toolkit that the bundle may hold parts of. */
const toolkit = ['core', 'exec', 'http-client', 'io'].map((name) => `@actions/${name}`);

/**
 * Copies the toolkit's packages next to what the compiler made, marked as free of side effects. They
 * are, and do not say so: without the mark the bundler has to keep the OIDC client, which nothing
 * here uses, and with it 900 KB of HTTP client that would be loaded at every start.
 */
async function stageToolkit() {
  for (const name of toolkit) {
    const staged = join(compiled, 'node_modules', name);
    await cp(join(root, 'node_modules', name), staged, { recursive: true });
    const manifest = join(staged, 'package.json');
    const fields = JSON.parse(await readFile(manifest, 'utf8'));
    await writeFile(manifest, JSON.stringify({ ...fields, sideEffects: false }));
  }
}

/**
 * Tells the bundler, which takes its settings from a tsconfig.json in its working folder, what to put
 * in the place of a module that is loaded and not used.
 */
async function stageReplacements() {
  const paths = { 'protobufjs/ext/descriptor': ['./coralogix/grpc/protobufjs-descriptor-stub.js'] };
  await writeFile(
    join(compiled, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { allowJs: true, paths } }),
  );
}

/**
 * The licences of what is bundled. The bundler looks for them where a package was installed, and so
 * passes over those that were staged.
 */
async function withToolkitLicences(text) {
  const missing = toolkit.filter((name) => !text.split('\n').includes(name));
  const added = missing.map(async (name) => {
    const folder = join(root, 'node_modules', name);
    const { license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    return [name, license, await readFile(join(folder, 'LICENSE.md'), 'utf8')].join('\n');
  });
  return [...(await Promise.all(added)), text].join('\n');
}

async function bundle(target) {
  await rm(compiled, { recursive: true, force: true });
  run(require.resolve('typescript/bin/tsc'), ['--project', 'tsconfig.build.json']);
  await stageToolkit();
  await stageReplacements();
  const ncc = require.resolve('@vercel/ncc/dist/ncc/cli.js');
  const raw = await mkdtemp(join(tmpdir(), 'bundle-'));
  const options = ['--no-cache', '--quiet', '--license', licences, '--target', 'es2022'];
  run(ncc, ['build', 'index.js', '--out', raw, ...options], compiled);
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  for (const file of await filesIn(raw)) {
    // The bundler also copies schemas of grpc-js that nothing here reads, in folders of their own.
    if (file !== basename(file)) continue;
    const text = await readFile(join(raw, file), 'utf8');
    const change = file.endsWith('.js')
      ? minified
      : file === licences
        ? withToolkitLicences
        : String;
    await writeFile(join(target, file), await change(text));
  }
  await rm(raw, { recursive: true, force: true });
  // The entry of the job's end stays outside of the bundle, which it loads.
  const entry = await readFile(join(compiled, 'job-end-entry.js'), 'utf8');
  await writeFile(join(target, 'job-end.js'), await minified(entry));
  const { homepage } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  await writeFile(join(target, 'README.md'), readme(homepage.replace(/#.*$/u, '')));
}

async function compare(committed, built) {
  const names = new Set([...(await filesIn(committed).catch(() => [])), ...(await filesIn(built))]);
  const read = (folder, name) => readFile(join(folder, name)).catch(() => Buffer.from([0]));
  const different = [];
  for (const name of names) {
    if (!(await read(committed, name)).equals(await read(built, name))) different.push(name);
  }
  return different;
}

for (const made of ['descriptor', 'inputs']) {
  run(`scripts/${made}.mjs`, isCheck ? ['--check'] : []);
}
if (isCheck) {
  const built = await mkdtemp(join(tmpdir(), 'dist-'));
  await bundle(built);
  const different = await compare(join(root, 'dist'), built);
  await rm(built, { recursive: true, force: true });
  if (different.length > 0) {
    console.error(
      `dist/ is not what src/ gives: ${different.join(', ')}. Run \`npm run build\` and commit the result.`,
    );
    process.exitCode = 1;
  } else {
    console.log('dist/ is what src/ gives.');
  }
} else {
  await bundle(join(root, 'dist'));
}
