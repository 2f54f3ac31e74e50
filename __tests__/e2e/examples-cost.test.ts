import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import type { WorkflowEvent } from '../../tools/job-runner/index.ts';
import { nightly, pushed, workflow } from './example-workflows.ts';
import { repository, type Repository } from './repository.ts';

/** What the steps of the examples cost, as docs/many-environments.md says it. */

const page = await readFile(new URL('../../docs/many-environments.md', import.meta.url), 'utf8');

/** What the page says of a step: calls to Coralogix, requests to GitHub, and how many of them write. */
function said(step: string): readonly number[] {
  const line = page.split(/\r?\n/u).find((each) => each.startsWith(`| ${step} `)) ?? '';
  return line.split('|').slice(2, 5).map(Number);
}

/** The same, counted in a run that has to succeed. */
async function spent(
  { emulator, server, run }: Repository,
  file: string,
  event: WorkflowEvent,
): Promise<readonly number[]> {
  const [calls, requests] = [emulator.journal.calls.length, server.requests.length];
  expect((await run(workflow(file), event)).result).toBe('success');
  const asked = server.requests.slice(requests);
  const writes = asked.filter(({ method }) => method !== 'GET');
  return [emulator.journal.calls.length - calls, asked.length, writes.length];
}

test.concurrent('`ensure` costs a little the first time, and next to nothing later', async () => {
  const shop = await repository();
  const file = 'deploy-and-rotate.yml';
  const event = pushed('main');
  expect(await spent(shop, file, event)).toEqual(said('`ensure`, the first time'));
  expect(await spent(shop, file, event)).toEqual(said('`ensure`, from then on'));
  const place = 'production/CORALOGIX_PRIVATE_KEY_RECORD';
  const record = JSON.parse(shop.server.variables.get(place) ?? '') as object;
  shop.server.variables.set(
    place,
    JSON.stringify({ ...record, since: '2026-01-01T00:00:00.000Z' }),
  );
  expect(await spent(shop, file, event)).toEqual(said("`ensure` that rotates, with its job's end"));
});

test.concurrent('`rotate` asks GitHub nothing where no secret is stored', async () => {
  const shop = await repository();
  shop.seed('my-app/environment/production');
  expect(await spent(shop, 'deploy-without-token.yml', pushed('main'))).toEqual(
    said("`rotate` without `secret_name`, with its job's end"),
  );
});

test.concurrent('`prune` takes one call for each key, and one for all', async () => {
  const shop = await repository();
  const numbers = [1, 2, 3];
  shop.server.pulls = numbers.map((number) => ({ number, state: 'closed' }));
  for (const number of numbers) shop.seed(`my-app/pr/${number}`);
  expect(await spent(shop, 'preview-of-pull-request.yml', nightly('47 2 * * *'))).toEqual(
    said('`prune` of three keys of pull requests'),
  );
});
