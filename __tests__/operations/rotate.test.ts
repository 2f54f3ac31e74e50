import { describe, expect, test } from '@jest/globals';
import { play, scripted, setting, stored } from './setting.ts';
import { dropped, replied, silence, status } from './simulation/outcome.ts';
import { name, rotating, secret } from './simulation/requests.ts';
import { teamId, token } from './simulation/service.ts';

describe('rotate', () => {
  test('makes the new key first, and leaves the old ones to the end of the job', async () => {
    const world = setting();
    const ids = await world.plant([{ name }, { name }, { name, active: false }]);
    const { outcome, calls, jobEndPlan } = await play(world, rotating());
    const made = outcome?.key?.id;
    expect(calls).toEqual(['List', 'Create', 'Update']);
    expect(outcome).toMatchObject({ created: true, keyIds: [made] });
    expect(outcome?.previousKeyIds).toEqual(ids.slice(0, 2).toSorted());
    expect(outcome?.sentence).toContain('will be deactivated when the job has succeeded');
    expect(jobEndPlan).toMatchObject({
      pending: [],
      rotation: {
        newKeyId: made,
        previousKeyIds: outcome?.previousKeyIds,
        secretStored: false,
        valueDelivered: true,
      },
    });
    expect(stored(world).map(({ active }) => active)).toEqual([true, true, false, true]);
  });

  test('retires the old keys at once when told to, once the value is handed out', async () => {
    const world = setting();
    await world.plant([{ name }, { name }]);
    const { calls, jobEndPlan } = await play(world, rotating({ retireWhen: 'now' }));
    expect(calls).toEqual(['List', 'Create', 'Update', 'Update', 'Update']);
    expect(jobEndPlan?.rotation).toBeUndefined();
    expect(stored(world).map(({ active }) => active)).toEqual([false, false, true]);
  });

  test.each([500, 2500])(
    'retires also a key that was made right before, which reads do not show for %i ms',
    async (readLagMs) => {
      const world = setting({ readLagMs });
      const { keyId } = world.store.create(token, {
        name,
        owner: { kind: 'team', teamId },
        presets: ['SendData'],
        permissions: [],
        hashed: false,
      });
      const { outcome } = await play(world, rotating({ retireWhen: 'now' }));
      expect(outcome?.previousKeyIds).toEqual([keyId]);
      expect(stored(world).map(({ active }) => active)).toEqual([false, true]);
    },
  );

  test('never retires them when told so', async () => {
    const world = setting();
    await world.plant([{ name }]);
    const plan = { hasJobEnd: true, jobStatus: 'success' } as const;
    const { outcome, jobEndCalls } = await play(world, rotating({ retireWhen: 'never' }), plan);
    expect(outcome?.sentence).toContain('stays active');
    expect(jobEndCalls).toEqual([]);
    expect(stored(world).map(({ active }) => active)).toEqual([true, true]);
  });

  test('makes a first key like any other', async () => {
    const world = setting();
    const { outcome, warnings, notices } = await play(world, rotating());
    expect(notices).toEqual([expect.stringContaining('there is nothing to rotate')]);
    expect(warnings).toEqual([]);
    expect(outcome?.previousKeyIds).toEqual([]);
    expect(outcome?.sentence).toContain('There was no active key of that name before.');
    expect(stored(world)).toEqual([{ name, active: true }]);
  });

  test.each([
    ['job_succeeds', 'would be deactivated'],
    ['never', 'would stay active'],
  ] as const)('changes nothing in a dry run: %s', async (retireWhen, words) => {
    const world = setting();
    const ids = await world.plant([{ name }]);
    const { outcome, calls } = await play(world, rotating({ retireWhen, dryRun: true }));
    expect(calls).toEqual(['List']);
    expect(outcome).toMatchObject({ created: false, changed: true, previousKeyIds: ids });
    expect(outcome?.sentence).toContain(words);
  });
});

describe('rotate, where the value is stored', () => {
  test('leaves a key whose value another run may be storing, and says nothing else of it', async () => {
    const world = setting({ hideValues: true });
    const { outcome: first } = await play(world, rotating({ secret }));
    // Made by another run, whose announcement was written over.
    const [other = ''] = await world.plant([{ name }]);
    await play(world, rotating({ secret, retireWhen: 'never' }));
    const ids = world.store.keys().map(({ id }) => id);
    for (const id of ids.filter((each) => each !== other)) {
      world.store.update(token, { keyId: id, isActive: false });
    }
    const plan = { hasJobEnd: true, jobStatus: 'success' } as const;
    const { outcome, warnings } = await play(world, rotating({ secret }), plan);
    expect(first?.created).toBe(true);
    expect(outcome?.previousKeyIds).toEqual([]);
    expect(outcome?.sentence).toContain(`The previous key (${other}) stays active.`);
    expect(warnings.join('\n')).toContain(`Another run may be storing the value of ${other}`);
    expect(world.store.keys().find(({ id }) => id === other)?.active).toBe(true);
  });

  test('on a GitHub without variables promises nothing that the end of the job cannot do', async () => {
    const world = setting({
      tamper: (ports) => ({
        ...ports,
        github: {
          ...ports.github,
          readRecord: () => Promise.resolve({ state: 'missing' }),
          writeRecord: () => Promise.resolve(false),
        },
      }),
    });
    const [old = ''] = await world.plant([{ name }]);
    const plan = { hasJobEnd: true, jobStatus: 'success' } as const;
    const later = await play(world, rotating({ secret }), plan);
    expect(later.outcome?.sentence).toContain(`The previous key (${old}) stays active.`);
    expect(later.warnings.join('\n')).toMatch(/No record is kept.*`retire_when: now`/u);
    expect(stored(world).map(({ active }) => active)).toEqual([true, true]);
    const now = await play(world, rotating({ secret, retireWhen: 'now' }), plan);
    expect(now.secret === now.outcome?.value).toBe(true);
    expect(stored(world).map(({ active }) => active)).toEqual([false, false, true]);
  });
});

describe('rotate, and what the old key had', () => {
  const accessPolicy = '{"version":"2025-01-01","default":{"permissions":{}}}';
  const permissions = ['logs.data-ingress:SendData'];
  const special = {
    teamId: 1,
    name,
    hashed: true,
    presets: ['SendData'],
    permissions,
    accessPolicy,
  } as const;

  test('is carried over: hashed, the access policy with the last call, an extra permission', async () => {
    const world = setting();
    const [old] = world.store.add(special);
    const { outcome, calls } = await play(world, rotating());
    expect(calls).toEqual(['List', 'Create', 'Update']);
    const [, made] = world.store.keys();
    expect(made).toMatchObject({ hashed: true, presets: ['SendData'], permissions, accessPolicy });
    const [, create, update] = world.history.calls.map(({ request }) => request);
    expect(create).not.toHaveProperty('access_policy');
    expect(update).toMatchObject({ new_name: name, access_policy: accessPolicy });
    expect(outcome?.key).toMatchObject({ hashed: true, accessPolicy });
    expect(outcome?.sentence).toContain(
      `Carried over from ${old?.id ?? ''}: stored hashed, its access policy, its permissions (the preset SendData, ${permissions.join('')}).`,
    );
  });

  test('is told in a dry run, too', async () => {
    const world = setting();
    world.store.add(special);
    const { outcome, calls } = await play(world, rotating({ dryRun: true }));
    expect(calls).toEqual(['List']);
    expect(outcome?.sentence).toContain('Carried over from');
  });

  test('gives way to what is given explicitly, and nothing is said of what any key has', async () => {
    const world = setting();
    world.store.add({ ...special, permissions: [] });
    const request = rotating({ hashed: false, accessPolicy: '{"other":true}' });
    const { outcome } = await play(world, request);
    expect(world.store.keys()[1]).toMatchObject({
      hashed: false,
      accessPolicy: '{"other":true}',
    });
    expect(outcome?.sentence).not.toContain('Carried over');
  });

  test('where several differ, is that of the one that `ensure` would use, and a warning says so', async () => {
    const world = setting();
    const both = world.store.add(special, { teamId: 1, name });
    const [first] = both.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const { warnings } = await play(world, rotating());
    expect(warnings).toEqual([
      expect.stringContaining(
        `(hashed, access policy, permissions): it is like ${first?.id ?? ''}, which \`ensure\` would use`,
      ),
    ]);
    expect(world.store.keys()[2]).toMatchObject({
      hashed: first?.hashed,
      accessPolicy: first?.accessPolicy,
      permissions: first?.permissions,
    });
  });

  test('is that of an inactive key where none is active: its policy does not get lost', async () => {
    const world = setting();
    world.store.add({ ...special, active: false });
    const { outcome, warnings } = await play(world, rotating());
    expect(world.store.keys()[1]).toMatchObject({ hashed: true, permissions, accessPolicy });
    expect(outcome?.previousKeyIds).toEqual([]);
    expect(warnings).toEqual([]);
  });
});

describe('rotate, when something goes wrong', () => {
  test.each([
    ['refused', 'github', [true, false]],
    ['lost', 'outcome_unknown', [true, true]],
    ['stored_unanswered', 'outcome_unknown', [true, true]],
  ] as const)('the secret is %s: %s', async (secretOutcome, kind, active) => {
    const world = setting();
    await world.plant([{ name }]);
    const plan = { hasJobEnd: true, secretOutcome } as const;
    const { failure, jobEndSentences } = await play(world, rotating({ secret }), plan);
    expect(failure?.kind).toBe(kind);
    expect(jobEndSentences).toEqual(
      kind === 'github' ? undefined : [expect.stringContaining('1 previous key')],
    );
    expect(stored(world).map((key) => key.active)).toEqual(active);
  });

  test.each([
    ['is taken back', undefined, [true, false]],
    ['stays when a secret holds its value', secret, [true, true]],
  ])('a key whose value cannot be handed out %s', async (_what, target, active) => {
    const world = setting();
    await world.plant([{ name }]);
    const request = rotating({ secret: target, retireWhen: 'now' });
    const { failure } = await play(world, request, { outputsWritable: false });
    expect(failure?.kind).toBe('runner');
    expect(stored(world).map((key) => key.active)).toEqual(active);
  });

  test('a key that may have got its name is deleted while there is another', async () => {
    const world = setting({ faults: scripted({ Update: [status('INTERNAL', 20, { acts: 10 })] }) });
    await world.plant([{ name }]);
    const played = await play(world, rotating(), { hasJobEnd: true });
    expect(played.failure?.kind).toBe('unavailable');
    expect(played.calls).toEqual(['List', 'Create', 'Update', 'Delete']);
    expect(played.jobEndCalls).toEqual([]);
    expect(stored(world)).toEqual([{ name, active: true }]);
  });

  test('a first key that may have got its name stays, as others may use it', async () => {
    const world = setting({ faults: scripted({ Update: [status('INTERNAL', 20, { acts: 10 })] }) });
    await play(world, rotating(), { hasJobEnd: true });
    expect(stored(world)).toEqual([{ name, active: true }]);
  });

  test('a first key that did not get its name stays too, for a later run to delete', async () => {
    const world = setting({ faults: scripted({ Update: [status('INTERNAL', 20)] }) });
    const { jobEndSentences } = await play(world, rotating(), { hasJobEnd: true });
    expect(jobEndSentences).toEqual([expect.stringContaining('stays active')]);
    await world.pass(61 * 60_000);
    await play(world, rotating());
    expect(stored(world)).toEqual([{ name, active: true }]);
  });

  test.each([
    ['job_succeeds', 'failure'],
    ['now', 'failure'],
    ['never', 'failure'],
    // With `continue-on-error`.
    ['job_succeeds', 'success'],
    ['now', 'success'],
  ] as const)(
    'a step that is cut off before it hands the value out is taken back: %s, and a job of status %s',
    async (retireWhen, badStatus) => {
      const world = setting();
      await world.plant([{ name }]);
      const crash = { call: 3, moment: 'answered' } as const;
      await play(world, rotating({ retireWhen }), { hasJobEnd: true, crash, badStatus });
      expect(stored(world).map(({ active }) => active)).toEqual([true, false]);
    },
  );

  test('a key is taken back also when the time is over by then', async () => {
    // The list takes what the budget holds, and the secret is refused in what was kept back.
    const world = setting({ faults: scripted({ List: [replied(10, 630)] }) });
    await world.plant([{ name }]);
    const plan = { secretOutcome: 'refused', timeoutMs: 1000 } as const;
    const { failure } = await play(world, rotating({ secret }), plan);
    expect(failure?.kind).toBe('github');
    expect(stored(world).map(({ active }) => active)).toEqual([true, false]);
  });

  test('a key is deleted also when its name was asked for until the time was over', async () => {
    const faults = scripted({ Update: Array.from({ length: 20 }, () => silence(undefined)) });
    const world = setting({ faults });
    await world.plant([{ name }]);
    const { failure } = await play(world, rotating(), { timeoutMs: 1000 });
    expect(failure?.message).toContain('that this run made was deleted');
    expect(stored(world)).toEqual([{ name, active: true }]);
  });

  test('what cannot be taken back is left to the end of the job', async () => {
    const world = setting({
      faults: scripted({ Update: [undefined, status('PERMISSION_DENIED', 20)] }),
    });
    await world.plant([{ name }]);
    const plan = { secretOutcome: 'refused', hasJobEnd: true } as const;
    const { failure, jobEndCalls } = await play(world, rotating({ secret }), plan);
    expect(failure?.message).toContain('is still active');
    expect(jobEndCalls).toEqual(['Update']);
    expect(stored(world).map(({ active }) => active)).toEqual([true, false]);
  });

  test('a key that shall be stored hashed is', async () => {
    const world = setting();
    await play(world, rotating({ hashed: true }));
    expect(world.store.keys().map(({ hashed }) => hashed)).toEqual([true]);
  });

  test('a lost reply to Create is resolved by its provisional name', async () => {
    const world = setting({ faults: scripted({ Create: [dropped(10, 20)] }) });
    await world.plant([{ name }]);
    const { calls } = await play(world, rotating());
    expect(calls).toEqual(['List', 'Create', 'List', 'Update']);
    expect(stored(world)).toEqual([
      { name, active: true },
      { name, active: true },
    ]);
  });
});
