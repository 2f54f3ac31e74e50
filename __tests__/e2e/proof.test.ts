import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { emulated, pooled } from './harness.ts';
import { columns, runCase, type Column, type Seen, type Witnessed } from './proof/case.ts';
import { ingestionRows, type IngestionRow } from './proof/ingestions.ts';

/** What comes of `verify` at every kind of ingestion: `docs/proof.md` shows it. */

/** So many steps at once: nearly all of them wait. */
const atOnce = 20;

interface Case {
  readonly row: IngestionRow;
  readonly column: Column;
}

const cases = ingestionRows.flatMap((row) => columns.map((column): Case => ({ row, column })));
const results = new Map<Case, Seen | Error>();

function seen(of: Case): Seen {
  const result = results.get(of);
  if (result === undefined) throw new Error('The case did not run.');
  if (result instanceof Error) throw result;
  return result;
}

beforeAll(async () => {
  // What takes longest begins first.
  const isLong = ({ row }: Case): boolean => row.isEndless === true;
  const inTurn = [...cases.filter(isLong), ...cases.filter((each) => !isLong(each))];
  await pooled(inTurn, atOnce, async (each) => {
    const emulator = await emulated({ ingestion: each.row.behaviour });
    const result = await runCase(emulator, each.row, each.column).catch((error: unknown) =>
      error instanceof Error ? error : new Error(String(error)),
    );
    await emulator.stop();
    results.set(each, result);
  });
}, 600_000);

/** What has to become of the keys. */
function expectedFates({ row, column }: Case): Pick<Seen, 'new' | 'old'> {
  const isMade = column.old !== 'passed in';
  const old = column.old === undefined ? 'none' : 'active';
  if (!row.isProof) {
    return { new: isMade ? ['deleted', 'deleted'] : ['none', 'none'], old: [old, old] };
  }
  const end = column.retires === undefined ? old : 'inactive';
  return {
    new: isMade ? ['active', 'active'] : ['none', 'none'],
    old: [column.retires === 'in main' ? end : old, end],
  };
}

/** A stored value that is not known there is lost, and `if_value_lost` is `fail`. */
function expectedKind({ row, column }: Case): string {
  if (row.isProof) return 'success';
  const isUnknown = row.behaviour.newKeysAcceptedAfterMs !== undefined;
  return isUnknown && column.old === 'passed in' ? 'value_hidden' : 'not_verified';
}

const headersOf = (value = ''): string => `Authorization=Bearer%20${value}`;

const titled = cases.map((each) => [`${each.column.name}: ${each.row.name}`, each] as const);

describe('no old key is retired without a proven new one', () => {
  test.each(titled)('%s', (_, each) => {
    const result = seen(each);
    expect({ new: result.new, old: result.old }).toEqual(expectedFates(each));
    expect(result.main.exitCode).toBe(each.row.isProof ? 0 : 1);
    expect(result.kind).toBe(expectedKind(each));
    expect(result.outputs['verified']).toBe(each.row.isProof ? 'true' : undefined);
    const value = each.column.old === 'passed in' ? result.oldValue : result.newValue;
    // Compared first: a failed comparison would print them.
    expect(result.outputs['value'] === (each.row.isProof ? value : undefined)).toBe(true);
    const headers = each.row.isProof ? headersOf(value) : undefined;
    expect(result.outputs['otlp_headers'] === headers).toBe(true);
  });
});

describe('no key goes where it does not belong', () => {
  test.each(titled)('%s', (_, each) => {
    const { tried, madeUp, callersKeyWentTo, oldValue, newValue } = seen(each);
    expect(callersKeyWentTo).toHaveLength(1);
    const isReached = each.row.elsewhere === undefined;
    const value = each.column.old === 'passed in' ? oldValue : newValue;
    expect(tried[0] === (isReached ? value : undefined)).toBe(true);
    // One is made up, and only once the real one was taken; it looks like that one.
    const isTaken = each.row.isProof || each.row.behaviour.emptyRequests === 'key-not-checked';
    expect(madeUp).toHaveLength(isTaken ? 1 : 0);
    for (const text of madeUp) expect(shapeOf(text)).toBe(shapeOf(value));
  });
});

/** Which kind of character stands where. */
function shapeOf(value = ''): string {
  return value
    .replace(/(?<=_.*)[a-z]/gu, 'a')
    .replace(/[A-Z]/gu, 'A')
    .replace(/\d/gu, '0');
}

describe('the headers for senders are masked, as a whole and in their parts, before they are written', () => {
  test.each(titled.filter(([, { row }]) => row.isProof))('%s', (_, each) => {
    const { witnessed, outputs } = seen(each);
    const value = outputs['value'] ?? '';
    const written = witnessed.findIndex((what) => 'written' in what && isValue(what, value));
    const masked = witnessed
      .slice(0, written)
      .flatMap((what) => ('masked' in what ? [decodeURIComponent(what.masked)] : []));
    const parts = [value, `Bearer%20${value}`, headersOf(value)];
    expect(parts.map((part) => masked.includes(part))).toEqual([true, true, true]);
  });
});

function isValue(what: Witnessed, value: string): boolean {
  return 'written' in what && what.written.includes(value);
}

test('docs/proof.md shows what this run gave (UPDATE_DOCS=1 writes it)', async () => {
  const facts = cases.map((each) => {
    const { kind, outputs, new: fresh, old } = seen(each);
    const { verified = '' } = outputs;
    return { row: each.row.name, column: each.column.name, kind, verified, new: fresh, old };
  });
  await mkdir('build', { recursive: true });
  await writeFile('build/proof.json', `${JSON.stringify(facts, null, 2)}\n`);
  const mode = process.env['UPDATE_DOCS'] === '1' ? [] : ['--check'];
  await promisify(execFile)(process.execPath, ['scripts/proof.mjs', ...mode]);
});
