import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { JobEndPlan } from '../../src/core/ports.ts';
import { Failure } from '../../src/core/failure.ts';
import { createJobEnd, planNothing, readJobEnd } from '../../src/runner/state.ts';
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

const settings = {
  connection: { endpoint: { host: 'api.example.com', port: 443 } },
  summary: true,
};

/** A plan of so many previous keys. */
const planOf = (count: number, newKeyId = 'a'): JobEndPlan => ({
  ...plan,
  rotation: {
    newKeyId,
    previousKeyIds: Array.from(
      { length: count },
      (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    ),
    secretStored: false,
    valueDelivered: true,
  },
});

let file = '';

beforeEach(() => {
  file = emptyFile('state');
  process.env['GITHUB_STATE'] = file;
  process.env['RUNNER_TEMP'] = folder;
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('STATE_')) Reflect.deleteProperty(process.env, name);
  }
});

/** What the runner hands over at the job's end. */
function handOver(): Readonly<Record<string, string>> {
  const handed = outputsIn(file);
  for (const [name, value] of Object.entries(handed)) process.env[`STATE_${name}`] = value;
  return handed;
}

const files = (): readonly string[] =>
  readdirSync(folder).filter((name) => name.startsWith('coralogix-job-end-'));

/** Saves plans one after the other, as one main does. */
function save(...plans: readonly JobEndPlan[]): void {
  const jobEnd = createJobEnd(() => settings);
  for (const each of plans) jobEnd.plan(each);
}

test('a plan comes back as it was, with the settings, and nothing of it is printed', () => {
  expect(
    printed(() => {
      save(plan);
    }),
  ).toBe('');
  handOver();
  // JSON knows no undefined: what is absent is read as such.
  expect(readJobEnd()).toEqual({ kind: 'plan', plan, settings });
});

test('the last plan counts', () => {
  save({ ...plan, lifetimeKeyId: 'old' }, { ...plan, lifetimeKeyId: 'new' });
  expect(readFileSync(file, 'utf8')).toContain('old');
  handOver();
  expect(readJobEnd()).toMatchObject({ plan: { lifetimeKeyId: 'new' } });
});

test('a plan is written once, however often it is the same, and again when it is one more time', () => {
  const other = { ...plan, lifetimeKeyId: 'other' };
  save(plan, { ...plan }, other, other, plan);
  expect(readFileSync(file, 'utf8').match(/^plan<</gmu)).toHaveLength(3);
  handOver();
  expect(readJobEnd()).toMatchObject({ plan: { lifetimeKeyId: plan.lifetimeKeyId } });
});

test('a plan that could not be written is written when it comes again', () => {
  const jobEnd = createJobEnd(() => settings);
  process.env['GITHUB_STATE'] = folder;
  expect(() => {
    jobEnd.plan(plan);
  }).toThrow(Failure);
  process.env['GITHUB_STATE'] = file;
  jobEnd.plan(plan);
  handOver();
  expect(readJobEnd()).toMatchObject({ plan: { name: plan.name } });
});

test('the settings are asked for once, and only where there is a plan', () => {
  let asked = 0;
  const jobEnd = createJobEnd(() => {
    asked += 1;
    return settings;
  });
  expect(asked).toBe(0);
  jobEnd.plan(plan);
  jobEnd.plan(plan);
  expect(asked).toBe(1);
});

test('what main says first keeps a variable of the job from being taken for a plan', () => {
  process.env['STATE_plan'] = JSON.stringify(plan);
  planNothing();
  handOver();
  expect(readJobEnd()).toEqual({ kind: 'nothing' });
});

test('where main left nothing, there is no plan', () => {
  expect(readJobEnd()).toEqual({ kind: 'nothing' });
});

test('a plan without the settings is told as broken, so that nothing is sent to another place', () => {
  process.env['STATE_plan'] = JSON.stringify(plan);
  expect(readJobEnd()).toMatchObject({ kind: 'broken', plan: { name: plan.name } });
});

test('a plan that cannot be saved is a failure, so that nothing is begun', () => {
  process.env['GITHUB_STATE'] = folder;
  expect(() => {
    save(plan);
  }).toThrow(Failure);
});

describe('a plan of thousands of keys', () => {
  test('is split, so that no variable is longer than any system takes', () => {
    save(plan, planOf(3500), planOf(3500, 'b'));
    const handed = handOver();
    for (const value of Object.values(handed)) expect(value.length).toBeLessThan(32_767);
    expect(Object.values(handed).join('').length).toBeLessThan(700_000);
    expect(readJobEnd()).toEqual({ kind: 'plan', plan: planOf(3500, 'b'), settings });
    expect(files()).toEqual([]);
  });

  test('is whole wherever main is cut off while it saves the next one', () => {
    save(planOf(1000, 'a'), planOf(2000, 'b'), planOf(3000, 'c'));
    const text = readFileSync(file, 'utf8');
    const starts = [...text.matchAll(/^(?:plan|connection)(?:_[ab]_\d+)?<</gmu)].map(
      ({ index }) => index,
    );
    const seen = new Set<unknown>();
    for (const end of [...starts, text.length]) {
      writeFileSync(file, text.slice(0, end));
      for (const name of Object.keys(process.env)) {
        if (name.startsWith('STATE_')) Reflect.deleteProperty(process.env, name);
      }
      handOver();
      const left = readJobEnd();
      seen.add(left.kind === 'plan' ? left.plan.rotation?.newKeyId : left.kind);
    }
    expect([...seen]).toEqual(['nothing', 'a', 'b', 'c']);
  });

  test('of which a part was changed is told as broken, with the first keys', () => {
    save(planOf(3500));
    handOver();
    process.env['STATE_plan_a_1'] = 'x';
    expect(readJobEnd()).toMatchObject({
      kind: 'broken',
      problem: 'what main saved was changed',
      plan: { rotation: { newKeyId: 'a', previousKeyIds: planOf(20).rotation?.previousKeyIds } },
    });
  });

  test('goes into a file when it is too large for variables, which the next one replaces', () => {
    save(planOf(20_000, 'a'), planOf(20_000, 'b'));
    const handed = handOver();
    expect(Object.values(handed).join('').length).toBeLessThan(10_000);
    expect(readJobEnd()).toEqual({ kind: 'plan', plan: planOf(20_000, 'b'), settings });
    expect(files()).toHaveLength(1);
    save(planOf(20_000), plan);
    expect(files()).toHaveLength(1);
  });

  test.each([
    [
      'removed',
      (path: string) => {
        rmSync(path);
      },
      /cannot be read \(ENOENT\)/u,
    ],
    [
      'changed',
      (path: string) => {
        writeFileSync(path, '{}');
      },
      /was changed/u,
    ],
  ] as const)('is told as broken when a later step has %s the file', (_what, meddle, problem) => {
    for (const each of files()) rmSync(join(folder, each));
    save(planOf(20_000));
    handOver();
    const [name = ''] = files();
    meddle(join(folder, name));
    expect(readJobEnd()).toMatchObject({
      kind: 'broken',
      problem: expect.stringMatching(problem),
      plan: { name: plan.name, rotation: { newKeyId: 'a' } },
    });
  });

  test('in a file is left whole where the next one cannot be put into another', () => {
    const jobEnd = createJobEnd(() => settings);
    jobEnd.plan(planOf(20_000, 'a'));
    process.env['RUNNER_TEMP'] = join(folder, 'nowhere');
    expect(() => {
      jobEnd.plan(planOf(20_000, 'b'));
    }).toThrow('could not be saved');
    handOver();
    expect(readJobEnd()).toEqual({ kind: 'plan', plan: planOf(20_000, 'a'), settings });
  });

  // Windows knows no such rights.
  (process.platform === 'win32' ? test.skip : test)('in a file is for nobody else to read', () => {
    for (const each of files()) rmSync(join(folder, each));
    save(planOf(20_000));
    const [name = ''] = files();
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  });

  test('that cannot be put into a file is a failure, so that nothing is begun', () => {
    for (const each of files()) rmSync(join(folder, each));
    for (const missing of ['', join(folder, 'nowhere')]) {
      process.env['RUNNER_TEMP'] = missing;
      expect(() => {
        save(planOf(20_000));
      }).toThrow('could not be saved');
    }
    expect(existsSync(join(folder, 'nowhere'))).toBe(false);
  });
});

test('names come back as they are, whatever characters they hold', () => {
  for (const name of ['ключ', '鍵 🔑', 'a\u2028b', '\ud800']) {
    save({ ...planOf(3500), name });
    const handed = handOver();
    expect(Object.values(handed).every((value) => /^[\x20-\x7e]*$/u.test(value))).toBe(true);
    expect(readJobEnd()).toMatchObject({ plan: { name } });
  }
});
