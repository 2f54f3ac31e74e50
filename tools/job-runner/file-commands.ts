import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepLog } from './step-log.ts';

/** The files through which a process tells the runner something, in the order of their reading. */
const kinds = ['path', 'env', 'step_summary', 'state', 'output'] as const;

/** One of the runner's files. */
export type FileKind = (typeof kinds)[number];

/** One text for each of the runner's files. */
export type FileTexts = Readonly<Record<FileKind, string>>;

/** What a process told the runner through its files. */
export interface FileCommands {
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  /** Environment variables for the steps that follow. */
  readonly environment: Readonly<Record<string, string>>;
  /** Folders to put before `PATH` for the steps that follow; the last one comes first. */
  readonly path: readonly string[];
  /** Markdown; empty when the runner refused it. Not masked. */
  readonly summary: string;
  /** The files as they were left; an absent one is empty. */
  readonly texts: FileTexts;
}

/** Largest summary of one step, in bytes. */
const summaryLimit = 1024 * 1024;

/**
 * Makes fresh, empty files for one process.
 *
 * @param folder where; made if absent
 * @returns their paths, by kind
 */
export async function makeFiles(folder: string): Promise<FileTexts> {
  await mkdir(folder, { recursive: true });
  const suffix = randomUUID();
  const made = kinds.map(async (kind) => {
    const path = join(folder, `${kind}_${suffix}`);
    await writeFile(path, '');
    return [kind, path] as const;
  });
  return Object.fromEntries(await Promise.all(made)) as FileTexts;
}

/**
 * Reads what a process has left in its files, as the runner does when the process is gone. What is
 * malformed fails the step, by the log; the pairs before it count.
 *
 * @param paths the files, by kind
 * @param log   where the runner complains, and shows outputs and state with debug logging
 */
export async function readFiles(paths: FileTexts, log: StepLog): Promise<FileCommands> {
  const read = kinds.map(async (kind) => [kind, await textOf(paths[kind])] as const);
  const texts = Object.fromEntries(await Promise.all(read)) as FileTexts;
  const path = texts.path.split(/\r?\n/u).filter((line) => line !== '');
  const environment = readPairs('env', texts.env, log, (name, value) => `${name}='${value}'`);
  const summary = withinLimit(texts.step_summary, log);
  const state = readPairs(
    'state',
    texts.state,
    log,
    (name, value) => `Save intra-action state ${name} = ${value}`,
  );
  const outputs = readPairs(
    'output',
    texts.output,
    log,
    (name, value) => `Set output ${name} = ${value}`,
  );
  return { outputs, state, environment, path, summary, texts };
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    // The step may have removed its file: the runner takes that for an empty one.
    return '';
  }
}

function withinLimit(summary: string, log: StepLog): string {
  const size = Buffer.byteLength(summary);
  if (size <= summaryLimit) return summary;
  const kilobytes = Math.floor(size / 1024);
  log.annotate(
    'error',
    `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got ${kilobytes}k.`,
  );
  return '';
}

function readPairs(
  kind: FileKind,
  text: string,
  log: StepLog,
  describe: (name: string, value: string) => string,
): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  try {
    for (const { name, value } of pairs(text)) {
      if (kind === 'env' && name.toUpperCase() === 'NODE_OPTIONS') {
        log.annotate('error', `Can't store ${name} output parameter using '$GITHUB_ENV' command.`);
        continue;
      }
      values[name] = value;
      log.debug(describe(name, value));
    }
  } catch (error) {
    log.fail(`Unable to process file command '${kind}' successfully.`);
    log.annotate('error', error instanceof Error ? error.message : String(error));
  }
  return values;
}

interface Pair {
  readonly name: string;
  readonly value: string;
}

/** The pairs in a file: `name=value` in one line, or `name<<DELIMITER`, lines, `DELIMITER`. */
function* pairs(text: string): Generator<Pair, void, undefined> {
  const lines = linesOf(text);
  for (let line = lines.next().value; line !== undefined; line = lines.next().value) {
    const head = line.text;
    if (head === '') continue;
    const equals = head.indexOf('=');
    const heredoc = head.indexOf('<<');
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      yield { name: head.slice(0, equals), value: head.slice(equals + 1) };
      continue;
    }
    if (heredoc < 0) throw new Error(`Invalid format '${head}'`);
    const name = head.slice(0, heredoc);
    const delimiter = head.slice(heredoc + 2);
    if (name === '' || delimiter === '') {
      throw new Error(
        `Invalid format '${head}'. Name must not be empty and delimiter must not be empty`,
      );
    }
    const start = line.next;
    let end = start;
    let inner = lines.next().value;
    while (inner !== undefined && inner.text !== delimiter) {
      end = inner.end;
      inner = lines.next().value;
    }
    if (inner === undefined) {
      throw new Error(`Invalid value. Matching delimiter not found '${delimiter}'`);
    }
    yield { name, value: text.slice(start, end) };
  }
}

interface Line {
  readonly text: string;
  /** Where its text ends, and where the next line begins. */
  readonly end: number;
  readonly next: number;
}

function* linesOf(text: string): Generator<Line, undefined, undefined> {
  let start = 0;
  while (start < text.length) {
    const feed = text.indexOf('\n', start);
    const next = feed < 0 ? text.length : feed + 1;
    // A carriage return is part of the line, except on Windows.
    const hasReturn = process.platform === 'win32' && text.slice(start, next).endsWith('\r\n');
    const end = feed < 0 ? text.length : feed - (hasReturn ? 1 : 0);
    yield { text: text.slice(start, end), end, next };
    start = next;
  }
  return undefined;
}
