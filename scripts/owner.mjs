// Says whose this repository is, in every file that names it:
//   npm run owner -- OWNER/REPOSITORY                 reviewers: the team @OWNER/maintainers
//   npm run owner -- OWNER/REPOSITORY @REVIEWER…      reviewers: these people or teams
// `repository` in package.json is where it is known from; all else follows. Run it once more with another
// name, and that replaces the first.
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { format, getFileInfo, resolveConfig } from 'prettier';

const [wanted = '', ...reviewers] = process.argv.slice(2);
// What GitHub lets an account and a repository be named.
const names = /^(?<owner>[A-Za-z\d](?:-?[A-Za-z\d]){0,38})\/[\w.-]{1,100}$/u;
const owner = names.exec(wanted)?.groups?.owner;
const odd = reviewers.find((each) => !/^@[\w-]+(?:\/[\w.-]+)?$/u.test(each));
if (owner === undefined || odd !== undefined) {
  console.error(
    owner === undefined
      ? 'Say which repository: npm run owner -- OWNER/REPOSITORY'
      : `${odd} is no reviewer: name @people, or teams as @my-org/team.`,
  );
  process.exit(1);
}

const codeOwners = '.github/CODEOWNERS';
const { repository } = JSON.parse(await readFile('package.json', 'utf8'));
const present = /github\.com\/([^/]+\/[^/]+?)(?:\.git)?$/u.exec(repository.url)?.[1] ?? '';
if (present === '') throw new Error('`repository` in package.json is no repository on GitHub.');
const exactly = new RegExp(`(?<![\\w.-])${present.replaceAll('.', '\\.')}(?![\\w-])`, 'gu');

const changed = [];
const tracked = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0');
for (const path of tracked.filter((each) => each !== '')) {
  const text = await readFile(path, 'utf8').catch(() => '');
  // A picture, or what is like one.
  if (text.includes('\0')) continue;
  const reviewed = reviewers.length > 0 ? reviewers.join(' ') : `@${owner}/maintainers`;
  const replaced =
    path === codeOwners
      ? text.replaceAll(/^(\*) @.*$/gmu, `$1 ${reviewed}`)
      : text.replaceAll(exactly, wanted);
  if (replaced === text) continue;
  // A longer name can make a table wider, or a line too long.
  const info = await getFileInfo(path, { ignorePath: '.prettierignore' });
  const isFormatted = !info.ignored && info.inferredParser !== null;
  const settings = { ...(await resolveConfig(path)), filepath: path };
  await writeFile(path, isFormatted ? await format(replaced, settings) : replaced);
  changed.push(path);
}
console.log(`${present} is ${wanted} now, in ${changed.length} files. Look at them, and commit.`);
