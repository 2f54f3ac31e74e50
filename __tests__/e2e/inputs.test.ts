import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { act, emulated, lines, told } from './harness.ts';

const someId = 'c8d84762-9aff-4f90-93ef-1762757e0c2c';
const here = { endpoint: undefined };

/** A mistake, the inputs that make it, and what must be said of it. */
type Row = readonly [string, Readonly<Record<string, string | undefined>>, readonly RegExp[]];

const operations =
  /create, get, list, update, delete, activate, deactivate, ensure, rotate, prune/u;
const regions = /EU1, EU2, US1, US2, US3, AP1, AP2, AP3, GOV1/u;

const rows: readonly Row[] = [
  ['no operation', {}, [/`operation` is missing/u, operations]],
  ['an unknown operation', { operation: 'destroy' }, [/`operation` is "destroy"/u, operations]],
  [
    'no api_key',
    { operation: 'list', api_key: undefined },
    [/`api_key`.*CORALOGIX_API_KEY.* is missing/u],
  ],
  [
    'a region and a domain that do not agree',
    { ...here, operation: 'list', region: 'EU2', domain: 'us1.coralogix.com' },
    [/`region` is "EU2", which is at api\.eu2\..*and `domain` is "us1.*give one of them/u],
  ],
  ['neither region nor domain', { ...here, operation: 'list' }, [/No `region`/u, regions]],
  [
    'an unknown region',
    { ...here, operation: 'list', region: 'EU9' },
    [/`region` is "EU9"/u, regions],
  ],
  [
    'plain text to another machine',
    { operation: 'list', endpoint: 'http://api.example.com:80' },
    [/`endpoint` is "http:\/\/api.example.com:80"/u, /https:\/\//u],
  ],
  [
    'a key_id that is no UUID',
    { operation: 'get', key_id: 'my-key' },
    [/`key_id` must be a UUID/u, /"my-key"/u],
  ],
  [
    'is_active: maybe',
    { operation: 'update', key_id: someId, is_active: 'maybe' },
    [/`is_active` is "maybe": it must be true or false/u],
  ],
  [
    'team_id: -1',
    { operation: 'create', name: 'n', team_id: '-1' },
    [/`team_id` is "-1": it must be a whole number/u],
  ],
  ['no team_id', { operation: 'create', name: 'n' }, [/`team_id`.* is missing/u]],
  ['no name for a new key', { operation: 'create', team_id: '1' }, [/`name` is missing/u]],
  [
    'a policy that is no JSON, and a team that is none',
    { operation: 'rotate', name: 'n', team_id: 'my-team', access_policy: '{' },
    [/`team_id` is "my-team"/u, /`access_policy` is "\{": it must be JSON text/u],
  ],
  ['no key for `get`', { operation: 'get' }, [/`key_id` or `name` is missing/u]],
  [
    'an update of nothing',
    { operation: 'update', key_id: someId },
    [/`new_name`, `is_active` and `access_policy` are all missing/u],
  ],
  [
    'an api_key with a line break in it',
    { operation: 'list', api_key: 'cxup_first\ncxup_second' },
    [/`api_key` holds a line break/u],
  ],
  [
    'an api_key with a blank in it',
    { operation: 'list', api_key: 'cxup_first cxup_second' },
    [/`api_key` holds blanks/u],
  ],
  [
    'a ca_certificate that holds no certificate',
    { operation: 'list', ca_certificate: '-----BEGIN PUBLIC KEY-----\nAAAA' },
    [/`ca_certificate` holds no certificate/u],
  ],
  [
    'a ca_certificate that is garbage in the right clothes',
    {
      operation: 'list',
      ca_certificate: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
    },
    [/`ca_certificate`: block 1 of 1 is not a certificate/u],
  ],
  [
    'a ca_certificate file that is not there',
    { operation: 'list', ca_certificate: 'nowhere.pem' },
    [/`ca_certificate` is neither PEM text nor a file/u, /ENOENT/u],
  ],
  ['a timeout of nothing', { operation: 'list', timeout_seconds: '0' }, [/`timeout_seconds`/u]],
  [
    'two mistakes at once: both are told',
    { operation: 'create', name: 'n', team_id: '-1', hashed: 'perhaps' },
    [/^2 things are wrong with the inputs:\n- `team_id` is "-1".*\n- `hashed` is "perhaps".*$/u],
  ],
];

test.concurrent.each(rows)(
  '%s: one message that names the input, and no connection',
  async (_, inputs, sayings) => {
    const emulator = await emulated();
    const pasted = inputs['api_key'];
    const secrets = pasted === undefined ? [] : [{ value: pasted, outputs: [] }];
    const run = await act(emulator, inputs, { secrets });
    expect(run.exitCode).toBe(1);
    expect(run.outputs).toEqual({ error_kind: 'invalid_input' });
    for (const saying of sayings) expect(told(run)).toMatch(saying);
    expect(lines(run).filter((line) => !line.startsWith('::add-mask::'))).toHaveLength(1);
    expect(emulator.journal.connections).toBe(0);
  },
);

test.concurrent(
  'several mistakes are one annotation with a line for each, and a list in the summary',
  async () => {
    const emulator = await emulated();
    const mistakes = { name: 'n', team_id: '-1', hashed: 'perhaps', retire: 'delte' };
    const run = await act(emulator, { operation: 'create', ...mistakes });
    expect(run.annotations.map(({ message }) => message.split('\n'))).toEqual([
      [
        '3 things are wrong with the inputs:',
        expect.stringMatching(/^- `team_id` is "-1": /u),
        expect.stringMatching(/^- `hashed` is "perhaps": /u),
        expect.stringMatching(/^- `retire` is "delte": .* Did you mean `delete`\?$/u),
      ],
    ]);
    expect(run.summary.match(/<li>/gu)).toHaveLength(3);
  },
);

test.concurrent('what was pasted into the wrong place is told nowhere', async () => {
  const emulator = await emulated();
  // Of no known kind, so that it is not masked either.
  const pasted = randomBytes(18).toString('hex');
  const given = { operation: pasted, team_id: pasted, hashed: pasted, key_id: pasted };
  const run = await act(emulator, { ...given, name: `{${pasted}}`, secret_name: `${pasted}-` });
  expect(run.exitCode).toBe(1);
  expect(told(run)).toContain(`a text of ${pasted.length} characters`);
  expect(run.annotations.map(({ properties }) => properties['title'])).toEqual([
    'Coralogix API key: the step failed (invalid_input)',
  ]);
  // The runner itself shows in the log what a step is given.
  for (const text of [run.summary, run.stdout]) expect(text).not.toContain(pasted);
});

test.concurrent(
  'what `list` found is deleted by its file, and none of it is a success',
  async () => {
    const emulator = await emulated();
    emulator.store.seed(30, 'old-', { teamId: emulator.teamId });
    const listed = await act(emulator, { operation: 'list' });
    const path = join(mkdtempSync(join(tmpdir(), 'keys-')), 'keys.json');
    writeFileSync(path, listed.outputs['keys'] ?? '');
    const run = await act(emulator, { operation: 'delete', key_id: path });
    expect(run.outputs).toMatchObject({ changed: 'true', count: '30' });
    expect(emulator.store.keys()).toEqual([]);
    const again = await act(emulator, { operation: 'delete', key_id: '[]' });
    expect(again.exitCode).toBe(0);
    expect(again.outputs).toMatchObject({ changed: 'false', count: '0', key_ids: '[]' });
    expect(again.log).toContain('`key_id` is an empty list');
  },
);

test.concurrent(
  'inputs that the operation does not use are one warning, and the step goes on',
  async () => {
    const emulator = await emulated();
    const run = await act(emulator, { operation: 'list', new_name: '1', secret_name: 'A' });
    expect(run.exitCode).toBe(0);
    expect(run.annotations).toEqual([
      {
        level: 'warning',
        properties: { title: 'Coralogix API key: list (inputs)' },
        message: expect.stringMatching(
          /\n- .*`new_name` is not used by `list`.*\n- .*`secret_name` is not used by `list`/u,
        ),
      },
    ]);
  },
);

test.concurrent('inputs fall back to the environment, and beat it', async () => {
  const emulator = await emulated();
  const env = {
    CORALOGIX_API_KEY: emulator.tokens.powerless,
    CORALOGIX_TEAM_ID: String(emulator.teamId),
    CORALOGIX_REGION: 'EU9',
    CORALOGIX_DOMAIN: 'example.com',
  };
  const made = await act(emulator, { operation: 'create', name: 'n' }, { env });
  expect(made.exitCode).toBe(0);
  expect(made.masks).toContain(emulator.tokens.powerless);
  const denied = await act(emulator, { operation: 'list', api_key: undefined }, { env });
  expect(denied.outputs['error_kind']).toBe('permission');
});

test.concurrent(
  'several extra certificates are read, and the right one among them is trusted',
  async () => {
    const emulator = await emulated();
    const bundle = `# theirs\n${emulator.otherCaCertificate}\n# ours\n${emulator.caCertificate}`;
    const run = await act(emulator, { operation: 'list', ca_certificate: bundle });
    expect(run.exitCode).toBe(0);
  },
);
