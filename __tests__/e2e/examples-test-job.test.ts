import { describe, expect, test } from '@jest/globals';
import { endOf, isoMoment, withoutEnd } from '../../src/names/stamp.ts';
import { pullRequest } from '../support/github-events.ts';
import { byDependabot, occurring, pushed, workflow } from './example-workflows.ts';
import { job, repository } from './repository.ts';

/** A key that exists for one test job. */

describe.each(['README.md, Test', 'one-test-job.yml'])('%s', (name) => {
  const text = workflow(name);
  const opened = occurring(pullRequest());

  test.concurrent.each([
    { end: 'succeeds', result: 'success' },
    { end: 'fails', result: 'failure' },
  ])('has a key while the tests run, and none when the job $end', async ({ end, result }) => {
    const { emulator, run, fail, calls, keys } = await repository();
    if (end === 'fails') await fail('npm');
    const ran = await run(text, opened);
    expect(ran).toMatchObject({ result, permissions: { contents: 'read' } });
    expect(keys()).toEqual([]);
    const [gone] = emulator.store.deletedKeys();
    expect(withoutEnd(gone?.name ?? '')).toBe('my-app/test/1000000001');
    const said = job(ran, 'test').steps[1]?.outputs['expires_at'];
    expect(said).toBe(isoMoment(endOf(gone?.name ?? '') ?? NaN));
    expect(await calls()).toEqual([['npm', gone?.value]]);
    expect(job(ran, 'test').log).toContain('npm with the key ***\n');
  });

  test.concurrent('makes no key for a pull request from a fork', async () => {
    const { emulator, run } = await repository();
    const ran = await run(text, occurring(pullRequest({ from: 'fork' })));
    expect(job(ran, 'test').result).toBe('skipped');
    expect(emulator.journal.calls).toEqual([]);
  });
});

describe('one-test-job.yml', () => {
  const text = workflow('one-test-job.yml');

  test.concurrent('may be stopped by a newer run, and leaves no key then', async () => {
    const { emulator, run, keys } = await repository();
    let announce: (value: undefined) => void = () => undefined;
    const when = new Promise((resolve) => {
      announce = resolve;
    });
    // The key has its name when it is used for the first time.
    emulator.store.onCommit(({ kind }) => {
      if (kind === 'updated') announce(undefined);
    });
    const ran = await run(text, pushed('main'), { cancelDuring: { step: 'key', when } });
    expect(ran).toMatchObject({
      result: 'cancelled',
      concurrency: { group: 'test-refs/heads/main', 'cancel-in-progress': true },
    });
    expect(keys()).toEqual([]);
    expect(emulator.store.deletedKeys()).toHaveLength(1);
  });

  test.concurrent('makes no key for Dependabot', async () => {
    const { emulator, run } = await repository();
    const ran = await run(text, occurring(pullRequest(), byDependabot));
    expect(job(ran, 'test').result).toBe('skipped');
    expect(emulator.journal.calls).toEqual([]);
  });
});
