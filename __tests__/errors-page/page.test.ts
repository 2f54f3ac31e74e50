import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { failureKinds, type Failure } from '../../src/core/failure.ts';
import { endAll } from '../coralogix/grpc/told.ts';
import { attemptsOf, cases, type Case } from './cases.ts';

/** What a case gave. */
interface Told {
  readonly what: string;
  readonly kind: string;
  readonly message: string;
  readonly hint: string;
  /** Infinity, which is null in JSON: until the time was up. */
  readonly attempts: number;
  /** What became of a key that was to be made; undefined where none was. */
  readonly key: 'none' | 'unknown' | undefined;
}

const told = new Map<Case, Told>();

/** Without ids and ports, which are others each time. */
function withoutIds(text: string): string {
  return text
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gu, 'KEY')
    .replace(/localhost:\d+/gu, 'HOST');
}

async function tell({ what, failed, making }: Case): Promise<Told> {
  const failure = await failed();
  const { kind } = failure;
  const message = withoutIds(failure.message);
  const hint = withoutIds(failure.hint ?? '');
  const made: Failure | undefined = await making?.();
  const key = made === undefined ? undefined : made.effect;
  const [, attempts = '1'] = /\((\d+) attempts\)/u.exec(message) ?? [];
  return { what, kind, message, hint, attempts: attemptsOf.get(failure) ?? Number(attempts), key };
}

beforeAll(async () => {
  for (const each of cases) {
    told.set(each, await tell(each));
    await endAll();
  }
});

afterEach(endAll);

function of(each: Case): Told {
  const found = told.get(each);
  if (found === undefined) throw new Error(`It was not tried: ${each.what}.`);
  return found;
}

describe('each error that the page shows', () => {
  test.each(cases.map((each) => [each.what, each] as const))('says what to do: %s', (_, each) => {
    const { kind, hint, message } = of(each);
    // A problem with the inputs says it in the same sentence.
    const rest = kind === 'invalid_input' ? message : hint;
    expect(rest).toMatch(
      /\b(?:ask|check|give|use|look|run|raise|delete|write|set|see|unarchive|authorize|it must|report|say which)\b/iu,
    );
  });

  test.each(cases.map((each) => [each.what, each] as const))(
    'names no proxy that was not used: %s',
    (_, each) => {
      const { message, hint } = of(each);
      if (!message.includes('PROXY')) expect(hint).not.toMatch(/no_proxy|https?_proxy/u);
    },
  );
});

test('every kind of failure is shown', () => {
  const shown = new Set([...told.values()].map(({ kind }) => kind));
  expect(failureKinds.filter((kind) => !shown.has(kind))).toEqual([]);
});

test('docs/errors.md shows what this run gave (UPDATE_DOCS=1 writes it)', async () => {
  const source = await readFile(new URL('../../src/core/failure.ts', import.meta.url), 'utf8');
  const facts = { cases: cases.map(of), kinds: meanings(source) };
  expect(facts.kinds.map(({ kind }) => kind)).toEqual(failureKinds);
  await mkdir('build', { recursive: true });
  await writeFile('build/errors.json', `${JSON.stringify(facts, null, 2)}\n`);
  const mode = process.env['UPDATE_DOCS'] === '1' ? [] : ['--check'];
  await promisify(execFile)(process.execPath, ['scripts/errors.mjs', ...mode]);
});

/** What stands above each kind in the table that the code uses. */
function meanings(source: string): readonly { readonly kind: string; readonly meaning: string }[] {
  const table = source.slice(source.indexOf('failureKinds = ['), source.indexOf('] as const'));
  return [...table.matchAll(/\/\*\*(.*?)\*\/\s*'([a-z_]+)'/gsu)].map(
    ([, comment = '', kind = '']) => ({
      kind,
      meaning: comment.replace(/\s*\*?\s+/gu, ' ').trim(),
    }),
  );
}
