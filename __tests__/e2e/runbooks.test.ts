import { execFile } from 'node:child_process';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Emulator } from '../../tools/emulator/index.ts';
import { freshFolder, node24Path, type WorkflowEvent } from '../../tools/job-runner/index.ts';
import { parseWorkflow } from '../../tools/job-runner/workflow-file.ts';
import { nameWithEnd, provisionalName } from '../../src/names/stamp.ts';
import { dispatched } from '../support/github-events.ts';
import { status } from '../support/status.ts';
import { sendGrpc } from '../tools/emulator/ingestion/sender.ts';
import { job, repository, secretsOf, type Repository } from './repository.ts';
import { shellPath } from '../../tools/job-runner/script-step.ts';

/** docs/runbooks.md: every workflow and every command of it, as it stands there, to its end. */

const file = new URL('../../docs/runbooks.md', import.meta.url);
const page = (await readFile(file, 'utf8')).replaceAll('\r\n', '\n');

/** The fenced blocks of a kind, without the blanks of the list that they stand in. */
function blocks(kind: string): readonly string[] {
  const fence = new RegExp(`^( *)\`\`\`${kind}\\n([\\s\\S]*?)^ *\`\`\``, 'gmu');
  return [...page.matchAll(fence)].map(([, indent = '', text = '']) =>
    text.replace(new RegExp(`^${indent}`, 'gmu'), ''),
  );
}

const workflows = new Map(blocks('yaml').map((text) => [parseWorkflow(text).name, text]));
const untested = new Set(workflows.keys());
const commands = blocks('sh');

function workflow(name: string): string {
  const text = workflows.get(name);
  if (text === undefined) throw new Error(`No workflow ${name}.`);
  untested.delete(name);
  return text;
}

function byHand(inputs: Readonly<Record<string, string>> = {}): WorkflowEvent {
  const { name, payload } = dispatched('refs/heads/main');
  return { name, payload: { ...(payload as object), inputs } };
}

const name = 'my-app/environment/production';
const secret = 'production/CORALOGIX_PRIVATE_KEY';
const hours = (count: number): number => Date.now() + count * 3_600_000;

/** What the ingestion answers to a value, as one that has leaked is sent by others. */
const answerTo = async (emulator: Emulator, key: string | undefined): Promise<number> =>
  (await sendGrpc(emulator, { key })).code;

/** A key that is in use: its value is the secret of its environment. */
async function inUse(repo: Repository): Promise<{ readonly id: string; readonly value: string }> {
  repo.seed(name);
  await repo.run(workflow('Replace a leaked key'), byHand({ environment: 'production' }));
  const value = repo.value(name) ?? 'none';
  const { id = 'none' } = repo.emulator.store.keys().find((key) => key.value === value) ?? {};
  expect(await answerTo(repo.emulator, value)).toBe(0);
  return { id, value };
}

describe('Replace a leaked key', () => {
  const text = workflow('Replace a leaked key');

  test('has the old value refused, and the new one stored and deployed', async () => {
    const repo = await repository();
    const { emulator, server } = repo;
    const leaked = await inUse(repo);
    const ran = await repo.run(text, byHand({ environment: 'production' }));
    expect(ran).toMatchObject({
      result: 'success',
      concurrency: { group: 'deploy-production', 'cancel-in-progress': false },
    });
    const value = repo.value(name);
    expect(value).not.toBe(leaked.value);
    expect(await answerTo(emulator, leaked.value)).toBe(status.UNAUTHENTICATED);
    expect(await answerTo(emulator, value)).toBe(0);
    expect((await repo.calls()).at(-1)).toEqual(['deploy.sh production', value]);
    expect(server.secrets.get(secret)).toBe(value);
  });

  test('has it refused also where the deployment fails', async () => {
    const repo = await repository();
    const leaked = await inUse(repo);
    await repo.fail('deploy.sh', 'production');
    const ran = await repo.run(text, byHand({ environment: 'production' }));
    expect(ran.result).toBe('failure');
    expect(await answerTo(repo.emulator, leaked.value)).toBe(status.UNAUTHENTICATED);
    expect(await answerTo(repo.emulator, repo.value(name))).toBe(0);
  });

  test('leaves alone what is in its grace period, as the page warns', async () => {
    const repo = await repository();
    const grace = nameWithEnd(name, hours(24));
    repo.seed(grace);
    await inUse(repo);
    await repo.run(text, byHand({ environment: 'production' }));
    expect(repo.keys()).toContain(`${grace}: active`);
  });
});

test('Cut off a leaked key: its value is refused, and that of others is not', async () => {
  const repo = await repository();
  const leaked = await inUse(repo);
  repo.seed('my-app/environment/staging');
  const ran = await repo.run(workflow('Cut off a leaked key'), byHand({ key_id: leaked.id }));
  expect(ran).toMatchObject({ result: 'success', permissions: {} });
  expect(await answerTo(repo.emulator, leaked.value)).toBe(status.UNAUTHENTICATED);
  expect(await answerTo(repo.emulator, repo.value('my-app/environment/staging'))).toBe(0);
});

test('Inventory: tells the ids and names of the active keys, and no value', async () => {
  const repo = await repository();
  const id = repo.seed(name);
  repo.seed('my-app/old', false);
  const ran = await repo.run(workflow('Inventory'), byHand());
  const { outputs = {} } = job(ran, 'list').steps[0] ?? {};
  expect(JSON.parse(outputs['keys'] ?? '')).toMatchObject([{ id, name, state: 'active' }]);
  expect(JSON.stringify(outputs)).not.toContain(repo.value(name) ?? 'none');
});

describe('Check the next management key', () => {
  const text = workflow('Check the next management key');

  async function checkedWith(as: keyof Emulator['tokens']): Promise<string> {
    const repo = await repository();
    repo.seed(name);
    const { emulator, server } = repo;
    const store = secretsOf(server, emulator);
    const next = { ...store.repository, CORALOGIX_API_KEY_NEXT: emulator.tokens[as] };
    const ran = await repo.run(text, byHand(), { secrets: { ...store, repository: next } });
    // Whatever came of it, what it made is gone.
    expect(repo.keys()).toEqual([`${name}: active`]);
    return `${ran.result}, made ${emulator.store.deletedKeys().length}`;
  }

  test.each([
    { what: 'one that may do the same', as: 'admin', result: 'success, made 1' },
    { what: 'one that may only read', as: 'reader', result: 'failure, made 0' },
    { what: 'one that may do nothing', as: 'powerless', result: 'failure, made 0' },
    { what: 'one of another team', as: 'otherTeam', result: 'failure, made 0' },
  ] as const)('with $what: $result', async ({ as, result }) => {
    expect(await checkedWith(as)).toBe(result);
  });
});

test('a job under way whose management key is gone tells what the page quotes, and retires nothing', async () => {
  const repo = await repository();
  const { emulator } = repo;
  repo.seed(name);
  emulator.store.onCommit(({ kind, key }) => {
    if (kind !== 'updated' || key.name !== name) return;
    const fault = { kind: 'status', code: 'UNAUTHENTICATED', message: 'invalid API key' } as const;
    emulator.inject({ fault, times: Infinity });
  });
  const text = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const [rotation = ''] =
    /^name: Rotate key\n[\s\S]*?(?=^```$)/mu.exec(text.replaceAll('\r\n', '\n')) ?? [];
  const ran = await repo.run(rotation, { name: 'schedule', payload: { schedule: '17 3 1 * *' } });
  expect(ran.result).toBe('success');
  const [quoted = ''] = blocks('text');
  expect(job(ran, 'rotate').log).toContain(quoted.replace(/\s+/gu, ' ').trim());
  expect(repo.keys()).toEqual([`${name}: active`, `${name}: active`]);
});

describe('Tidy up', () => {
  const text = workflow('Tidy up');
  const left = [
    nameWithEnd('my-app/test/1', hours(-1)),
    provisionalName(name, hours(-2), '0123456789abcdef'),
  ];

  test('takes what is over, and is content', async () => {
    const repo = await repository();
    for (const each of [...left, name]) repo.seed(each);
    expect((await repo.run(text, byHand())).result).toBe('success');
    expect(repo.keys()).toEqual([`${name}: active`, `${left[0] ?? ''}: inactive`]);
  });

  test('fails where two active keys bear a name, or a run is making one', async () => {
    for (const other of [name, provisionalName(name, hours(0), '0123456789abcdef')]) {
      const repo = await repository();
      for (const each of [name, other]) repo.seed(each);
      expect((await repo.run(text, byHand())).result).toBe('failure');
      expect(repo.keys()).toHaveLength(2);
    }
  });
});

describe('the commands', () => {
  const folder = { path: '' };

  beforeAll(async () => {
    folder.path = await freshFolder('runbooks-');
    await writeFile(join(folder.path, 'node'), `#!/bin/sh\nexec '${node24Path()}' "$@"\n`);
    await chmod(join(folder.path, 'node'), 0o755);
  });

  afterAll(() => rm(folder.path, { recursive: true, force: true }));

  /** A command of the page, as a person types it, and what is typed or pasted then. */
  async function typed(command: string, lines: readonly string[], ca = ''): Promise<string> {
    const certificate = join(folder.path, 'ca.pem');
    await writeFile(certificate, ca);
    const running = promisify(execFile)(shellPath('bash'), ['-c', command], {
      cwd: folder.path,
      env: {
        PATH: `${folder.path}:${process.env['PATH'] ?? ''}`,
        NODE_EXTRA_CA_CERTS: certificate,
      },
    });
    running.child.stdin?.end(lines.map((line) => `${line}\n`).join(''));
    return (await running).stdout.trim();
  }

  test('tell whose value has leaked, by the record of its secret', async () => {
    const repo = await repository();
    const leaked = await inUse(repo);
    const record = repo.server.variables.get(`${secret}_RECORD`) ?? '';
    const [which = ''] = commands;
    expect(await typed(which, [record, leaked.value])).toBe(`It is the value of ${leaked.id}.`);
    expect(await typed(which, [record, `${leaked.value}x`])).toBe(
      'It is the value of another key.',
    );
  });

  describe('that asks the ingestion for a leaked value', () => {
    const [, isDead = ''] = commands;

    test('tells whether it is refused', async () => {
      const repo = await repository();
      const leaked = await inUse(repo);
      repo.seed('my-app/works');
      const works = repo.value('my-app/works') ?? 'none';
      const { ingestion, caCertificate, store, tokens } = repo.emulator;
      const host = new URL(ingestion.endpoint).host;
      const ask = (): Promise<string> => typed(isDead, [host, works, leaked.value], caCertificate);
      expect(await ask()).toBe('let in: it is not dead');
      store.update(tokens.admin, { keyId: leaked.id, isActive: false });
      expect(await ask()).toBe('refused');
    });

    test('calls a key that lives by no means dead where it is that of another region', async () => {
      const [repo, { emulator: elsewhere }] = await Promise.all([repository(), repository()]);
      const leaked = await inUse(repo);
      repo.seed('my-app/works');
      const works = repo.value('my-app/works') ?? 'none';
      const host = new URL(elsewhere.ingestion.endpoint).host;
      const said = await typed(isDead, [host, works, leaked.value], elsewhere.caCertificate);
      expect(said).toMatch(/^This says nothing: .* Another region\?$/u);
    });

    test.each([
      { what: 'no host', lines: ['', 'works', 'leaked'] },
      { what: 'more than a host', lines: ['example.com/v1', 'works', 'leaked'] },
      { what: 'the same value twice', lines: ['localhost:1', 'leaked', 'leaked'] },
      { what: 'one value', lines: ['localhost:1', 'works', ''] },
    ])('sends nothing, given $what', async ({ lines }) => {
      const said = await typed(`{ ${isDead}\n} 2>&1`, lines);
      expect(said).toMatch(/Error: (?:The first line is the host|Two values are needed)/u);
    });
  });

  // Stands for GitHub's command line, of which the switches are those of its manual:
  // https://cli.github.com/manual/gh_secret_set
  test('that stores a value in many repositories hands it over by standard input, and names what fails', async () => {
    const [, , store = ''] = commands;
    const notes = join(folder.path, 'notes');
    await writeFile(join(folder.path, 'places.txt'), 'acme/shop keys\nacme/gone\nacme/billing\n');
    await writeFile(
      join(folder.path, 'gh'),
      `#!/bin/sh\necho "$* <$(cat)>" >> '${notes}'\n[ "$5" != acme/gone ]\n`,
    );
    await chmod(join(folder.path, 'gh'), 0o755);
    expect(await typed(store, ['the new one'])).toBe('not stored: acme/gone');
    expect((await readFile(notes, 'utf8')).split('\n').map((line) => line.trimEnd())).toEqual([
      'secret set CORALOGIX_API_KEY --repo acme/shop --env keys <the new one>',
      'secret set CORALOGIX_API_KEY --repo acme/gone --env  <the new one>',
      'secret set CORALOGIX_API_KEY --repo acme/billing --env  <the new one>',
      '',
    ]);
  });
});

describe('where the management key is a secret of the environment `keys` alone', () => {
  test.each([
    { workflow: 'Cut off a leaked key' },
    { workflow: 'Inventory' },
    { workflow: 'Tidy up' },
  ])('$workflow sees it', async ({ workflow: which }) => {
    const repo = await repository();
    const { id } = await inUse(repo);
    const { repository: all = {}, environments } = secretsOf(repo.server, repo.emulator);
    const { CORALOGIX_API_KEY = '', ...others } = all;
    const secrets = {
      repository: others,
      environments: { ...environments, keys: { CORALOGIX_API_KEY } },
    };
    const ran = await repo.run(workflow(which), byHand({ key_id: id }), { secrets });
    expect(ran.result).toBe('success');
  });
});

test.each([...workflows.values()].map((text) => [parseWorkflow(text)] as const))(
  '$name says what its token may do, and bounds its time',
  ({ permissions, jobs }) => {
    expect(permissions).toBeDefined();
    for (const { timeoutMinutes } of jobs) expect(Number(timeoutMinutes)).toBeLessThanOrEqual(15);
  },
);

test('every workflow of the page is run', () => {
  expect([...untested]).toEqual([]);
  expect(commands).toHaveLength(3);
});
