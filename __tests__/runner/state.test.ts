import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from '@jest/globals';
import type { JobEndPlan } from '../../src/core/ports.ts';
import { Failure } from '../../src/core/failure.ts';
import { jobEnd, planNothing, readPlan } from '../../src/runner/state.ts';
import { emptyFile, folder, outputsIn, printed } from './bench.ts';

const plan: JobEndPlan = {
  name: 'x\n::set-output name=value::pwned',
  retire: 'deactivate',
  pending: [
    { name: 'x ~pending-1', id: undefined },
    { name: 'y', id: 'id-2' },
  ],
  lifetimeKeyId: 'id-1',
  rotation: { newKeyId: 'a', previousKeyIds: ['b'], secretStored: true, valueDelivered: true },
};

let file = '';

beforeEach(() => {
  file = emptyFile('state');
  process.env['GITHUB_STATE'] = file;
  delete process.env['STATE_plan'];
});

/** What the runner hands over at the job's end. */
function handOver(): void {
  for (const [name, value] of Object.entries(outputsIn(file))) process.env[`STATE_${name}`] = value;
}

test('a plan comes back as it was, and nothing of it is printed', () => {
  expect(
    printed(() => {
      jobEnd.plan(plan);
    }),
  ).toBe('');
  handOver();
  // JSON knows no undefined: what is absent is read as such.
  expect(readPlan()).toEqual(plan);
});

test('the last plan counts', () => {
  jobEnd.plan({ ...plan, lifetimeKeyId: 'old' });
  jobEnd.plan({ ...plan, lifetimeKeyId: 'new' });
  expect(readFileSync(file, 'utf8')).toContain('old');
  handOver();
  expect(readPlan()?.lifetimeKeyId).toBe('new');
});

test('what main says first keeps a variable of the job from being taken for a plan', () => {
  process.env['STATE_plan'] = JSON.stringify(plan);
  planNothing();
  handOver();
  expect(readPlan()).toBeUndefined();
});

test('where main left nothing, there is no plan', () => {
  expect(readPlan()).toBeUndefined();
});

test('a plan that cannot be saved is a failure, so that nothing is begun', () => {
  process.env['GITHUB_STATE'] = folder;
  expect(() => {
    jobEnd.plan(plan);
  }).toThrow(Failure);
});
