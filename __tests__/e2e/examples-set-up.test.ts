import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { JobRun } from '../../tools/job-runner/index.ts';
import type { SecretStore } from '../../tools/job-runner/secrets.ts';
import { job, repository, type Repository } from './repository.ts';
import { table } from '../support/markdown-table.ts';
import { page } from '../support/pages.ts';
import { byHand, workflow } from './example-workflows.ts';

/** The part "Set up" of README.md: its workflow, and what its table says of each way to fail. */

const readme = await page('README.md');
const text = workflow('README.md, Check the set-up');

const servers: ReturnType<typeof createServer>[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

/** A proxy that wants to know who one is. */
async function demandingProxy(): Promise<string> {
  const server = createServer();
  server.on('connect', (_request, socket) => {
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

const withKey = (key: string): { readonly secrets: SecretStore } => ({
  secrets: { repository: { CORALOGIX_API_KEY: key }, environments: {} },
});

type Ways = Readonly<
  Record<string, (place: Repository) => Promise<NonNullable<Parameters<Repository['run']>[2]>>>
>;

const at = (endpoint: string): { readonly env: Readonly<Record<string, string | undefined>> } => ({
  env: { INPUT_REGION: undefined, INPUT_ENDPOINT: endpoint },
});

/** What the table calls by a word of the red line, and how the workflow meets it. */
const byWord: Ways = {
  UNAUTHENTICATED: () => Promise.resolve(withKey('cxtp_of_another_region')),
  PERMISSION_DENIED: ({ emulator }) => Promise.resolve(withKey(emulator.tokens.powerless)),
  'is missing': () => Promise.resolve({ secrets: { repository: {}, environments: {} } }),
};

/** What it calls something else, by what a workflow could tell of it. */
const others: Ways = {
  dns: () => Promise.resolve(at('api.invalid')),
  refused: () => Promise.resolve(at('127.0.0.1:1')),
  // Nobody has said that the emulator's certificate is to be trusted.
  tls: ({ emulator }) => Promise.resolve(at(emulator.endpoint)),
  proxy: async () => ({ env: { https_proxy: await demandingProxy(), no_proxy: '' } }),
};

async function failing(way: Ways[string] | undefined): Promise<JobRun> {
  const place = await repository();
  const ran = await place.run(text, byHand(), await way?.(place));
  expect(ran.result).toBe('failure');
  return job(ran, 'list');
}

describe('the workflow that checks the set-up', () => {
  test.concurrent('succeeds where all is right, and changes nothing', async () => {
    const { run, seed, keys } = await repository();
    seed('my-app/environment/production');
    const before = keys();
    const ran = await run(text, byHand());
    expect(ran.result).toBe('success');
    expect(job(ran, 'list').steps[0]?.outputs).toMatchObject({ count: '1' });
    expect(keys()).toEqual(before);
  });

  test('fails in the ways that the table tells', () => {
    const told = table(readme, 'the red line has').map(([words]) => words);
    expect(told).toEqual([...Object.keys(byWord).map((word) => `\`${word}\``), 'something else']);
  });

  test.concurrent.each(Object.keys(byWord))('says %s in its red line', async (word) => {
    const { log } = await failing(byWord[word]);
    expect(log.split('\n').filter((line) => line.startsWith('Error: '))).toEqual([
      expect.stringContaining(word),
    ]);
  });

  test.concurrent.each(Object.keys(others))('tells what else is in the way: %s', async (kind) => {
    const { steps, log } = await failing(others[kind]);
    expect(steps[0]?.outputs).toMatchObject({ error_kind: kind });
    for (const word of Object.keys(byWord)) expect(log).not.toContain(word);
  });
});
