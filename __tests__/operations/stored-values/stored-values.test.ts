import { beforeAll, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { cases, run, saysEmpty, told, type Case, type Row } from './rows.ts';

/**
 * `ensure` in every state of the keys and of the secret, with everything that a workflow may pass in:
 * `docs/stored-values.md` shows what comes of it.
 */

const rows: Row[] = [];

beforeAll(async () => {
  for (const one of cases) rows.push(await run(one));
});

/** Rows in which something is as it must not be, told in short. */
function wrongIn(isWrong: (row: Row) => boolean): readonly string[] {
  return rows.filter(isWrong).map((row) => {
    const { keys, secret, passed, ifLost, event }: Case = row;
    return `${[keys, secret, passed, ifLost, event].join(' | ')}: ${told(row)}`;
  });
}

const isDone = ({ result }: Row): boolean => result === 'done';
const isActive = ({ keys }: Row): boolean => keys === 'one active' || keys === 'two active';

test('there is a row for every combination', () => {
  expect(rows).toHaveLength(5 * 7 * 5 * 3 * 2);
});

test('no row is green with an empty value where one was passed in, unless it says so', () => {
  const isEmpty = (row: Row): boolean =>
    isDone(row) && row.passed !== 'not given' && row.value === 'none';
  expect(wrongIn((row) => isEmpty(row) && row.ifLost !== 'ignore')).toEqual([]);
  expect(wrongIn((row) => isEmpty(row) && !row.played.warnings.some(saysEmpty))).toEqual([]);
});

test('no row hands out anything but what was passed in, or the value of a key that it made', () => {
  expect(wrongIn(({ value }) => value === 'another')).toEqual([]);
  const isForeign = ({ passed, secret, value }: Row): boolean =>
    value === 'the passed one' && passed !== "the key's" && secret === 'with its record';
  expect(wrongIn(isForeign)).toEqual([]);
  // Without a key, nothing that was kept is worth anything.
  expect(wrongIn((row) => !isActive(row) && row.value === 'the passed one')).toEqual([]);
});

test('no row is green without a value where nothing says that it is kept', () => {
  const isKept = ({ secret }: Row): boolean => secret === 'with its record';
  expect(
    wrongIn(
      (row) => isDone(row) && row.value === 'none' && row.ifLost !== 'ignore' && !isKept(row),
    ),
  ).toEqual([]);
});

test('no row that fails makes, stores or retires anything', () => {
  expect(wrongIn((row) => !isDone(row) && (row.isMade || row.isStored || row.retired > 0))).toEqual(
    [],
  );
});

test('no row retires a key, or makes a second one, unless `if_value_lost` is `rotate`', () => {
  const isRotation = (row: Row): boolean => row.retired > 0 || (row.isMade && isActive(row));
  expect(wrongIn((row) => isRotation(row) && row.ifLost !== 'rotate')).toEqual([]);
  // It decides where `fail` calls the value hidden, and on no other failure.
  const failed = new Set(
    rows.flatMap((row) =>
      row.ifLost === 'fail' && row.result === 'value_hidden' ? [nameOf(row)] : [],
    ),
  );
  expect(wrongIn((row) => isRotation(row) && !failed.has(nameOf(row)))).toEqual([]);
  // And never where the event does not see the secrets.
  expect(wrongIn((row) => isRotation(row) && row.event !== 'own')).toEqual([]);
});

/** What a row has in common with those that have another `if_value_lost`. */
const nameOf = ({ keys, secret, passed, event }: Row): string =>
  [keys, secret, passed, event].join();

test('no row replaces a secret, unless `if_value_lost` is `rotate`, or its key is gone', () => {
  expect(wrongIn((row) => row.isReplaced && isActive(row) && row.ifLost !== 'rotate')).toEqual([]);
  const isByHand = ({ secret }: Row): boolean =>
    secret === 'no record' || secret === 'record edited';
  expect(wrongIn((row) => row.isReplaced && !isActive(row) && isByHand(row))).toEqual([]);
});

test('what a row has stored is the value of the active key that it made', () => {
  const isOfNew = ({ held, played }: Row): boolean =>
    typeof held === 'object' && held.active && held.id === played.outcome?.key?.id;
  expect(wrongIn((row) => row.isStored && !isOfNew(row))).toEqual([]);
  const asks = ({ secret }: Row): boolean => secret !== 'no `secret_name`';
  expect(wrongIn((row) => row.isMade && asks(row) !== row.isStored)).toEqual([]);
});

test('docs/stored-values.md shows what this run gave (UPDATE_DOCS=1 writes it)', async () => {
  const facts = rows.map((row) => {
    const { keys, secret, passed, ifLost, event }: Case = row;
    return { keys, secret, passed, ifLost, event, told: told(row) };
  });
  await mkdir('build', { recursive: true });
  await writeFile('build/stored-values.json', `${JSON.stringify(facts, null, 2)}\n`);
  const mode = process.env['UPDATE_DOCS'] === '1' ? [] : ['--check'];
  await promisify(execFile)(process.execPath, ['scripts/stored-values.mjs', ...mode]);
});
