import type { OpenPlaceholder } from '../core/ports.ts';
import type { Repository } from './workflow-event.ts';

/**
 * What GitHub and git accept as names. A text that is none of these never stood for a branch, a
 * pull request or an environment, so nothing may be concluded from GitHub not listing it.
 */

// What git forbids anywhere in a branch's name (git-check-ref-format).
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const forbiddenInBranch = /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\p{Cs}/u;

/**
 * Whether git would let a branch have this name.
 *
 * @param text without `refs/heads/`
 */
export function isBranchName(text: string): boolean {
  if (text === '' || text === '@' || text.length > 1024) return false;
  if (text.startsWith('-') || text.startsWith('/') || text.endsWith('/') || text.endsWith('.')) {
    return false;
  }
  if (forbiddenInBranch.test(text)) return false;
  return text.split('/').every((part) => !part.startsWith('.') && !part.endsWith('.lock'));
}

/**
 * Whether GitHub made this branch for the merge queue. Each group of pull requests that waits to be
 * merged gets one for as long as its checks run; workflows on `push`, `create`, `delete` and what
 * follows them see these branches, though nobody works on them.
 * https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/configuring-pull-request-merges/managing-a-merge-queue
 *
 * @param name without `refs/heads/`
 */
export function isQueueBranch(name: string): boolean {
  return name.startsWith('gh-readonly-queue/');
}

/**
 * Whether this is a pull request's number as GitHub writes it: decimal, no leading zero.
 *
 * @param text what may be a number
 */
export function isPullRequestNumber(text: string): boolean {
  return /^[1-9][0-9]{0,9}$/u.test(text);
}

/**
 * Whether an environment can have this name. `.` and `..` are refused, which would lead elsewhere
 * in a request's path.
 *
 * @param text the name as a workflow writes it
 */
export function isEnvironmentName(text: string): boolean {
  return (
    text !== '' &&
    text !== '.' &&
    text !== '..' &&
    Array.from(text).length <= 255 &&
    !/[\p{Cc}\p{Cs}]/u.test(text)
  );
}

/**
 * The form in which names are compared, and in which they stand in the name of a key. GitHub takes
 * `Production` and `production` for one environment, and creates it with the letters of whoever named
 * it first; branches are told apart by case. The form of a form is the form itself.
 *
 * @param kind what bears the name
 * @param name as written
 */
export function comparable(kind: OpenPlaceholder, name: string): string {
  // Composed again at the end: some letters can be composed only when they are small, such as ǰ.
  return kind === 'environment' ? name.normalize('NFC').toLowerCase().normalize('NFC') : name;
}

/** Whether both names can be GitHub's. `.` and `..` would lead elsewhere in a request's path. */
export function isRepository({ owner, repo }: Repository): boolean {
  return [owner, repo].every((name) => /^(?!\.{1,2}$)[\w.-]+$/u.test(name));
}

/**
 * Reads `owner/name`.
 *
 * @returns undefined when it is something else
 */
export function parseRepository(text: string): Repository | undefined {
  const [owner = '', repo = '', ...rest] = text.split('/');
  const repository = { owner, repo };
  return rest.length === 0 && isRepository(repository) ? repository : undefined;
}
