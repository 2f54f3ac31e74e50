import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Failure } from '../../src/core/failure.ts';
import { Secret } from '../../src/core/secret.ts';
import { writeFailureOutputs, writeOutputs } from '../../src/runner/outputs.ts';
import { nameWithEnd } from '../../src/names/stamp.ts';
import type { Standing } from '../../src/operations/inventory.ts';
import type { Outcome } from '../../src/operations/operation.ts';
import { emptyFile, folder, key, outcome, outputsIn, printed } from './bench.ts';
import { keptLog } from '../support/log.ts';

let file = '';

beforeEach(() => {
  file = emptyFile('output');
  process.env['GITHUB_OUTPUT'] = file;
  process.env['RUNNER_TEMP'] = folder;
});

const nothingKnown = { domain: undefined, otlpEndpoint: undefined, otlpHeaders: undefined };

/** The outputs and the warnings; nothing may be printed. */
function written(
  what: Outcome,
  sender: Parameters<typeof writeOutputs>[1] = nothingKnown,
): { outputs: Readonly<Record<string, string>>; warnings: string[] } {
  const log = keptLog();
  const lines = printed(() => {
    writeOutputs(what, sender, log);
  });
  expect(lines).toBe('');
  return { outputs: outputsIn(file), warnings: log.warnings };
}

const value = randomBytes(12).toString('hex');

describe('the outputs of a list', () => {
  test('tell the state of each key, and what it rests on, and no value', () => {
    const at = Date.UTC(2026, 11, 3, 2, 10);
    const standings: readonly Standing[] = [
      { state: 'active' },
      { state: 'ended', endsMs: at, madeFor: { kind: 'branch', name: 'x' } },
      { state: 'abandoned', begunMs: at },
      { state: 'foreign', whyForeign: 'belongs to a user' },
    ];
    const keys = standings.map((standing) => ({ ...key({ value: new Secret(value) }), standing }));
    const { outputs } = written(outcome({ keys }));
    expect(outputs['keys']).not.toContain(value);
    expect(outputs['keys']).toBe(readFileSync(outputs['keys_file'] ?? '', 'utf8'));
    const found = JSON.parse(outputs['keys'] ?? '') as readonly object[];
    expect(found).toEqual(
      found.map(() => expect.not.objectContaining({ standing: expect.anything() })),
    );
    expect(found).toMatchObject([
      { id: key().id, state: 'active' },
      { state: 'ended', ends_at: '2026-12-03T02:10:00Z', branch: 'x' },
      { state: 'abandoned', begun_at: '2026-12-03T02:10:00Z' },
      { state: 'foreign', why_foreign: 'belongs to a user', owner: { team_id: 4001 } },
    ]);
  });
});

describe('the outputs of a step that succeeded', () => {
  test('about one key', () => {
    const made = outcome({
      key: { id: 'id-1', name: 'n', active: true, hashed: false },
      value: new Secret(value),
      created: true,
      changed: true,
      keyIds: ['id-1'],
      previousKeyIds: ['id-0'],
    });
    expect(written(made).outputs).toEqual({
      value,
      key_id: 'id-1',
      name: 'n',
      active: 'true',
      hashed: 'false',
      created: 'true',
      changed: 'true',
      expires_at: '',
      key_ids: '["id-1"]',
      previous_key_ids: '["id-0"]',
      count: '1',
      domain: '',
      otlp_endpoint: '',
    });
  });

  test('about a key that works, with what senders need', () => {
    const proof = { authority: 'ingress.eu2.coralogix.com:443', afterMs: 1200 };
    const sender = {
      domain: 'eu2.coralogix.com',
      otlpEndpoint: 'https://ingress.eu2.coralogix.com:443',
      otlpHeaders: `Authorization=Bearer%20${value}`,
    };
    expect(written(outcome({ value: new Secret(value), proof }), sender).outputs).toMatchObject({
      value,
      verified: 'true',
      domain: sender.domain,
      otlp_endpoint: sender.otlpEndpoint,
      otlp_headers: sender.otlpHeaders,
    });
  });

  test('about none: everything is there, and empty, but for the value', () => {
    expect(written(outcome()).outputs).toEqual({
      key_id: '',
      name: '',
      active: '',
      hashed: '',
      created: 'false',
      changed: 'false',
      expires_at: '',
      key_ids: '[]',
      previous_key_ids: '[]',
      count: '0',
      domain: '',
      otlp_endpoint: '',
    });
  });

  test('about a key with an end: when that is, in UTC', () => {
    const end = Date.UTC(2026, 11, 3, 2, 10);
    const named = (name: string): unknown =>
      written(outcome({ key: { id: 'id-1', name } })).outputs['expires_at'];
    expect(named(nameWithEnd('n', end))).toBe('2026-12-03T02:10:00Z');
    expect(named('n ~until-20261303T0210Z')).toBe('');
  });

  test('about a list: the fields of the API, and never a value', () => {
    const keys = [
      key({ value: new Secret(value), permissions: ['x:y'], accessPolicy: '{}' }),
      key({ id: 'id-2', owner: { kind: 'user', userId: 'u' } }),
      key({ id: 'id-3', owner: { kind: 'organisation', organisationId: 'o' } }),
      key({ id: 'id-4', owner: undefined, active: false, hashed: true }),
    ];
    const { outputs, warnings } = written(outcome({ keys, keyIds: keys.map(({ id }) => id) }));
    const permissions = { presets: keys[0]?.presets, permissions: [] };
    const common = { name: 'n', active: true, hashed: false, key_permissions: permissions };
    expect(JSON.parse(outputs['keys'] ?? '')).toEqual([
      {
        ...common,
        id: 'id-1',
        owner: { team_id: 4001 },
        key_permissions: { ...permissions, permissions: ['x:y'] },
        access_policy: '{}',
      },
      { ...common, id: 'id-2', owner: { user_id: 'u' } },
      { ...common, id: 'id-3', owner: { organisation_id: 'o' } },
      { ...common, id: 'id-4', active: false, hashed: true },
    ]);
    expect(outputs['count']).toBe('4');
    expect(readFileSync(outputs['keys_file'] ?? '', 'utf8')).toBe(outputs['keys']);
    expect(readFileSync(file, 'utf8').includes(value)).toBe(false);
    expect(warnings).toEqual([]);
  });
});

describe('a list that is too large for an output', () => {
  const keys = Array.from({ length: 2000 }, (_, index) =>
    key({ id: `id-${index}`, name: `n${index}` }),
  );

  test('is left empty with a warning, and is in the file', () => {
    const { outputs, warnings } = written(outcome({ keys, keyIds: keys.map(({ id }) => id) }));
    expect(outputs['keys']).toBe('');
    expect(outputs['count']).toBe('2000');
    expect(JSON.parse(readFileSync(outputs['keys_file'] ?? '', 'utf8'))).toHaveLength(2000);
    expect(warnings).toEqual([
      expect.stringMatching(/^The output `keys` is left empty, .* `keys_file` names a file/u),
    ]);
  });

  test('of ids is left empty with a warning, too', () => {
    const ids = Array.from({ length: 5000 }, (_, index) => `id-${index}`);
    const { outputs, warnings } = written(outcome({ keyIds: ids, previousKeyIds: ids }));
    expect(outputs).toMatchObject({ key_ids: '', previous_key_ids: '', count: '5000' });
    expect(warnings.map((text) => /`(\w+)`/u.exec(text)?.[1])).toEqual([
      'key_ids',
      'previous_key_ids',
    ]);
  });

  test('stays, with all the others, far below what GitHub takes', () => {
    const many = Array.from({ length: 20_000 }, (_, index) =>
      key({ id: `id-${index}`, name: '😀'.repeat(50) }),
    );
    for (const count of [100, 500, 1000, 20_000]) {
      file = emptyFile('output');
      const some = many.slice(0, count);
      written(outcome({ keys: some, keyIds: some.map(({ id }) => id) }));
      // GitHub counts in UTF-16: two bytes for each of these.
      expect(readFileSync(file, 'utf8').length * 2).toBeLessThan(1024 * 1024);
    }
  });
});

test('the file of keys is for its owner alone, where the runner tidies up, and new each time', () => {
  const one = written(outcome({ keys: [] })).outputs['keys_file'] ?? '';
  file = emptyFile('output');
  const two = written(outcome({ keys: [] })).outputs['keys_file'] ?? '';
  expect(dirname(one)).toBe(folder);
  expect(one).not.toBe(two);
  if (process.platform !== 'win32') expect(statSync(one).mode & 0o777).toBe(0o600);
  delete process.env['RUNNER_TEMP'];
  file = emptyFile('output');
  const three = written(outcome({ keys: [] })).outputs['keys_file'] ?? '';
  expect(existsSync(three)).toBe(true);
  rmSync(three);
});

test.each(['is not there', 'is a file'])(
  'where the folder for temporary files %s, only the file is left out, and a warning says so',
  (what) => {
    const broken = join(folder, what);
    if (what === 'is a file') writeFileSync(broken, '');
    process.env['RUNNER_TEMP'] = broken;
    const { outputs, warnings } = written(outcome({ keys: [key()] }));
    process.env['RUNNER_TEMP'] = folder;
    expect(outputs).not.toHaveProperty('keys_file');
    expect(JSON.parse(outputs['keys'] ?? '')).toHaveLength(1);
    expect(warnings).toEqual([expect.stringMatching(/`keys_file`.*RUNNER_TEMP/u)]);
  },
);

test('a name is an output as it is, whatever is in it', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 50 }),
        fc.constantFrom('x\n::set-output name=value::pwned', 'value<<EOF\nx\nEOF', 'a=b', '\n\n'),
      ),
      (name) => {
        // A file holds no half of a pair, and the runner counts a line break for a line break.
        const plain = Buffer.from(name)
          .toString()
          .replace(/\r\n?|\n/gu, '\n');
        file = emptyFile('output');
        process.env['GITHUB_OUTPUT'] = file;
        const { outputs } = written(outcome({ key: { id: 'id-1', name: plain } }));
        expect(outputs).toMatchObject({ name: plain, key_id: 'id-1', count: '0' });
        expect(Object.keys(outputs)).toHaveLength(12);
      },
    ),
    { numRuns: 150 },
  );
});

test('names of keys are exact in the JSON, halves of pairs too', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (name) => {
      file = emptyFile('output');
      process.env['GITHUB_OUTPUT'] = file;
      const { outputs } = written(outcome({ keys: [key({ name: `${name}\ud800` })] }));
      expect(JSON.parse(outputs['keys'] ?? '')).toMatchObject([{ name: `${name}\ud800` }]);
    }),
    { numRuns: 50 },
  );
});

describe('the outputs of a step that failed', () => {
  test('tell what kind of failure it was, and which keys to look at', () => {
    writeFailureOutputs(new Failure('outcome_unknown', 'x', { keyIds: ['a', 'b'] }));
    expect(outputsIn(file)).toEqual({ error_kind: 'outcome_unknown', key_ids: '["a","b"]' });
  });

  test('name no keys when there are none, or far too many', () => {
    writeFailureOutputs(new Failure('auth', 'x'));
    expect(outputsIn(file)).toEqual({ error_kind: 'auth' });
    const keyIds = Array.from({ length: 5000 }, (_, index) => `id-${index}`);
    writeFailureOutputs(new Failure('ambiguous', 'x', { keyIds }));
    expect(outputsIn(file)).toEqual({ error_kind: 'ambiguous' });
  });
});
