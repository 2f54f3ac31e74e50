import { describe, expect, test } from '@jest/globals';
import { maybeDone, troubleOf } from '../../src/github/cause.ts';

/** As Octokit and fetch wrap it. */
const wrapped = (cause: object): object => ({
  name: 'HttpError',
  cause: { name: 'TypeError', cause },
});

describe('what Octokit threw', () => {
  test.each(['UND_ERR_ABORTED', 'ECONNREFUSED', 'UND_ERR_CONNECT_TIMEOUT', 'ENOTFOUND'])(
    'is no answer, and nothing was done: %s',
    (code) => {
      // A proxy that refuses shows as the first.
      const trouble = troubleOf(wrapped({ name: 'AbortError', code }));
      expect(trouble).toEqual({ kind: 'network', code });
      expect(maybeDone(trouble)).toBe(false);
    },
  );

  test('is silence when the time was over, and then something may have been done', () => {
    const trouble = troubleOf(wrapped({ name: 'TimeoutError' }));
    expect(trouble).toEqual({ kind: 'silence' });
    expect(maybeDone(trouble)).toBe(true);
  });

  test('is a connection that broke off, and something may have been done', () => {
    const trouble = troubleOf(wrapped({ name: 'SocketError', code: 'UND_ERR_SOCKET' }));
    expect(maybeDone(trouble)).toBe(true);
  });
});
