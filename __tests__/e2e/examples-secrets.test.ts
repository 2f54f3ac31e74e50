import { describe, expect, test } from '@jest/globals';
import { parseWorkflow, type JobFile } from '../../tools/job-runner/workflow-file.ts';
import { recordAt } from '../../tools/job-runner/yaml-values.ts';
import { byHand, inKeys, nightly, pushed, workflow, workflowNames } from './example-workflows.ts';
import { job, repository } from './repository.ts';

/** Which jobs of the examples have the management key, and who could take it there. */

const examples = workflowNames
  .filter((name) => name.endsWith('.yml'))
  .map((name) => ({ name, file: parseWorkflow(workflow(name)) }));

const hasKey = ({ steps }: JobFile): boolean =>
  steps.some((step) => step.with['api_key']?.includes('secrets.CORALOGIX_API_KEY'));

/** Whether every event of a workflow runs it on `main`, so that an environment for `main` alone admits it. */
function runsOnMainAlone(on: unknown): boolean {
  const events = Object.keys(recordAt(on));
  const onMain = (name: string): boolean =>
    ['schedule', 'workflow_dispatch'].includes(name) ||
    (name === 'push' && JSON.stringify(recordAt(recordAt(on, 'push'))['branches']) === '["main"]');
  return events.length > 0 && events.every(onMain);
}

describe.each(examples.filter(({ file }) => runsOnMainAlone(file.on)))('$name', ({ file }) => {
  test('names an environment in each job that has the management key', () => {
    const jobs = file.jobs.filter(hasKey);
    expect(jobs).not.toEqual([]);
    expect(jobs.filter(({ environment }) => environment === undefined)).toEqual([]);
  });
});

describe.each(examples.filter(({ file }) => !runsOnMainAlone(file.on)))(
  '$name',
  ({ name, file }) => {
    test('names none, and says why the management key is one of the repository', () => {
      expect(file.jobs.flatMap(({ environment }) => environment ?? [])).toEqual([]);
      expect(workflow(name)).toMatch(/# A secret of the repository[:,] .*\n.*\n\s+api_key:/u);
    });
  },
);

test('the examples do not leave the token of a checkout on the disk', () => {
  const checkouts = examples.flatMap(({ name, file }) =>
    file.jobs.flatMap(({ steps }) =>
      steps.flatMap((step) => (step.uses?.startsWith('actions/checkout@') ? { name, step } : [])),
    ),
  );
  expect(checkouts).not.toEqual([]);
  expect(checkouts.filter(({ step }) => step.with['persist-credentials'] !== 'false')).toEqual([]);
});

describe('with the management key in the environment `keys` alone', () => {
  test.concurrent.each([
    { name: 'nightly-housekeeping.yml', event: nightly('23 2 * * *') },
    { name: 'read-keys.yml', event: byHand() },
    { name: 'provision-other-repositories.yml', event: byHand() },
    { name: 'provision-environment-secret.yml', event: pushed('main') },
  ])('$name does its work', async ({ name, event }) => {
    const made = await repository();
    await made.write('repositories.json', '["shop", "billing"]');
    // What is made of the list is not the matter here, and not every machine has it.
    await made.command('jq', () => 'true');
    const token = { outputs: { token: made.server.tokens.personal }, masked: ['token'] };
    const ran = await made.run(workflow(name), event, {
      ...inKeys(made),
      standIns: { 'actions/create-github-app-token': token },
    });
    expect(ran.result).toBe('success');
    expect(made.emulator.journal.calls).not.toEqual([]);
  });

  test.concurrent('a job that names another has none', async () => {
    const made = await repository();
    const text = workflow('provision-environment-secret.yml').replace(
      'environment: keys',
      'environment: production',
    );
    const ran = await made.run(text, pushed('main'), inKeys(made));
    expect(ran.jobs.map(({ result }) => result)).toEqual(['failure', 'skipped']);
    expect(job(ran, 'key').log).toContain('api_key');
  });
});
