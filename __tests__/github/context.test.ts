import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEvent } from '../../src/github/context.ts';

describe('the event that the runner hands over', () => {
  const before = { ...process.env };
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'event-'));
    // The library reads the environment once, when it is first loaded.
    jest.resetModules();
  });

  afterEach(async () => {
    process.env = { ...before };
    await rm(folder, { recursive: true });
  });

  async function set(event: string): Promise<void> {
    const file = join(folder, 'event.json');
    await writeFile(file, event);
    Object.assign(process.env, {
      GITHUB_EVENT_NAME: 'delete',
      GITHUB_EVENT_PATH: file,
      GITHUB_REF: 'refs/heads/main',
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_RUN_ID: '4711',
    });
  }

  test('has its name, its ref, its payload, the repository and the run', async () => {
    await set('{"ref":"feature/cart","ref_type":"branch"}');
    await expect(loadEvent()).resolves.toEqual({
      name: 'delete',
      ref: 'refs/heads/main',
      payload: { ref: 'feature/cart', ref_type: 'branch' },
      repository: { owner: 'acme', repo: 'shop' },
      runId: 4711,
    });
  });

  test('outside a runner is empty', async () => {
    for (const name of Object.keys(process.env)) {
      if (name.startsWith('GITHUB_')) Reflect.deleteProperty(process.env, name);
    }
    await expect(loadEvent()).resolves.toMatchObject({ name: '', ref: '', repository: undefined });
  });

  test('that is no JSON fails with a sentence', async () => {
    await set('{"ref":');
    await expect(loadEvent()).rejects.toMatchObject({
      kind: 'runner',
      message: 'The event that started the workflow could not be read.',
    });
  });
});
