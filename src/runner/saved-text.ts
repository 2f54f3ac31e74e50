import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { getState, saveState } from '@actions/core';
import { codeOf } from '../core/text.ts';

/**
 * Texts of any length that main leaves for the job's end. The runner hands each over as an environment
 * variable, `STATE_<name>`: Linux starts no process with one of 128 KiB or more (MAX_ARG_STRLEN, see
 * https://github.com/actions/runner/issues/1733), Windows takes 32,767 characters in one, and macOS 1 MiB
 * of all variables together. So a long text is split over several variables, and a very long one goes
 * into a file of which the state holds the hash: a later step could change or remove it.
 */

/** Characters of one variable. All are ASCII, so as many bytes. */
const mostInOne = 30_000;

/** Where the text is, when it is not in the variable itself. */
type Elsewhere = Readonly<
  | { storedIn: 'variables'; slot: 'a' | 'b'; parts: number; sha256: string; brief: string }
  | { storedIn: 'file'; path: string; sha256: string; brief: string }
>;

/** What was left. `broken`: it is not whole any more; `brief` is what main said of it in short. */
export type Left =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'whole'; readonly text: string }
  | { readonly kind: 'broken'; readonly problem: string; readonly brief: string };

/** Saves one text after the other under a name; the last one counts. */
export class SavedText {
  readonly #name: string;
  readonly #most: number;
  #slot: 'a' | 'b' = 'b';
  #path: string | undefined;

  /**
   * @param name of the state's variable
   * @param most how many characters go into variables, before a file is used
   */
  constructor(name: string, most: number) {
    this.#name = name;
    this.#most = most;
  }

  /**
   * Saves a text in place of the one before. Cut off at any moment, one of the two is left whole: the
   * variable that says where the text is comes last, and the one before stays until then.
   *
   * @param json  a JSON text
   * @param brief the same in short, for the case that it gets lost: a few hundred characters
   * @throws whatever the file system says when it cannot be written
   */
  save(json: string, brief: string): void {
    const text = asciiOf(json);
    const before = this.#path;
    this.#path = undefined;
    if (text.length <= mostInOne) saveState(this.#name, text);
    else if (text.length <= this.#most) this.#split(text, asciiOf(brief));
    else this.#writeFile(text, asciiOf(brief));
    if (before !== undefined) rmSync(before, { force: true });
  }

  #split(text: string, brief: string): void {
    this.#slot = this.#slot === 'a' ? 'b' : 'a';
    const parts = Math.ceil(text.length / mostInOne);
    for (let index = 0; index < parts; index += 1) {
      const part = text.slice(index * mostInOne, (index + 1) * mostInOne);
      saveState(partName(this.#name, this.#slot, index), part);
    }
    this.#point({ storedIn: 'variables', slot: this.#slot, parts, sha256: sha256(text), brief });
  }

  #writeFile(text: string, brief: string): void {
    const folder = process.env['RUNNER_TEMP'] ?? '';
    // The folder of the step, which a name alone would mean, is a checkout.
    if (folder === '') throw new Error('RUNNER_TEMP is not set');
    const path = resolve(folder, `coralogix-job-end-${randomUUID()}.json`);
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
    this.#path = path;
    this.#point({ storedIn: 'file', path, sha256: sha256(text), brief });
  }

  #point(where: Elsewhere): void {
    saveState(this.#name, asciiOf(JSON.stringify(where)));
  }
}

/** Says that nothing is left under a name. */
export function saveNothing(name: string): void {
  saveState(name, '');
}

/**
 * Reads the text that main saved last under a name.
 *
 * @param name of the state's variable
 */
export function readLeft(name: string): Left {
  const text = getState(name);
  if (text === '') return { kind: 'nothing' };
  // Our own words, given back by the runner.
  const where = JSON.parse(text) as Elsewhere | { readonly storedIn?: undefined };
  if (where.storedIn === undefined) return { kind: 'whole', text };
  if (where.storedIn === 'file') return readFile(where);
  const { slot, parts } = where;
  const all = Array.from({ length: parts }, (_, index) => getState(partName(name, slot, index)));
  return checked(all.join(''), where, 'what main saved');
}

function readFile(where: Elsewhere & { readonly storedIn: 'file' }): Left {
  const { path, brief } = where;
  try {
    return checked(readFileSync(path, 'utf8'), where, `the file ${path}`);
  } catch (thrown) {
    const problem = `the file ${path} cannot be read (${codeOf(thrown)})`;
    return { kind: 'broken', problem, brief };
  }
}

function checked(text: string, { sha256: wanted, brief }: Elsewhere, what: string): Left {
  return sha256(text) === wanted
    ? { kind: 'whole', text }
    : { kind: 'broken', problem: `${what} was changed`, brief };
}

function partName(name: string, slot: string, index: number): string {
  return `${name}_${slot}_${index}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The same JSON in ASCII: no cut goes through a character, and none takes several bytes. */
function asciiOf(json: string): string {
  // Without the flag `u`, each half of a surrogate pair by itself, as JSON has it.
  return json.replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
