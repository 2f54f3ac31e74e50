import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../../src/core/failure.ts';
import { readEvent } from '../../src/runner/workflow-event.ts';

const folder = mkdtempSync(join(tmpdir(), 'event-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The variables of a runner whose file for the event holds this. */
function runner(event: string): Readonly<Record<string, string | undefined>> {
  const file = join(folder, 'event.json');
  writeFileSync(file, event);
  return {
    GITHUB_EVENT_NAME: 'delete',
    GITHUB_EVENT_PATH: file,
    GITHUB_REF: 'refs/heads/main',
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_RUN_ID: '4711',
  };
}

function failureOf(environment: Readonly<Record<string, string | undefined>>): Failure {
  try {
    readEvent(environment);
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
  }
  throw new Error('no Failure');
}

describe('the event that the runner hands over', () => {
  test('has its name, its ref, its payload, the repository and the run', () => {
    expect(readEvent(runner('{"ref":"feature/cart","ref_type":"branch"}'))).toEqual({
      name: 'delete',
      ref: 'refs/heads/main',
      payload: { ref: 'feature/cart', ref_type: 'branch' },
      repository: { owner: 'acme', repo: 'shop' },
      runId: 4711,
    });
  });

  test('outside a runner is empty', () => {
    expect(readEvent({})).toEqual({
      name: '',
      ref: '',
      payload: {},
      repository: undefined,
      runId: 0,
    });
  });

  test.each(['', 'acme', '/shop', 'acme/', 'acme/shop/more'])(
    'names no repository with %j',
    (text) => {
      expect(readEvent({ GITHUB_REPOSITORY: text }).repository).toBeUndefined();
    },
  );

  test('that is no JSON, or not there, fails with a sentence', () => {
    expect(failureOf(runner('{"ref":')).message).toBe(
      'The event that started the workflow could not be read (it is no JSON).',
    );
    const gone = failureOf({ GITHUB_EVENT_PATH: join(folder, 'nowhere.json') });
    expect(gone.kind).toBe('runner');
    expect(gone.message).toContain('(ENOENT)');
  });
});
