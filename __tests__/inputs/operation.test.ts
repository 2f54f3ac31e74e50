import { describe, expect, test } from '@jest/globals';
import type { OperationName, Request } from '../../src/operations/index.ts';
import { base, otherId, problems, requested, someId, warnings, type Given } from './step-inputs.ts';

async function asked(operation: OperationName, given: Given): Promise<Request> {
  return (await requested({ ...base, operation, ...given })).operation;
}

async function wrong(operation: string, given: Given): Promise<readonly string[]> {
  return problems({ ...base, operation, ...given });
}

const making = { name: 'my-app', team_id: '4001' } as const;
const made = {
  name: 'my-app',
  teamId: 4001,
  hashed: false,
  accessPolicy: undefined,
  retire: 'deactivate',
  dryRun: false,
  verify: false,
  secret: undefined,
} as const;

const policy = '{"version":"2025-01-01","default":{"permissions":{"Manage":"deny"}}}';
/** What is not given is as with the key before. */
const replacing = { ...made, hashed: undefined, graceMs: undefined } as const;
const updated = {
  key: { by: 'id', id: someId },
  newName: undefined,
  active: undefined,
  accessPolicy: undefined,
  dryRun: false,
} as const;

/** What `ensure` has where nothing is said about values that were stored. */
const forgetful = {
  storedValue: { isPassed: false },
  ifValueLost: 'fail',
  maxAgeMs: undefined,
  graceMs: undefined,
} as const;

describe('requests', () => {
  test.each<[OperationName, Given, object]>([
    ['create', making, { ...made, lifetime: 'permanent' }],
    [
      'create',
      { ...making, hashed: 'TRUE', lifetime: 'job', retire: 'delete', dry_run: 'true' },
      { ...made, hashed: true, lifetime: 'job', retire: 'delete', dryRun: true },
    ],
    ...(
      [
        ['90m', 5_400_000],
        ['12h', 43_200_000],
        ['30d', 2_592_000_000],
        ['730d', 63_072_000_000],
      ] as const
    ).map(([expires_after, expiresAfterMs]): [OperationName, Given, object] => [
      'create',
      { ...making, expires_after },
      { ...made, lifetime: 'permanent', expiresAfterMs },
    ]),
    ['ensure', making, { ...made, ...forgetful, lifetime: 'permanent' }],
    [
      'ensure',
      { ...making, stored_value: '', if_value_lost: 'rotate' },
      {
        ...made,
        ...forgetful,
        lifetime: 'permanent',
        storedValue: { isPassed: true, value: undefined },
        ifValueLost: 'rotate',
      },
    ],
    [
      'ensure',
      { ...making, access_policy: ` ${policy}\n` },
      { ...made, ...forgetful, lifetime: 'permanent', accessPolicy: policy },
    ],
    ['rotate', making, { ...replacing, retireWhen: 'job_succeeds' }],
    ['rotate', { ...making, retire_when: 'now' }, { ...replacing, retireWhen: 'now' }],
    [
      'rotate',
      { ...making, hashed: 'false', access_policy: policy },
      {
        ...replacing,
        graceMs: undefined,
        retireWhen: 'job_succeeds',
        hashed: false,
        accessPolicy: policy,
      },
    ],
    ['get', { key_id: someId }, { key: { by: 'id', id: someId } }],
    ['get', { key_id: ` ${someId.toUpperCase()}\n` }, { key: { by: 'id', id: someId } }],
    ['get', { name: 'n' }, { key: { by: 'name', name: 'n' } }],
    ['list', {}, { name: undefined }],
    ['list', { name: 'my-*' }, { name: 'my-*' }],
    ['list', { name: '{repo}/{environment}', environment: 'Dev' }, { name: 'shop/Dev' }],
    [
      'list',
      { is_active: 'true', state: 'ended, abandoned\nended', team_id: '7' },
      { name: undefined, active: true, states: ['ended', 'abandoned'], teamId: 7 },
    ],
    [
      'update',
      { key_id: someId, new_name: 'n', is_active: 'False' },
      { ...updated, newName: 'n', active: false },
    ],
    [
      'update',
      { name: 'o', is_active: 'true' },
      { ...updated, key: { by: 'name', name: 'o' }, active: true },
    ],
    ['update', { key_id: someId, access_policy: policy }, { ...updated, accessPolicy: policy }],
    ['update', { key_id: someId, access_policy: ' ' }, { ...updated, accessPolicy: '' }],
    ['delete', { key_id: someId }, { keys: { by: 'ids', ids: [someId] }, dryRun: false }],
    ['activate', { name: 'n', dry_run: 'true' }, { keys: { by: 'name', name: 'n' }, dryRun: true }],
    [
      'deactivate',
      { key_id: `${someId},${otherId}` },
      { keys: { by: 'ids', ids: [someId, otherId] }, dryRun: false },
    ],
  ])('%s with %j', async (operation, given, expected) => {
    expect(await asked(operation, given)).toEqual({ operation, ...expected });
  });

  test('the team may come from the environment, and the input beats it', async () => {
    const team = async (given: Given): Promise<unknown> =>
      (
        await requested(
          { ...base, operation: 'create', name: 'n', ...given },
          { CORALOGIX_TEAM_ID: '7' },
        )
      ).operation;
    expect(await team({})).toMatchObject({ teamId: 7 });
    expect(await team({ team_id: '8' })).toMatchObject({ teamId: 8 });
  });

  test.each<[OperationName, object]>([
    ['get', { key: { teamId: 7 } }],
    ['update', { key: { teamId: 7 } }],
    ['delete', { keys: { teamId: 7 } }],
    ['activate', { keys: { teamId: 7 } }],
    ['deactivate', { keys: { teamId: 7 } }],
    ['prune', { teamId: 7 }],
  ])('%s takes the team as a filter by name, and needs none', async (operation, expected) => {
    const given = { name: 'my-app/{branch}', ...(operation === 'update' ? { new_name: 'n' } : {}) };
    expect(await asked(operation, { ...given, team_id: '7' })).toMatchObject(expected);
    expect(JSON.stringify(await asked(operation, given))).not.toContain('teamId');
  });

  test('a secret is of the environment when one is given, else of the repository', async () => {
    const stored = { ...making, secret_name: 'CX_KEY' };
    expect(await asked('ensure', stored)).toMatchObject({
      secret: { secretName: 'CX_KEY', environment: undefined },
    });
    expect(await asked('rotate', { ...stored, environment: 'production' })).toMatchObject({
      secret: { secretName: 'CX_KEY', environment: 'production' },
    });
  });

  test('a name is a template', async () => {
    expect(
      await asked('get', { name: '{repository}/{branch}/{environment}', environment: 'dev' }),
    ).toMatchObject({
      key: { name: 'octo/shop/main/dev' },
    });
    expect(await asked('deactivate', { name: '{{x}}' })).toMatchObject({ keys: { name: '{x}' } });
  });

  test('prune reads it backwards', async () => {
    const request = await asked('prune', {
      name: 'my-app/{branch}',
      max_prune: '0',
      retire: 'delete',
    });
    if (request.operation !== 'prune') throw new Error(request.operation);
    const { template, ...rest } = request;
    expect(rest).toEqual({ operation: 'prune', retire: 'delete', most: 0, dryRun: false });
    expect(template.open).toBe('branch');
    expect(template.capture('my-app/feature/x')).toBe('feature/x');
    expect(template.capture('other/feature')).toBeUndefined();
  });

  test('list leaves open what prune does, whatever the event is, and asks GitHub with a token', async () => {
    const request = await asked('list', { name: '{repo}/{branch}' });
    expect(request).toMatchObject({ name: undefined, asksGitHub: true });
    if (request.operation !== 'list') throw new Error(request.operation);
    expect(request.template?.open).toBe('branch');
    expect(request.template?.capture('shop/other')).toBe('other');
    const silent = await asked('list', { name: '{repo}/{branch}', github_token: '' });
    expect(silent).not.toHaveProperty('asksGitHub');
    const both = { name: '{environment}/{branch}', environment: 'production' };
    const named = await asked('list', both);
    if (named.operation !== 'list') throw new Error(named.operation);
    expect(named.template?.capture('production/x')).toBe('x');
    expect(named.template?.capture('staging/x')).toBeUndefined();
  });

  test('prune goes by time alone with * in the template, and needs no GitHub token', async () => {
    const given = { name: '{repository}/test/*', github_token: '' };
    expect(await asked('prune', given)).toMatchObject({ template: { open: undefined } });
    const found = await wrong('prune', { name: 'my-app/*/{branch}', max_prune: 'x', retire: 'y' });
    expect(found.map((each) => /^`\w+`/u.exec(each)?.[0])).toEqual([
      '`name`',
      '`retire`',
      '`max_prune`',
    ]);
  });

  test('ids stand one a line, or between commas or blanks; each counts once', async () => {
    const ids = async (key_id: string): Promise<unknown> =>
      ((await asked('delete', { key_id })) as { keys: { ids: unknown } }).keys.ids;
    expect(await ids(JSON.stringify([someId, otherId]))).toEqual([someId, otherId]);
    for (const between of ['\n', '\r\n', ',', ', ', ' ', '\n\n,\t']) {
      expect(await ids(`${someId}${between}${otherId}`)).toEqual([someId, otherId]);
    }
    expect(await ids(`${someId}\n${someId.toUpperCase()},`)).toEqual([someId]);
  });

  test.each(['List', 'LIST', '"list"', "' list '"])(
    '%s is the operation list',
    async (operation) => {
      expect((await requested({ ...base, operation })).operation).toMatchObject({
        operation: 'list',
      });
    },
  );

  test('quotes and blanks around a word, a number or an id are none of it', async () => {
    const given = { ...making, team_id: "'4001'", hashed: '" true "', lifetime: '`job`' };
    expect(await asked('create', given)).toMatchObject({
      teamId: 4001,
      hashed: true,
      lifetime: 'job',
    });
    expect(await asked('get', { key_id: `"${someId}"` })).toMatchObject({ key: { id: someId } });
    expect(await wrong('create', { ...making, lifetime: '"job"', secret_name: '"A"' })).toEqual([
      expect.stringMatching(/contradict each other/u),
    ]);
  });

  test('quotes around a name are part of it', async () => {
    expect(await asked('get', { name: '"n"' })).toMatchObject({ key: { name: '"n"' } });
  });

  test('quotes around a credential are none of it', async () => {
    const step = await requested({
      ...base,
      operation: 'list',
      api_key: `"${base.api_key ?? ''}"`,
    });
    expect(step.connection.apiKey.reveal()).toBe(base.api_key);
  });

  test.each([
    ['the output key_ids', JSON.stringify([someId, otherId])],
    ['the output keys', JSON.stringify([{ id: someId, name: 'a' }, { id: otherId.toUpperCase() }])],
    ['the output key_ids in several lines', JSON.stringify([someId, otherId], null, 2)],
  ])('ids are taken from %s', async (_what, key_id) => {
    expect(await asked('delete', { key_id })).toMatchObject({
      keys: { ids: [someId, otherId] },
    });
  });

  test.each(['[]', ' [ ] '])('ids may be none: %s', async (key_id) => {
    expect(await asked('delete', { key_id })).toMatchObject({ keys: { by: 'ids', ids: [] } });
  });

  test.each([
    ['true', true],
    ['True', true],
    ['TRUE', true],
    ['false', false],
    ['False', false],
    ['FALSE', false],
  ])('the spelling %s is a truth value', async (is_active, active) => {
    expect(await asked('update', { key_id: someId, is_active })).toMatchObject({ active });
  });
});

describe('what is wrong is said', () => {
  const operations =
    'create, get, list, update, delete, activate, deactivate, ensure, rotate, prune';

  test.each<[string, Given, string | RegExp]>([
    ['', {}, `\`operation\` is missing: it must be one of ${operations}.`],
    ['destroy', {}, `\`operation\` is "destroy": it must be one of ${operations}.`],
    ['deactivte', {}, /^`operation` is "deactivte": .* Did you mean `deactivate`\?$/u],
    ['de-activate', { name: 'n' }, /Did you mean `deactivate`\?$/u],
    ['rotation', { name: 'n' }, /^`operation` is "rotation": .*[^?]$/u],
    [
      'ensure',
      { ...making, retire: 'DELETE' },
      /^`retire` is "DELETE": .* Did you mean `delete`\?$/u,
    ],
    ['get', { key_id: '[]' }, '`key_id` is an empty list: `get` takes one.'],
    ['update', { key_id: '[]', new_name: 'n' }, '`key_id` is an empty list: `update` takes one.'],
    [
      'delete',
      { key_id: '[{"id": 1}, "x"]' },
      /^`key_id` is a JSON array in which 2 items of 2 are neither a key's id/u,
    ],
    [
      'update',
      { key_id: someId, new_name: 'x/{branch}' },
      '`new_name` is taken as it stands, so {branch} would not be filled in: only `name` is a template. Write what the key is to be called.',
    ],
    ['get', {}, '`key_id` or `name` is missing: `get` needs to know which key.'],
    [
      'get',
      { key_id: someId, name: 'n' },
      'Both `key_id` and `name` are given: `get` takes one of them.',
    ],
    ['get', { key_id: `${someId},${otherId}` }, '`key_id` holds 2 ids: `get` takes one.'],
    ['get', { key_id: 'my-key' }, /^`key_id` must be a UUID such as .*, and "my-key" is not\.$/u],
    ['delete', { key_id: 'a b c d' }, /, and "a", "b", "c" and 1 more are not\.$/u],
    ['delete', { key_id: 'x'.repeat(41) }, /, and a text of 41 characters is not\.$/u],
    ['delete', { key_id: `${someId},${someId}x` }, /^`key_id` must be a UUID/u],
    ['delete', { key_id: ',' }, '`key_id` holds no id.'],
    ['delete', { name: '{branch' }, /^`name`: "\{branch" holds a lone brace/u],
    ['delete', { name: '{brunch}' }, /^`name`: "\{brunch\}" in "\{brunch\}" is no placeholder/u],
    [
      'delete',
      { name: '{pull_request}' },
      '`name`: {pull_request} cannot be filled in: a push is about no pull request.',
    ],
    [
      'update',
      { key_id: someId },
      '`new_name`, `is_active` and `access_policy` are all missing: `update` needs at least one of them.',
    ],
    [
      'update',
      { key_id: someId, is_active: 'maybe' },
      '`is_active` is "maybe": it must be true or false.',
    ],
    ['update', { key_id: someId, is_active: 'yes' }, /^`is_active` is "yes"/u],
    ['update', { key_id: someId, is_active: 'tRUE' }, /^`is_active` is "tRUE"/u],
    ['update', { key_id: someId, is_active: '1' }, /^`is_active` is "1"/u],
    ['update', { key_id: someId, is_active: 'toString' }, /^`is_active` is "toString"/u],
    [
      'update',
      { key_id: someId, new_name: 'a\nb' },
      '`new_name` is "a\\nb": a key\'s name must be one line without control characters.',
    ],
    [
      'update',
      { key_id: someId, new_name: 'n ~pending-20260101T000000Z-0' },
      /^`new_name` is .* marks keys that are being made/u,
    ],
    [
      'create',
      { name: 'n' },
      '`team_id` (or the environment variable CORALOGIX_TEAM_ID) is missing: it is the number of the team that will own the key.',
    ],
    [
      'create',
      { name: 'n', team_id: '-1' },
      '`team_id` is "-1": it must be a whole number from 1 to 4294967295.',
    ],
    ['create', { name: 'n', team_id: '0' }, /^`team_id` is "0"/u],
    ['create', { name: 'n', team_id: '4294967296' }, /^`team_id` is "4294967296"/u],
    ['create', { name: 'n', team_id: 'abc' }, /^`team_id` is "abc"/u],
    ['create', { team_id: '1' }, '`name` is missing: `create` needs the name of the key.'],
    [
      'create',
      { ...making, name: 'a\u0000b' },
      /^`name` is "a\\u0000b": a key's name must be one line/u,
    ],
    ['create', { ...making, name: 'a\ud800' }, /^`name` is "a\\ud800"/u],
    ['create', { ...making, name: 'x'.repeat(1001) }, /^`name` has 1001 characters/u],
    [
      'create',
      { ...making, name: 'n ~pending-x' },
      /^`name` is "n ~pending-x": " ~pending-" marks/u,
    ],
    ['create', { ...making, hashed: 'on' }, '`hashed` is "on": it must be true or false.'],
    [
      'create',
      { ...making, lifetime: 'day' },
      '`lifetime` is "day": it must be one of permanent, job.',
    ],
    [
      'create',
      { ...making, expires_after: '0' },
      '`expires_after`: "0" is no length of time: it must be a whole number and m, h or d, such as 90m, 12h or 30d.',
    ],
    [
      'create',
      { ...making, expires_after: '0h' },
      '`expires_after`: "0h" is no time at all: the least is 1m.',
    ],
    [
      'create',
      { ...making, expires_after: '-1d' },
      /^`expires_after`: "-1d" is no length of time/u,
    ],
    ['create', { ...making, expires_after: '1y' }, /^`expires_after`: "1y" .* 90m, 12h or 30d\.$/u],
    [
      'create',
      { ...making, expires_after: '731d' },
      '`expires_after`: "731d" is too long: two years, 730d, are the most.',
    ],
    ...(['ensure', 'rotate', 'list', 'prune', 'delete'] as const).map(
      (operation): [string, Given, string] => [
        operation,
        {
          ...(operation === 'list' ? {} : making),
          ...(operation === 'prune' ? { name: 'my-app/{branch}' } : {}),
          expires_after: '12h',
        },
        `\`expires_after\` is given, and \`${operation}\` does not use it.`,
      ],
    ),
    ...(['create', 'ensure', 'rotate'] as const).map((operation): [string, Given, RegExp] => [
      operation,
      { ...making, name: 'x/{environment}', environment: 'e ~until-20261203T0210Z' },
      /^`name` is "x\/e ~until-20261203T0210Z"[:,] .*kept for keys that have an end/u,
    ]),
    [
      'update',
      { key_id: someId, new_name: 'n ~Until-tomorrow' },
      /^`new_name` is .* kept for keys that have an end/u,
    ],
    ['delete', { name: 'n', team_id: '4.5' }, /^`team_id` is "4.5": it must be a whole number/u],
    ['prune', { name: 'my-app/{branch}', team_id: 'my-team' }, /^`team_id` is "my-team"/u],
    [
      'ensure',
      { ...making, access_policy: '{"a": 1,}' },
      '`access_policy` is "{"a": 1,}": it must be JSON text, and is none (line 1 column 9).',
    ],
    [
      'rotate',
      { ...making, access_policy: '["a"]' },
      '`access_policy` is "["a"]": it must be a JSON object, {"…": …}.',
    ],
    ['create', { ...making, access_policy: 'null' }, /: it must be a JSON object/u],
    [
      'update',
      { key_id: someId, access_policy: '{' },
      /^`access_policy` is "\{": it must be JSON text, and is none/u,
    ],
    [
      'update',
      { key_id: someId, access_policy: `{"a":"${'é'.repeat(4093)}"}` },
      '`access_policy` has 8194 bytes: 8192 are the most.',
    ],
    [
      'rotate',
      { ...making, retire_when: 'x' },
      '`retire_when` is "x": it must be one of job_succeeds, now, never.',
    ],
    [
      'rotate',
      { ...making, retire: 'x' },
      '`retire` is "x": it must be one of deactivate, delete.',
    ],
    ['ensure', { ...making, secret_name: 'A B' }, /^`secret_name`: "A B" is no name of a secret/u],
    [
      'ensure',
      { ...making, secret_name: 'GITHUB_X' },
      /^`secret_name`: "GITHUB_X" is no name of a secret/u,
    ],
    [
      'ensure',
      { ...making, secret_name: 'CX_KEY', github_token: '' },
      '`github_token` is missing: to store a secret takes a personal access token, or the token of a GitHub App, with the permissions Secrets: write and Variables: write; GITHUB_TOKEN can never do it. If it is an expression, that one is empty: check that the step that makes the token has this id, or that there is such a secret.',
    ],
    [
      'rotate',
      { ...making, secret_name: 'CX_KEY', environment: 'production', github_token: ' ' },
      /^`github_token` is missing: .* with the permission Environments: write; GITHUB_TOKEN can/u,
    ],
    [
      'prune',
      {},
      '`name` is missing: `prune` needs the template of the names, for instance `my-app/branch/{branch}`.',
    ],
    [
      'prune',
      { name: 'my-app/{branch}', github_token: '' },
      '`github_token` is missing: GitHub has to be asked what still exists.',
    ],
    [
      'create',
      { ...making, lifetime: 'job', secret_name: 'CX_KEY' },
      '`secret_name` and `lifetime: job` contradict each other: the secret would outlive its key.',
    ],
    ['prune', { name: 'my-app' }, /leaves nothing open to prune by/u],
    ['prune', { name: '{branch}' }, /could match keys of others/u],
    ['prune', { name: '*' }, /^`name`: "\*" could match keys of others: in front of \* it needs/u],
    ['prune', { name: '*', github_token: '' }, /could match keys of others/u],
    ['prune', { name: 'ab/*' }, /could match keys of others/u],
    ['prune', { name: '{owner}/*' }, /could match keys of others/u],
    ['prune', { name: 'my-app-*' }, /right before \* it needs one of \/ : @/u],
    ['prune', { name: 'my-app/*x' }, /needs a separator, such as - or \/, right after \*\.$/u],
    ['prune', { name: 'my-app/*/*' }, /holds \* more than once/u],
    ['prune', { name: 'my-app/*/{branch}' }, /holds \* beside \{branch\}: it takes one of them/u],
    ['prune', { name: 'my-app/{run_id}/*' }, /\{run_id\} differs for every run/u],
    ['prune', { name: 'my-app/* ~until-20261203T0210Z' }, /holds a stamp/u],
    ['prune', { name: 'my-app/{branch}', max_prune: '-1' }, /^`max_prune` is "-1"/u],
    ['list', { name: '{nope}' }, /is no placeholder/u],
    ['list', { name: '{branch}' }, /could match keys of others/u],
    ['list', { name: 'my-app/*/{branch}' }, /holds \* beside \{branch\}/u],
    ['list', { name: 'my-app/{environment}/{branch}' }, /leaves more than one open/u],
    ['list', { is_active: 'yes' }, /^`is_active` is "yes"/u],
    [
      'list',
      { state: 'ended, abandonned' },
      '`state` holds "abandonned": it must be one or several of abandoned, ended, gone, duplicate, foreign, pending, ending, active, inactive. Did you mean `abandoned`?',
    ],
    ['list', { state: 'Ended' }, /^`state` holds "Ended": .* Did you mean `ended`\?$/u],
    ['list', { state: ', ,' }, /^`state` holds no state: it must be/u],
    [
      'list',
      { state: 'gone' },
      '`state` holds `gone`, which needs `name` with one of {branch}, {pull_request}, {environment}, for instance `my-app/branch/{branch}`.',
    ],
    [
      'list',
      { state: 'ended,gone', name: 'my-app/{branch}', github_token: '' },
      '`state` holds `gone`, which needs `github_token`.',
    ],
  ])('%s with %j', async (operation, given, expected) => {
    const found = await wrong(operation, given);
    expect(found).toEqual([
      typeof expected === 'string' ? expected : expect.stringMatching(expected),
    ]);
  });

  test('all of it at once, each once', async () => {
    const found = await problems({
      operation: 'ensure',
      region: 'EU9',
      name: '{brunch}',
      team_id: '-1',
      hashed: 'perhaps',
      access_policy: 'x',
      lifetime: 'y',
      retire: 'z',
      dry_run: 'maybe',
      secret_name: '1',
      timeout_seconds: '0',
      summary: 'no',
      ca_certificate: '/nowhere/at/all.pem',
    });
    const about = [
      '`api_key`',
      '`region`',
      '`ca_certificate`',
      '`timeout_seconds`',
      '`summary`',
      '{brunch}',
      '`team_id`',
      '`hashed`',
      '`access_policy`',
      '`retire`',
      '`dry_run`',
      '`secret_name`',
      '`lifetime`',
    ];
    expect(found).toHaveLength(about.length);
    for (const [index, word] of about.entries()) expect(found[index]).toContain(word);
  });

  test('an end is wrong beside all else', async () => {
    const given = { ...base, operation: 'create', name: 'n', lifetime: 'y' };
    const about = ['`team_id`', '`lifetime`', '`expires_after`'];
    for (const expires_after of ['0', '-1d', '1y', '731d']) {
      const found = await problems({ ...given, expires_after });
      expect(found.map((each) => /^`\w+`/u.exec(each)?.[0])).toEqual(about);
    }
    const misplaced = await problems({ ...given, operation: 'ensure', expires_after: '0' });
    expect(misplaced.at(-1)).toBe('`expires_after` is given, and `ensure` does not use it.');
    expect(misplaced).toHaveLength(3);
  });

  test('what does not depend on the operation is said also when that is wrong', async () => {
    expect(await problems({ region: 'EU2', operation: 'x' })).toEqual([
      expect.stringMatching(/^`operation` is "x"/u),
      expect.stringMatching(/^`api_key`/u),
    ]);
  });
});

describe('what has no effect is warned of', () => {
  test.each<[OperationName, Given, string | undefined]>([
    ['ensure', { ...making, environment: 'dev' }, '`environment` has no effect'],
    ['ensure', { ...making, environment: 'dev', secret_name: 'CX_KEY' }, undefined],
    ['ensure', { ...making, environment: 'dev', name: 'x/{environment}' }, undefined],
    ['update', { key_id: someId, new_name: 'x/{brunch}' }, '`new_name` is taken as it stands'],
    ['update', { key_id: someId, new_name: 'x/{{branch}}' }, '`new_name` is taken as it stands'],
    ['update', { key_id: someId, new_name: 'x/{}' }, undefined],
    ['delete', { key_id: someId, team_id: '7' }, '`team_id` has no effect'],
    ['delete', { name: 'n', team_id: '7' }, undefined],
    ['rotate', { ...making, access_policy: '' }, '`access_policy` is blank'],
    ['update', { key_id: someId, access_policy: '' }, undefined],
  ])('%s with %j', async (operation, given, expected) => {
    const found = await warnings({ ...base, operation, ...given });
    expect(found).toEqual(expected === undefined ? [] : [expect.stringContaining(expected)]);
  });
});

test('a value from the environment is told by its variable', async () => {
  const given = { operation: 'create', api_key: base.api_key ?? '', name: 'n' };
  const environment = { CORALOGIX_REGION: 'EU9', CORALOGIX_TEAM_ID: 'abc' };
  expect(await problems(given, environment)).toEqual([
    expect.stringMatching(/^`region` \(from CORALOGIX_REGION\) is "EU9"/u),
    expect.stringMatching(/^`team_id` \(from CORALOGIX_TEAM_ID\) is "abc"/u),
  ]);
});
