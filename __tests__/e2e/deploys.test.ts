import { expect, jest, test } from '@jest/globals';
import type { WorkflowEvent } from '../../tools/job-runner/index.ts';
import { push } from '../support/github-events.ts';
import { job, repository, secretsOf, type Ran, type Repository } from './repository.ts';

/** Deploys that find again, as a secret of the environment, the value that the first of them stored. */

// As long as it takes on a machine that is busy with other things.
jest.setTimeout(120_000);

const keyName = 'my-app/environment/production';

/** A workflow that deploys with one key, which is made once and found again. */
const workflow = (operation: 'ensure' | 'rotate', more = ''): string => `
name: Deploy
on:
  push:
    branches: [main]
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment: production
    steps:
      - id: key
        uses: example-org/coralogix-api-keys-action@v1
        with:
          operation: ${operation}
          name: ${keyName}
          environment: production
          secret_name: CORALOGIX_PRIVATE_KEY
          github_token: \${{ secrets.SECRETS_TOKEN }}
          api_key: \${{ secrets.CORALOGIX_API_KEY }}
          region: EU2
          team_id: \${{ vars.CORALOGIX_TEAM_ID }}${more}
      - run: ./deploy.sh
        env:
          CORALOGIX_PRIVATE_KEY: \${{ steps.key.outputs.value }}
`;
const stored = '\n          stored_value: ${{ secrets.CORALOGIX_PRIVATE_KEY }}';
const deploy = workflow('ensure', stored);
const rotation = workflow('rotate');

const { name, payload } = push('refs/heads/main');
const pushed: WorkflowEvent = { name, payload: payload as Readonly<Record<string, unknown>> };

/** What the action's step has put out in a run. */
const outputsOf = (ran: Ran): Readonly<Record<string, string>> =>
  job(ran, 'deploy').steps[0]?.outputs ?? {};

/** How many keys were made, whatever became of them. */
const made = ({ emulator }: Repository): number => emulator.journal.attempts('CreateApiKey');

test.concurrent('three in a row, two at once, and one that fails, all use one key', async () => {
  const shop = await repository();
  for (const created of ['true', 'false', 'false']) {
    const ran = await shop.run(deploy, pushed);
    expect(ran.result).toBe('success');
    expect(outputsOf(ran)).toMatchObject({ created });
  }
  const both = await Promise.all([shop.run(deploy, pushed), shop.run(deploy, pushed)]);
  expect(both.map(({ result }) => result)).toEqual(['success', 'success']);
  await shop.fail('deploy.sh');
  expect((await shop.run(deploy, pushed)).result).toBe('failure');
  expect(made(shop)).toBe(1);
  expect(shop.keys()).toEqual([`${keyName}: active`]);
  const value = shop.value(keyName) ?? '';
  expect(value).toMatch(/^cx/u);
  expect(await shop.calls()).toEqual(Array.from({ length: 6 }, () => ['deploy.sh', value]));
  expect([...shop.server.secrets.values()]).toEqual([value]);
});

test.concurrent(
  'a run from before a rotation deploys nothing, and one after it the new value',
  async () => {
    const shop = await repository();
    expect((await shop.run(deploy, pushed)).result).toBe('success');
    // What GitHub gave a run that began now.
    const before = secretsOf(shop.server, shop.emulator);
    const old = shop.value(keyName);
    expect((await shop.run(rotation, pushed)).result).toBe('success');
    const value = shop.value(keyName);
    expect(shop.keys()).toEqual([`${keyName}: active`, `${keyName}: inactive`]);
    const late = await shop.run(deploy, pushed, { secrets: before });
    expect(late.result).toBe('failure');
    expect(outputsOf(late)).toMatchObject({ error_kind: 'value_hidden' });
    expect(job(late, 'deploy').log).toContain(
      'A run that began before a rotation has the older value',
    );
    expect((await shop.run(deploy, pushed)).result).toBe('success');
    expect(await shop.calls()).toEqual([
      ['deploy.sh', old],
      ['deploy.sh', value],
      ['deploy.sh', value],
    ]);
    expect(value).not.toBe(old);
    expect(made(shop)).toBe(2);
  },
);

test.concurrent(
  'two first ones at once make one key, and the one that is not given its value says so',
  async () => {
    const shop = await repository();
    const both = await Promise.all([shop.run(deploy, pushed), shop.run(deploy, pushed)]);
    const active = shop.emulator.store.keys().filter((key) => key.active);
    expect(active).toHaveLength(1);
    const results = both.map(({ result }) => result).sort();
    // The second comes so late now and then that the first has stored its value, but never is one empty.
    const calls = await shop.calls();
    expect(calls.every(([, value]) => value === active[0]?.value)).toBe(true);
    expect(calls).toHaveLength(results.filter((result) => result === 'success').length);
    for (const ran of both.filter(({ result }) => result === 'failure')) {
      expect(outputsOf(ran)).toMatchObject({ error_kind: 'value_hidden' });
      expect(job(ran, 'deploy').log).toMatch(/Run the job again|running it again will do/u);
    }
    expect(results).toContain('success');
    const again = await shop.run(deploy, pushed);
    expect(again.result).toBe('success');
    expect(outputsOf(again)).toMatchObject({ created: 'false' });
    expect((await shop.calls()).at(-1)).toEqual(['deploy.sh', active[0]?.value]);
  },
);
