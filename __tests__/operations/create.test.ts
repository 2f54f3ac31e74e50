import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../src/core/failure.ts';
import { endOf, isoMoment, withoutEnd } from '../../src/names/stamp.ts';
import { pass, play, scripted, setting, stored } from './setting.ts';
import { dropped, silence, status } from './simulation/outcome.ts';
import { creating, name, secret } from './simulation/requests.ts';

describe('create', () => {
  test('makes a key with one call, whether or not the name is taken', async () => {
    const world = setting();
    await world.plant([{ name }]);
    const { outcome, calls } = await play(world, creating());
    const made = world.store.keys().at(-1);
    expect(calls).toEqual(['Create']);
    expect(outcome?.key).toEqual({
      id: made?.id,
      name,
      active: true,
      hashed: false,
      accessPolicy: undefined,
    });
    expect(outcome).toMatchObject({ created: true, changed: true, keyIds: [made?.id] });
    expect(outcome?.value?.reveal() === made?.value).toBe(true);
    expect(stored(world)).toEqual([
      { name, active: true },
      { name, active: true },
    ]);
  });

  test('hands out the value of a hashed key, which nobody can read later', async () => {
    const world = setting();
    const { outcome } = await play(world, creating({ hashed: true }));
    expect(outcome?.key?.hashed).toBe(true);
    expect(outcome?.value).toBeDefined();
    expect(world.store.keys()[0]?.value).toBeUndefined();
  });

  test.each([
    ['permanent', ['Create']],
    ['job', ['Create', 'Update']],
  ] as const)(
    'a key of lifetime %s gets its access policy with its name',
    async (lifetime, expected) => {
      const world = setting();
      const accessPolicy = '{"version":"2025-01-01"}';
      const { outcome, calls } = await play(world, creating({ lifetime, accessPolicy }));
      expect(calls).toEqual(expected);
      expect(outcome?.key).toMatchObject({ accessPolicy });
      expect(world.store.keys()[0]?.accessPolicy).toBe(accessPolicy);
      const withPolicy = world.history.calls.filter(({ request }) => 'access_policy' in request);
      expect(withPolicy).toEqual([world.history.calls.at(-1)]);
    },
  );

  test('sends nothing in a dry run', async () => {
    const { outcome, calls } = await play(setting(), creating({ dryRun: true }));
    expect(calls).toEqual([]);
    expect(outcome).toMatchObject({ created: false, changed: true, keyIds: [] });
  });

  test('whose answer was lost is not said to be run again, but to be looked at first', async () => {
    for (const lost of [dropped(10, 20), dropped(undefined, 20), silence(10)]) {
      const world = setting({ faults: scripted({ Create: [lost] }) });
      const { failure } = await play(world, creating());
      expect(failure?.kind).toBe('outcome_unknown');
      expect(failure?.hint).toMatch(/^It was not sent again.*before running the job again/u);
      expect(failure?.hint).not.toContain('Run the job again');
    }
  });

  test('whose answer was lost is not sent again, and names the keys to look at', async () => {
    const world = setting({ faults: scripted({ Create: [dropped(10, 20)] }) });
    const [other] = await world.plant([{ name }]);
    const { failure, calls } = await play(world, creating());
    expect(calls).toEqual(['Create', 'List']);
    expect(failure?.kind).toBe('outcome_unknown');
    expect(failure?.keyIds).toEqual([other, world.store.keys().at(-1)?.id]);
  });

  test('that may still arrive says that none is there yet', async () => {
    const world = setting({ faults: scripted({ Create: [dropped(undefined, 20)] }) });
    const { failure } = await play(world, creating());
    expect(failure?.kind).toBe('outcome_unknown');
    expect(failure?.message).toContain('may still appear');
  });

  test('whose answer was lost says so also when the keys cannot be listed', async () => {
    const denied = status('PERMISSION_DENIED', 20);
    const faults = scripted({ Create: [silence(10)], List: [denied] });
    const { failure } = await play(setting({ faults }), creating());
    expect(failure?.kind).toBe('outcome_unknown');
    expect(failure?.message).toContain('could not be listed');
  });

  test('that is refused has made nothing, and is not looked for', async () => {
    const { failure, calls } = await play(setting(), creating({ teamId: 2 }));
    expect(failure?.kind).toBe('permission');
    expect(calls).toEqual(['Create']);
  });
});

describe('create with a value to store', () => {
  test('stores it after the key is made', async () => {
    const world = setting();
    const { outcome, secret: kept, infos } = await play(world, creating({ secret }));
    expect(kept === outcome?.value).toBe(true);
    expect(infos).toEqual([
      'Stored the value as the secret SHOP_KEY of the environment "production".',
    ]);
  });

  test.each([
    ['deactivate', [{ name, active: false }]],
    ['delete', []],
  ] as const)('takes the key back when it surely was not stored: %s', async (retire, left) => {
    const world = setting();
    const request = creating({ secret, retire });
    const { failure } = await play(world, request, { secretOutcome: 'refused' });
    expect(failure?.kind).toBe('github');
    expect(failure?.message).toMatch(/GitHub refused SHOP_KEY.*that this run made was/u);
    expect(stored(world)).toEqual(left);
  });

  test.each(['stored_unanswered', 'lost'] as const)(
    'keeps the key when it may have been stored, and says so: %s',
    async (secretOutcome) => {
      const world = setting();
      const { failure } = await play(world, creating({ secret }), { secretOutcome });
      expect(failure?.kind).toBe('outcome_unknown');
      expect(failure?.message).toContain('stays active, as the secret may hold its value');
      expect(failure?.keyIds).toEqual([world.store.keys()[0]?.id]);
      expect(failure?.hint).toMatch(
        /when the secret was last changed.*before you run the job again/u,
      );
      expect(stored(world)).toEqual([{ name, active: true }]);
    },
  );

  test('takes the key back when nobody knows whether its record was written: the secret was not', async () => {
    const world = setting({
      tamper: (ports) => ({
        ...ports,
        github: {
          ...ports.github,
          writeRecord: () => Promise.reject(new Failure('outcome_unknown', 'The answer was lost.')),
        },
      }),
    });
    const { failure, secret: kept } = await play(world, creating({ secret }));
    expect(failure?.message).toMatch(
      /^The answer was lost\. The key \S+ that this run made was deleted/u,
    );
    expect(kept).toBeUndefined();
    expect(stored(world)).toEqual([]);
  });

  test('says that the key is still active when it cannot be taken back', async () => {
    const refused = status('PERMISSION_DENIED', 20);
    const world = setting({ faults: scripted({ Update: [undefined, refused] }) });
    const { failure } = await play(world, creating({ secret }), { secretOutcome: 'refused' });
    expect(failure?.kind).toBe('github');
    expect(failure?.message).toContain('is still active: Deactivating the key');
  });

  test('takes the key back when its value cannot be written to the outputs', async () => {
    const world = setting();
    const { failure } = await play(world, creating(), { outputsWritable: false });
    expect(failure?.kind).toBe('runner');
    expect(stored(world)).toEqual([{ name, active: false }]);
  });
});

test.each(['permanent', 'job'] as const)(
  'a %s key is stored hashed on demand',
  async (lifetime) => {
    const world = setting();
    await play(world, creating({ lifetime, hashed: true }));
    expect(world.store.keys().map(({ hashed }) => hashed)).toEqual([true]);
  },
);

test('a key that was made is taken back when the service does not show it at once', async () => {
  const world = setting({ readLagMs: 1000 });
  const { failure } = await play(world, creating({ secret }), { secretOutcome: 'refused' });
  expect(failure?.message).toContain('that this run made was deactivated');
  expect(stored(world)).toEqual([{ name, active: false }]);
});

test('of one that the service does not show for long nobody says that it was taken back', async () => {
  const world = setting({ readLagMs: 20_000 });
  const { failure, jobEndPlan } = await play(world, creating({ secret }));
  const made = world.store.keys()[0]?.id;
  expect(failure?.message).toContain(`The key ${made} that this run made may still be there.`);
  expect(failure?.keyIds).toEqual([made]);
  expect(jobEndPlan?.pending.map(({ id }) => id)).toEqual([made]);
});

describe('create with a value to store, under a name that is taken', () => {
  test('says in the record that the value is on its way before the key has the name', async () => {
    const namesAtAnnouncing: string[] = [];
    const world = setting({
      tamper: (ports) => ({
        ...ports,
        github: {
          ...ports.github,
          writeRecord: (where, text) => {
            if (text.includes('storing')) {
              namesAtAnnouncing.push(...world.store.keys().map((key) => key.name));
            }
            return ports.github.writeRecord(where, text);
          },
        },
      }),
    });
    await world.plant([{ name }]);
    await play(world, creating({ secret }));
    expect(namesAtAnnouncing).toEqual([name, expect.stringContaining(`${name} ~pending-`)]);
    expect(stored(world)).toEqual([
      { name, active: true },
      { name, active: true },
    ]);
  });
});

describe('create of a key with an end', () => {
  const hour = 3_600_000;
  const lasts = 36 * hour;

  test.each([
    ['permanent', ['Create']],
    ['job', ['Create', 'Update']],
  ] as const)(
    'of lifetime %s names it so, and never for less than was asked',
    async (lifetime, calls) => {
      for (const later of [0, 1, 59_999, 60_000]) {
        const world = setting();
        await world.plant([{ name }]);
        const request = creating({ lifetime, expiresAfterMs: lasts });
        await pass(world, later);
        const played = await play(world, request);
        const asked = world.wallClock() - (world.time.now - played.startedAt) + lasts;
        const made = world.store.keys().at(-1);
        expect(played.calls).toEqual(calls);
        expect(withoutEnd(made?.name ?? '')).toBe(name);
        expect(played.outcome?.key).toMatchObject({ id: made?.id, name: made?.name });
        const end = endOf(made?.name ?? '') ?? 0;
        expect(end).toBeGreaterThanOrEqual(asked);
        expect(end).toBeLessThan(asked + 60_000);
        expect(played.outcome?.sentence).toContain(`\`prune\``);
        expect(played.outcome?.sentence).toContain(`after ${isoMoment(end)}`);
      }
    },
  );

  test('is ended by its job, too, also when main is cut off before it has its name', async () => {
    for (const crash of [
      undefined,
      { call: 1, moment: 'answered' },
      { call: 2, moment: 'sent' },
    ] as const) {
      const world = setting();
      const request = creating({ lifetime: 'job', retire: 'delete', expiresAfterMs: lasts });
      await play(world, request, { hasJobEnd: true, crash });
      expect(stored(world)).toEqual([]);
    }
  });

  test('says in a dry run what it would be named', async () => {
    const { outcome, calls } = await play(
      setting(),
      creating({ dryRun: true, expiresAfterMs: lasts }),
    );
    expect(calls).toEqual([]);
    expect(endOf(outcome?.key?.name ?? '')).toBeDefined();
    expect(outcome?.sentence).toMatch(
      /^Would create the key .* ~until-.*, which `prune` retires after /u,
    );
  });

  test('whose answer was lost is looked for under that name', async () => {
    const world = setting({ faults: scripted({ Create: [dropped(10, 20)] }) });
    await world.plant([{ name }]);
    const { failure } = await play(world, creating({ expiresAfterMs: lasts }));
    expect(failure).toMatchObject({
      kind: 'outcome_unknown',
      keyIds: [world.store.keys().at(-1)?.id],
    });
  });
});

describe('create for one job only', () => {
  const forJob = creating({ lifetime: 'job' });

  test('makes the key under another name first, and leaves it to the end of the job', async () => {
    const world = setting();
    const played = await play(world, forJob, { hasJobEnd: true, jobStatus: 'success' });
    expect(played.calls).toEqual(['Create', 'Update']);
    expect(played.jobEndCalls).toEqual(['Update']);
    expect(stored(world)).toEqual([{ name, active: false }]);
  });

  test.each([
    { call: 1, moment: 'sent' },
    { call: 1, moment: 'answered' },
    { call: 2, moment: 'before' },
    { call: 2, moment: 'sent' },
    { call: 2, moment: 'answered' },
  ] as const)('leaves no active key when it is cut off: $moment of call $call', async (crash) => {
    const world = setting({ readLagMs: 700 });
    await play(world, forJob, { hasJobEnd: true, crash, badStatus: 'cancelled' });
    expect(stored(world).filter(({ active }) => active)).toEqual([]);
  });

  test('takes the key back when it cannot get its name', async () => {
    const world = setting({ faults: scripted({ Update: [status('INVALID_ARGUMENT', 20)] }) });
    const played = await play(world, forJob, { hasJobEnd: true });
    expect(played.failure?.kind).toBe('rejected');
    expect(played.calls).toEqual(['Create', 'Update', 'Delete']);
    expect(played.jobEndCalls).toEqual([]);
    expect(stored(world)).toEqual([]);
  });
});
