import { describe, expect, jest, test } from '@jest/globals';
import type { Request } from '../../src/operations/index.ts';
import type { Ports } from '../../src/operations/operation.ts';
import { play, setting } from './setting.ts';
import { ensuring, name, rotating, secret } from './simulation/requests.ts';
import { arrange } from './simulation/run.ts';
import type { RunPlan } from './simulation/run-plan.ts';
import { playAllSchedules, playSomeSchedules, type Turns } from './simulation/turns.ts';
import type { World } from './simulation/world.ts';

/**
 * Runs that store the value of one name in one secret, with their calls in every order that can make a
 * difference: reading and writing the record, the name, the secret, the record again, and all that the
 * jobs' ends do. Whoever wrote the secret last, it must not hold the value of a key that is retired.
 */

// As long as it takes on a machine that is busy with other things.
jest.setTimeout(120_000);

const rotation = rotating({ secret });
const atOnce = rotating({ secret, retireWhen: 'now' });
const deleting = rotating({ secret, retire: 'delete' });
const first = ensuring({ secret });
const orRotate = ensuring({
  secret,
  storedValue: { isPassed: true, value: undefined },
  ifValueLost: 'rotate',
});

/** What went wrong in a world in which all is over. */
function breaches({ store, github, history }: World): readonly string[] {
  const keys = store.keys();
  const held = github.secret?.value.reveal();
  const isHeld = (id: string): boolean =>
    [...keys, ...store.deletedKeys()].some((key) => key.id === id && key.value === held);
  const retired = history.changes.filter(
    ({ kind, before, key }) =>
      before?.name === name && before.active && (kind === 'deleted' || !key.active),
  );
  return [
    ...(keys.some(({ value, active }) => active && value === held)
      ? []
      : ['the secret holds the value of no active key']),
    ...(keys.some((key) => key.active && key.name === name) ? [] : ['no key is active']),
    ...(retired.some(({ key }) => isHeld(key.id)) ? ['a key in use was retired'] : []),
  ];
}

interface Case {
  readonly what: string;
  readonly requests: readonly Request[];
  /** Whether a key is there already, its value in the secret. */
  readonly isStored: boolean;
  readonly plans?: readonly Partial<RunPlan>[];
  readonly tamper?: (ports: Ports) => Ports;
}

function beginning({ requests, isStored, plans = [], tamper = (ports) => ports }: Case) {
  return async (turns: Turns): Promise<World> => {
    let isCommon = false;
    const world = setting({
      hideValues: true,
      tamper: (ports, run) => (isCommon ? turns.tamper(tamper(ports), run) : ports),
    });
    if (isStored) await play(world, rotation);
    isCommon = true;
    requests.forEach((request, index) => {
      arrange(world, {
        name: String(index + 1),
        request,
        jobStatus: 'success',
        ...plans[index],
      });
    });
    return world;
  };
}

/** Adds what was wrong, with the order of the calls that led to it. */
function noting(found: string[]): (world: World, turns: Turns) => void {
  return (world, turns) => {
    const wrong = breaches(world);
    if (wrong.length === 0) return;
    const order = turns.served.map(({ run, what }) => `${run}: ${what}`);
    found.push([...wrong, ...order].join('\n'));
  };
}

/** @returns how many schedules there were, and what was wrong in some of them */
async function examine(one: Case): Promise<{ readonly count: number; readonly found: string[] }> {
  const found: string[] = [];
  const count = await playAllSchedules(beginning(one), noting(found));
  return { count, found };
}

const failing = { jobStatus: 'failure' } as const;

describe('the secret holds the value of an active key in all orders of the calls of', () => {
  test.each<Case & { readonly least: number }>([
    { what: 'two rotations', requests: [rotation, rotation], isStored: true, least: 200 },
    { what: 'two that retire at once', requests: [atOnce, atOnce], isStored: true, least: 80 },
    { what: 'one of each kind', requests: [rotation, atOnce], isStored: true, least: 100 },
    {
      what: 'one of each kind, mirrored',
      requests: [atOnce, rotation],
      isStored: true,
      least: 100,
    },
    { what: 'two that delete', requests: [deleting, deleting], isStored: true, least: 200 },
    { what: 'two first rotations', requests: [rotation, rotation], isStored: false, least: 50 },
    { what: 'two first `ensure`', requests: [first, first], isStored: false, least: 100 },
    {
      what: 'a first `ensure` and a rotation',
      requests: [first, rotation],
      isStored: false,
      least: 50,
    },
    {
      what: 'a first `ensure` and a rotation that retires at once',
      requests: [first, atOnce],
      isStored: false,
      least: 50,
    },
    {
      what: 'an `ensure` that would rotate, and a rotation',
      requests: [orRotate, rotation],
      isStored: true,
      least: 5,
    },
    {
      what: 'two `ensure` that would rotate, and make the first key',
      requests: [orRotate, orRotate],
      isStored: false,
      least: 100,
    },
    {
      what: 'two rotations whose jobs fail',
      requests: [rotation, rotation],
      isStored: true,
      plans: [failing, failing],
      least: 50,
    },
    {
      what: 'two rotations, the job of one of which fails',
      requests: [rotation, rotation],
      isStored: true,
      plans: [failing],
      least: 50,
    },
    ...(['refused', 'stored_unanswered', 'lost'] as const).map((secretOutcome) => ({
      what: `two rotations, the secret of one of which is ${secretOutcome}`,
      requests: [rotation, rotation],
      isStored: true,
      plans: [{ secretOutcome, ...failing }],
      least: 50,
    })),
  ])('$what', async ({ least, ...one }) => {
    const { count, found } = await examine(one);
    expect(found).toEqual([]);
    expect(count).toBeGreaterThanOrEqual(least);
  });
});

describe('the secret holds the value of an active key in many orders of the calls of three', () => {
  test.each<Case>([
    { what: 'rotations', requests: [rotation, rotation, rotation], isStored: true },
    { what: 'that retire at once', requests: [atOnce, atOnce, atOnce], isStored: true },
    { what: 'that make the first key', requests: [first, atOnce, rotation], isStored: false },
  ])('$what', async (one) => {
    const found: string[] = [];
    await playSomeSchedules(1500, beginning(one), noting(found));
    expect(found).toEqual([]);
  });
});

/** A run that does not see what others announce. */
const blind = (ports: Ports): Ports => ({
  ...ports,
  github: { ...ports.github, readRecord: () => Promise.resolve({ state: 'missing' }) },
});

test('two rotations that do not look at the record are found out', async () => {
  const one = { what: '', requests: [atOnce, atOnce], isStored: true, tamper: blind };
  expect((await examine(one)).found).toContainEqual(
    expect.stringContaining('a key in use was retired'),
  );
});
