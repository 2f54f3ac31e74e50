// Stands for GitHub's command line in the tests of the release workflow: the commands that it uses, with the
// switches that they have (https://cli.github.com/manual/gh_release_create and its neighbours), on releases
// that are kept in the file that GH_STATE names. Writes down what it was asked to GH_CALLS. Each word of
// GH_FAILS is a command that fails once, as when the network is down.
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';

const { GH_STATE = '', GH_CALLS = '', GH_TOKEN, GH_FAILS = '' } = process.env;
const words = process.argv.slice(2);
appendFileSync(GH_CALLS, `${JSON.stringify(words)}\n`);

function fail(/** @type {string} */ told) {
  console.error(told);
  process.exit(1);
}

if (GH_TOKEN === undefined || GH_TOKEN === '') fail('gh: set the GH_TOKEN environment variable');
const [group, command, ...rest] = words;
if (GH_FAILS.split(' ').includes(command) && !existsSync(`${GH_STATE}.${command}`)) {
  writeFileSync(`${GH_STATE}.${command}`, 'failed once');
  fail('error connecting to api.github.com');
}

/** The switches of each command, and whether a value follows. */
const known = {
  view: { json: true, jq: true },
  create: {
    ...{ draft: false, 'verify-tag': false, 'generate-notes': false },
    ...{ title: true, 'notes-file': true },
  },
  upload: { clobber: false },
  edit: { draft: false, latest: false },
  delete: { yes: false },
  'setup-git': {},
};
const switches = known[command] ?? fail(`unknown command "${command}" for "gh ${group}"`);
if (group !== (command === 'setup-git' ? 'auth' : 'release')) fail(`unknown command "${group}"`);
const given = {};
const names = [];
for (let at = 0; at < rest.length; at += 1) {
  const [, name, value] = /^--([\w-]+)(?:=(.*))?$/u.exec(rest[at]) ?? [];
  if (name === undefined) names.push(rest[at]);
  else if (!Object.hasOwn(switches, name)) fail(`unknown flag: --${name}`);
  else if (switches[name]) given[name] = value ?? rest[(at += 1)];
  else given[name] = value ?? 'true';
}
if (command === 'setup-git') process.exit(0);

const releases = existsSync(GH_STATE) ? JSON.parse(readFileSync(GH_STATE, 'utf8')) : {};
const [tag, file] = names;
const release = releases[tag];
if (release === undefined && command !== 'create') fail('release not found');
switch (command) {
  case 'view':
    if (given.json !== 'isDraft' || given.jq !== '.isDraft') fail('not modelled');
    console.log(release.isDraft);
    break;
  case 'create': {
    const args = ['ls-remote', '--exit-code', 'origin', `refs/tags/${tag}`];
    if (given['verify-tag'] === 'true' && spawnSync('git', args).status !== 0) {
      fail(`tag ${tag} doesn't exist in the repo, aborting due to --verify-tag flag`);
    }
    if (release !== undefined) fail(`a release with the same tag name already exists: ${tag}`);
    const notes = readFileSync(given['notes-file'], 'utf8');
    releases[tag] = { isDraft: given.draft === 'true', title: given.title, notes, files: [] };
    break;
  }
  case 'upload':
    if (!existsSync(file)) fail(`no matches found for \`${file}\``);
    // An immutable release takes no more files once it is published.
    if (!release.isDraft) fail('HTTP 422: Cannot upload assets to an immutable release.');
    release.files.push(basename(file));
    break;
  case 'edit':
    release.isDraft = given.draft === 'true';
    release.isLatest = given.latest === 'true';
    break;
  case 'delete':
    if (given.yes !== 'true') fail('--yes required when not running interactively');
    delete releases[tag];
    break;
}
writeFileSync(GH_STATE, JSON.stringify(releases));
