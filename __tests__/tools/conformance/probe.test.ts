import { describe, expect, test } from '@jest/globals';
import { format, inspect } from 'node:util';
import { readFile, readdir } from 'node:fs/promises';
import { checkProbes, group, type Probe } from '../../../tools/conformance/probe.ts';
import { probeGroups } from '../../../tools/conformance/probes/index.ts';
import { Redaction, Secret } from '../../../tools/conformance/secret.ts';

const good: Probe = {
  id: 'K01',
  assumption: 'Something holds.',
  mark: 'inferred',
  source: 'proto',
  expected: ['OK'],
  restsOn: 'a thing',
  ifWrong: { isSafe: true, then: 'nothing changes' },
  ask: () => Promise.resolve({ seen: 'OK' }),
};

const problemWith = (change: Partial<Probe>): string => {
  try {
    checkProbes([group('Some', [{ ...good, ...change }])]);
    return '';
  } catch (thrown) {
    return (thrown as Error).message;
  }
};

describe('an assumption', () => {
  test('that is complete is taken', () => {
    expect(problemWith({})).toBe('');
  });

  test.each<readonly [Partial<Probe>, string]>([
    [{ mark: undefined as unknown as 'inferred' }, 'K01 has no mark (documented or inferred).'],
    [{ mark: 'seen' as 'inferred' }, 'K01 has no mark (documented or inferred).'],
    [{ source: ' ' }, 'K01 has no source.'],
    [{ id: '' }, '"Something holds." has no number.'],
    [{ assumption: 'holds' }, 'K01 is no sentence.'],
    [{ expected: [] }, 'K01 expects nothing.'],
    [{ restsOn: '' }, 'K01 does not say what rests on it.'],
    [{ ifWrong: { isSafe: true, then: '' } }, 'K01 does not say what happens if it is wrong.'],
  ])('that lacks something is refused: %j', (change, problem) => {
    expect(problemWith(change)).toBe(problem);
  });

  test('has a number of its own', () => {
    expect(() => checkProbes([group('Some', [good]), group('More', [good])])).toThrow(
      'K01 is there twice.',
    );
  });
});

test('all assumptions of this project are complete', () => {
  expect(() => checkProbes(probeGroups)).not.toThrow();
});

test('one file knows which service is asked', async () => {
  const folder = new URL('../../../tools/conformance/', import.meta.url);
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'));
  const texts = await Promise.all(files.map((name) => readFile(new URL(name, folder), 'utf8')));
  const knowing = files.filter((_, index) => texts[index]?.includes('/emulator/'));
  expect(knowing).toEqual(['target.ts']);
});

test('a value that is printed by mistake is not told', () => {
  const secret = new Secret('cxtp_secret');
  const texts = [
    String(secret),
    JSON.stringify({ secret }),
    inspect({ secret }),
    format('%s', secret),
  ];
  expect(texts.filter((text) => text.includes('cxtp_secret'))).toEqual([]);
  expect(secret.reveal()).toBe('cxtp_secret');
});

test('what the service says is one short line without secrets, and no command of a runner', () => {
  const redaction = new Redaction();
  redaction.add('cxtp_secret', '');
  const said = `no\n::add-mask::x\u202e ##[error]cxtp_secret ${'y'.repeat(300)}`;
  expect(redaction.apply(said)).toBe(
    `no ::add-mask::x ## [error]*** ${'y'.repeat(300)}`.slice(0, 200) + '…',
  );
});
