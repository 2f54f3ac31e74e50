// Builds dist/ from src/: the descriptor, the compiler, the bundler. The same bytes on every run and
// in every folder. `--check` builds into a temporary folder and compares with what is committed.
import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const isCheck = process.argv.includes('--check');

/** Runs a script of a package, or one of ours, with this Node. */
function run(script, ...args) {
  execFileSync(process.execPath, [script, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

/** All files below a folder, as paths relative to it. */
async function filesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

async function bundle(target) {
  await rm(join(root, 'build'), { recursive: true, force: true });
  run(require.resolve('typescript/bin/tsc'), '--project', 'tsconfig.build.json');
  const ncc = require.resolve('@vercel/ncc/dist/ncc/cli.js');
  const raw = await mkdtemp(join(tmpdir(), 'bundle-'));
  run(
    ncc,
    'build',
    'build/index.js',
    '--out',
    raw,
    '--no-cache',
    '--quiet',
    '--license',
    'licenses.txt',
    '--target',
    'es2022',
  );
  await rm(target, { recursive: true, force: true });
  for (const file of await filesIn(raw)) {
    // The bundler also copies schemas of grpc-js that nothing here reads.
    if (!/^[^/\\]+\.(?:js|txt|json)$/u.test(file)) continue;
    await cp(join(raw, file), join(target, file));
  }
  await rm(raw, { recursive: true, force: true });
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

run('scripts/descriptor.mjs', ...(isCheck ? ['--check'] : []));
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
