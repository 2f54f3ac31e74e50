import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { cancellation } from '../../tools/job-runner/index.ts';
import { status } from '../support/status.ts';
import { keyName, life } from './life.ts';
import { momentsOf, stoppedAt } from './moments.ts';

const create = { operation: 'create', lifetime: 'job' };

describe('a key that lives for one job', () => {
  test.concurrent.each(
    momentsOf('CreateApiKey', 'UpdateApiKey').map((moment) => ({
      moment,
      retire: moment.rpc === 'CreateApiKey' ? 'deactivate' : 'delete',
    })),
  )(
    'is not left active when SIGINT comes $moment.when the $moment.rpc of `create`; retire: $retire',
    async ({ moment, retire }) => {
      const { emulator, seed, step, active } = await life();
      const ofSomebody = seed();
      const job = step({ ...create, retire });
      const stopped = await stoppedAt(moment, emulator, cancellation, (acting) => job.main(acting));
      expect(stopped.rpc).toBe(moment.rpc);
      const jobEnd = await job.jobEnd('cancelled');

      expect(jobEnd.exitCode).toBe(0);
      expect(emulator.store.keys().filter((key) => key.active)).toEqual([
        expect.objectContaining({ id: ofSomebody.id }),
      ]);
      expect(active()).toEqual([ofSomebody.id]);
    },
  );

  test.concurrent.each([
    { operation: 'create', status: 'success', retire: 'deactivate' },
    { operation: 'create', status: 'failure', retire: 'delete' },
    { operation: 'ensure', status: 'failure', retire: 'deactivate' },
    { operation: 'ensure', status: 'cancelled', retire: 'delete' },
  ] as const)(
    'is gone after the job: $operation, $status, retire: $retire',
    async ({ operation, status, retire }) => {
      const { step, active, keys } = await life();
      const job = step({ operation, lifetime: 'job', retire });
      const main = await job.main();
      const id = main.outputs['key_id'] ?? '';
      expect(active()).toEqual([id]);
      const jobEnd = await job.jobEnd(status);

      expect(keys()).toEqual(retire === 'delete' ? {} : { [keyName]: { [id]: 'inactive' } });
      const verb = retire === 'delete' ? 'deleted' : 'deactivated';
      expect(jobEnd.log).toBe(`The key "${keyName}" (${id}) was ${verb}, as its job has ended.\n`);
      expect(jobEnd.summary).toContain(id);
    },
  );

  test.concurrent('that `ensure` found and did not make outlives the job', async () => {
    const { seed, step, active } = await life({ discloseValues: 'always' });
    const { id } = seed();
    const job = step({ operation: 'ensure', lifetime: 'job' });
    expect((await job.main()).outputs).toMatchObject({ key_id: id, created: 'false' });
    const jobEnd = await job.jobEnd('success');
    expect(jobEnd.stdout).toBe('');
    expect(active()).toEqual([id]);
  });

  test.concurrent('is retired by the job end even when its first answers are lost', async () => {
    const { emulator, step, active } = await life();
    const job = step(create);
    await job.main();
    emulator.inject({ fault: { kind: 'drop' }, times: 2 });
    const jobEnd = await job.jobEnd('success');
    expect(jobEnd.annotations).toEqual([]);
    expect(active()).toEqual([]);
  });

  test.concurrent('that cannot be retired is named in a warning, and fails nothing', async () => {
    const { emulator, step, active } = await life();
    const job = step(create);
    const id = (await job.main()).outputs['key_id'];
    emulator.inject({ fault: { kind: 'status', code: status.UNAVAILABLE }, times: Infinity });
    const jobEnd = await job.jobEnd('success');
    expect(jobEnd.exitCode).toBe(0);
    expect(jobEnd.annotations).toEqual([
      expect.objectContaining({ level: 'warning', message: expect.stringContaining(`${id}`) }),
    ]);
    expect(active()).toEqual([id]);
  });

  test.concurrent.each([
    { what: 'a step that had wrong inputs', inputs: { operation: 'create', name: undefined } },
    { what: 'a step that only reads', inputs: { operation: 'list' } },
    { what: 'a key that is made for good', inputs: { operation: 'create' } },
  ])('is nothing to $what, whose job end says nothing', async ({ inputs }) => {
    const { emulator, step } = await life();
    const job = step(inputs);
    await job.main();
    emulator.journal.clear();
    const jobEnd = await job.jobEnd('failure');
    expect({ ...jobEnd, wallMs: 0 }).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: '',
      summary: '',
    });
    expect(emulator.journal.calls).toEqual([]);
  });
});

test('the end of the job never fails it, whatever is thrown where nobody catches it', async () => {
  const { emulator, step } = await life();
  const job = step(create);
  await job.main();
  emulator.inject({ fault: { kind: 'hang' }, times: Infinity });
  const script = pathToFileURL(join(process.cwd(), '__tests__', 'support', 'late-exception.mjs'));
  const jobEnd = await job.jobEnd('success', { nodeArguments: ['--import', script.href] });
  expect(jobEnd.exitCode).toBe(0);
  expect(jobEnd.annotations).toEqual([
    expect.objectContaining({
      level: 'warning',
      message: expect.stringContaining('The end of the job was broken off.'),
    }),
  ]);
});
