import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../src/core/failure.ts';
import type { Ports } from '../../src/operations/operation.ts';
import { play, setting, stored } from './setting.ts';
import { creating, ensuring, name, rotating } from './simulation/requests.ts';

const makers = [
  ['`create` for one job', creating({ lifetime: 'job' })],
  ['`ensure`', ensuring()],
  ['`rotate`', rotating()],
] as const;

/** A disk that takes so many plans for the end of the job, and then no more. */
function fullAfter(plans: number): (ports: Ports) => Ports {
  let left = plans;
  return (ports) => ({
    ...ports,
    jobEnd: {
      plan: (plan) => {
        if (left === 0) throw new Failure('runner', 'The disk is full.');
        left -= 1;
        ports.jobEnd.plan(plan);
      },
    },
  });
}

describe('what cannot be written down for the end of the job', () => {
  test.each(makers)('is not begun: %s', async (_what, request) => {
    const world = setting({ tamper: fullAfter(0) });
    const { failure, calls } = await play(world, request);
    expect(failure?.kind).toBe('runner');
    expect(calls).not.toContain('Create');
  });

  test.each(makers)('does not stay, where the key is made by then: %s', async (_what, request) => {
    const world = setting({ tamper: fullAfter(1) });
    const { failure, calls } = await play(world, request);
    expect(failure?.kind).toBe('runner');
    expect(calls.slice(-2)).toEqual(['Create', 'Delete']);
    expect(stored(world)).toEqual([]);
  });

  test.each(makers)('gets no name, where it is about to: %s', async (_what, request) => {
    const world = setting({ tamper: fullAfter(2) });
    const { failure, calls } = await play(world, request);
    expect(failure?.kind).toBe('runner');
    expect(calls).not.toContain('Update');
    expect(stored(world)).toEqual([]);
  });
});

test.each(makers)('what is begun is written down before it is sent: %s', async (_what, request) => {
  const order: string[] = [];
  const world = setting({
    tamper: (ports) => ({
      ...ports,
      keys: {
        ...ports.keys,
        create: (key) => (order.push('Create'), ports.keys.create(key)),
        update: (id, change) => (order.push('Update'), ports.keys.update(id, change)),
      },
      jobEnd: {
        plan: (plan) => {
          order.push(`${plan.pending.length} pending`);
          ports.jobEnd.plan(plan);
        },
      },
    }),
  });
  const { outcome } = await play(world, request);
  const stays = request.operation === 'create' ? '1 pending' : '0 pending';
  expect(order.slice(0, 5)).toEqual(['1 pending', 'Create', '1 pending', stays, 'Update']);
  expect(outcome?.key?.name).toBe(name);
});
