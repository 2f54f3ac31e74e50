import { readFileSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { quoteUnlessSecret } from '../core/credential-like.ts';
import { at } from '../core/json-path.ts';
import { ok, wrong, type Result } from '../core/result.ts';
import { codeOf, listed, plural, quote } from '../core/text.ts';

/** A UUID, in any case. */
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;

/** A UUID, with some slips of the keyboard: what is longer may be a secret that was put there by mistake. */
const longestId = 40;

// A key is some 300 bytes in it: as many keys as a list of the service can hold.
const largestFile = 64 * 1024 * 1024;

/**
 * Reads `key_id`: one id a line, or separated by commas or blanks; a JSON array, which the outputs
 * `key_ids` (of ids) and `keys` (of keys) are; or the path of the file that the output `keys_file` names.
 *
 * @param text what the input holds, not blank
 * @returns each id once, in lower case; none of them where an earlier step found no key
 */
export function readKeyIds(text: string): Result<readonly string[]> {
  if (text.startsWith('[')) {
    const parsed = parse(text);
    if (parsed !== undefined) return idsOf(parsed, '`key_id`');
  }
  if (isAbsolute(text) && text.length <= longestPath && !text.includes('\n')) {
    const file = readFile(text);
    if (file !== undefined) return file;
  }
  const ids = text.split(/[\s,[\]"'`]+/u).filter((each) => each !== '');
  if (ids.length === 0) return wrong('`key_id` holds no id.');
  const read = checked(ids);
  return read.ok || !isAbsolute(text)
    ? read
    : wrong(
        `${read.problems.join(' ')} Nor is there a file of that name: the one of the output \`keys_file\` is there in its own job only.`,
      );
}

// Linux takes no longer one.
const longestPath = 4096;

/** Undefined where there is no such file: then it is no path. */
function readFile(path: string): Result<readonly string[]> | undefined {
  const said = `\`key_id\` names the file ${quote(path, 300)}`;
  let text: string;
  try {
    const file = statSync(path, { throwIfNoEntry: false });
    if (file === undefined) return undefined;
    if (!file.isFile()) return wrong(`${said}, which is no file: give the output \`keys_file\`.`);
    if (file.size > largestFile) {
      return wrong(`${said}, which has ${file.size} bytes: no list of keys is that large.`);
    }
    text = readFileSync(path, 'utf8');
  } catch (thrown) {
    return wrong(`${said}, which cannot be read (${codeOf(thrown)}).`);
  }
  const parsed = parse(text);
  // What is in a file is not told: it may be any file.
  return parsed === undefined
    ? wrong(`${said}, which holds no JSON array: give the output \`keys_file\`.`)
    : idsOf(parsed, said);
}

function parse(text: string): readonly unknown[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Ids, or keys with the API's field names. */
function idsOf(items: readonly unknown[], where: string): Result<readonly string[]> {
  const ids = items.map((item) => (typeof item === 'string' ? item : at(item, 'id')));
  const odd = ids.filter((id) => typeof id !== 'string' || !uuid.test(id.trim())).length;
  if (odd === 0) return checked(ids.map((id) => String(id).trim()));
  return wrong(
    `${where} is a JSON array in which ${plural(odd, 'item')} of ${ids.length} ${odd === 1 ? 'is' : 'are'} neither a key's id nor a key with its \`id\`: give the output \`key_ids\` or \`keys_file\` of an earlier step.`,
  );
}

function checked(ids: readonly string[]): Result<readonly string[]> {
  const others = ids.filter((id) => !uuid.test(id));
  if (others.length === 0) return ok([...new Set(ids.map((id) => id.toLowerCase()))]);
  return wrong(
    `\`key_id\` must be a UUID such as c8d84762-9aff-4f90-93ef-1762757e0c2c, and ${listed(
      others.map(idOrLength),
      3,
    )} ${others.length === 1 ? 'is' : 'are'} not.`,
  );
}

/** What stands where an id should. */
function idOrLength(text: string): string {
  return text.length > longestId ? `a text of ${text.length} characters` : quoteUnlessSecret(text);
}
