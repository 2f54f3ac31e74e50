import { describe, expect, jest, test } from '@jest/globals';
import { byHand, neverStopped, pushed, workflow } from './example-workflows.ts';
import { job, reaching, repository, type Ran, type Repository } from './repository.ts';

/** A key that was made by hand becomes one of ours, in a service that discloses no value again. */

// A value that does not work is tried until a proof may take no longer.
jest.setTimeout(120_000);

const name = 'my-app/environment/production';
const old = 'Production logs';
const place = 'production/CORALOGIX_PRIVATE_KEY';
const withItsEnd = new RegExp(`^${name} ~until-\\d{8}T\\d{4}Z: active$`, 'u');

/** A repository with a key that somebody made in the web page. */
interface ByHand extends Repository {
  readonly id: string;
  /** What was shown to that person, once. */
  readonly known: string;
  readonly takeOver: (value: 'replace' | 'keep', name?: string) => Promise<Ran>;
  /** A deployment as it is from now on. */
  readonly deploy: () => Promise<Ran>;
}

const text = workflow('take-over-key.yml');
const deployment = workflow('deploy-and-rotate.yml');

async function withKeyByHand(): Promise<ByHand> {
  const made = await repository();
  const { emulator, seed, run } = made;
  const id = seed(old);
  const env = { ...reaching(emulator), INPUT_INGESTION_ENDPOINT: emulator.ingestion.endpoint };
  return {
    ...made,
    id,
    known: emulator.store.keys()[0]?.value ?? 'none',
    takeOver: (value, from = old) =>
      run(text, byHand({ name: from, environment: 'production', value }), { env }),
    deploy: () => run(deployment, pushed('main')),
  };
}

describe('take-over-key.yml, which replaces the value', () => {
  test.concurrent.each([
    { what: 'that is stored by hand', isStored: true },
    { what: 'that nobody knows', isStored: false },
  ])('takes over a key with a value $what', async ({ isStored }) => {
    const shop = await withKeyByHand();
    const { server, emulator, id, known, takeOver, deploy, keys, value, calls } = shop;
    if (isStored) server.secrets.set(place, known);
    const ran = await takeOver('replace');
    expect(ran).toMatchObject({
      result: 'success',
      permissions: { contents: 'read' },
      concurrency: { group: 'deploy-production', ...neverStopped },
      jobs: [{ environment: { name: 'production' } }],
    });
    // The one by hand works for a week more, under a name that says until when.
    expect(keys()).toEqual([expect.stringMatching(withItsEnd), `${name}: active`]);
    expect(emulator.store.keys().find((key) => key.id === id)?.name).toContain('~until-');
    expect(value(name)).not.toBe(known);
    expect([...server.secrets]).toEqual([[place, value(name)]]);
    expect([...server.variables.keys()]).toEqual([`${place}_RECORD`]);
    const later = await deploy();
    expect(later.result).toBe('success');
    expect(job(later, 'deploy').steps[2]?.outputs).toMatchObject({ created: 'false' });
    expect(await calls()).toEqual([
      ['deploy.sh production', value(name)],
      ['deploy.sh', value(name)],
      ['smoke-test.sh', ''],
    ]);
  });

  test.concurrent('ends nothing when its deployment fails, and later ones go on', async () => {
    const { emulator, server, known, takeOver, deploy, fail, keys, calls } = await withKeyByHand();
    await fail('deploy.sh', 'production');
    expect((await takeOver('replace')).result).toBe('failure');
    const both = [`${name}: active`, `${name}: active`];
    expect(keys()).toEqual(both);
    // By that name two could be meant now.
    expect((await takeOver('replace', name)).result).toBe('failure');
    expect((await deploy()).result).toBe('success');
    expect(keys()).toEqual(both);
    const values = emulator.store.keys().map(({ value }) => value);
    const given = server.secrets.get(place);
    expect((await calls()).find(([what]) => what === 'deploy.sh')).toEqual(['deploy.sh', given]);
    expect(values).toEqual([known, given]);
  });
});

describe('take-over-key.yml, which keeps the value', () => {
  test.concurrent('takes over a key whose value works, and makes none', async () => {
    const { server, emulator, id, known, takeOver, deploy, keys, calls } = await withKeyByHand();
    server.secrets.set(place, known);
    const ran = await takeOver('keep');
    expect(ran.result).toBe('success');
    expect(job(ran, 'take-over').log).toContain('work');
    expect((await deploy()).result).toBe('success');
    expect(keys()).toEqual([`${name}: active`]);
    expect(emulator.store.keys()[0]?.id).toBe(id);
    expect(await calls()).toEqual([
      ['deploy.sh', known],
      ['smoke-test.sh', ''],
    ]);
    // No record is written for a value that was stored by hand: so its age is not known.
    expect([...server.variables.keys()]).toEqual([]);
    expect(emulator.journal.attempts('CreateApiKey')).toBe(0);
  });

  test.concurrent('fails where the stored value does not work, or none is stored', async () => {
    const { server, known, takeOver, keys } = await withKeyByHand();
    server.secrets.set(place, `${known.slice(0, -1)}${known.endsWith('a') ? 'b' : 'a'}`);
    const refused = await takeOver('keep');
    expect(refused.result).toBe('failure');
    // The last of its tries may be cut off by the end of its time, and has no answer then.
    const kinds = job(refused, 'take-over').steps.map(({ outputs }) => outputs['error_kind']);
    expect(['value_hidden', 'not_verified']).toContain(kinds.find((kind) => kind !== undefined));
    server.secrets.delete(place);
    expect((await takeOver('keep', name)).result).toBe('failure');
    // Run again with its new name, it goes on where it stopped.
    server.secrets.set(place, known);
    expect((await takeOver('keep', name)).result).toBe('success');
    expect(keys()).toEqual([`${name}: active`]);
  });

  test.concurrent('takes the value of another key that works at its word', async () => {
    const { server, emulator, seed, takeOver, keys } = await withKeyByHand();
    seed('another');
    server.secrets.set(place, emulator.store.keys()[1]?.value ?? 'none');
    expect((await takeOver('keep')).result).toBe('success');
    expect(keys()).toEqual(['another: active', `${name}: active`]);
  });

  test.concurrent(
    'refuses the secret of the repository in place of the environment’s',
    async () => {
      const { server, known, takeOver, keys } = await withKeyByHand();
      server.secrets.set('CORALOGIX_PRIVATE_KEY', known);
      const ran = await takeOver('keep');
      expect(ran.result).toBe('failure');
      expect(job(ran, 'take-over').log).toContain('it is that of another place');
      expect(keys()).toEqual([`${name}: active`]);
    },
  );
});

describe('take-over-key.yml', () => {
  test.concurrent.each(['replace', 'keep'] as const)(
    'changes nothing where another active key has the new name (%s)',
    async (value) => {
      const { seed, takeOver, keys } = await withKeyByHand();
      seed(name);
      const before = keys();
      const ran = await takeOver(value);
      expect(ran.result).toBe('failure');
      expect(job(ran, 'take-over').log).toContain('another active key has the new name already');
      expect(keys()).toEqual(before);
    },
  );

  test.concurrent(
    'changes nothing at a key that is inactive, a user’s, or one of two',
    async () => {
      const { emulator, seed, takeOver, keys } = await withKeyByHand();
      const { teamId } = emulator;
      seed('asleep', false);
      emulator.store.add({ teamId, name: 'personal', owner: { kind: 'user', userId: 'u' } });
      seed('twins');
      seed('twins');
      const before = keys();
      for (const each of ['asleep', 'personal', 'twins', 'nothing']) {
        expect((await takeOver('replace', each)).result).toBe('failure');
      }
      expect(keys()).toEqual(before);
    },
  );

  test.concurrent(
    'without it, a deployment replaces no secret that was stored by hand',
    async () => {
      const { server, known, deploy, keys, calls } = await withKeyByHand();
      server.secrets.set(place, known);
      const ran = await deploy();
      expect(ran.result).toBe('failure');
      expect(job(ran, 'deploy').log).toContain('so it was stored by hand: it is not replaced');
      expect(keys()).toEqual([`${old}: active`]);
      expect(server.secrets.get(place)).toBe(known);
      expect(await calls()).toEqual([]);
    },
  );
});
