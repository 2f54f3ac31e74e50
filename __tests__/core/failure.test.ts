import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { Failure, failureKinds, toFailure } from '../../src/core/failure.ts';

test('the kinds are a closed set of plain words', () => {
  expect(new Set(failureKinds).size).toBe(failureKinds.length);
  for (const kind of failureKinds) expect(kind).toMatch(/^[a-z_]+$/u);
});

test('a failure tells its sentence, and then what to do', () => {
  const failure = new Failure('refused', 'It failed.', { hint: 'Do this.', keyIds: ['k'] });
  expect(failure.report).toBe('It failed. Do this.');
  expect(failure).toMatchObject({ kind: 'refused', hint: 'Do this.', keyIds: ['k'] });
  expect(new Failure('refused', 'It failed.').report).toBe('It failed.');
  expect(new Failure('refused', 'It failed.')).toMatchObject({ hint: undefined, keyIds: [] });
});

test('the same failure says more, and loses nothing', () => {
  const details = { hint: 'Do this.', keyIds: ['k'], effect: 'none' } as const;
  const first = new Failure('refused', 'It failed.', details);
  const more = first.with({ sentence: 'The key stays.' });
  expect(more.report).toBe('It failed. The key stays. Do this.');
  expect(more).toMatchObject({ kind: 'refused', ...details, cause: first });
  const other = {
    kind: 'outcome_unknown',
    hint: 'Look.',
    keyIds: ['l'],
    effect: 'unknown',
  } as const;
  expect(first.with(other)).toMatchObject({ ...other, message: 'It failed.' });
  expect(new Failure('auth', 'x').with({ sentence: 'y' })).toMatchObject({ effect: 'unknown' });
});

test('what was thrown underneath is kept, and only when there is something', () => {
  const cause = new Error('underneath');
  expect(new Failure('internal', 'x', { cause }).cause).toBe(cause);
  expect('cause' in new Failure('internal', 'x', { cause: undefined })).toBe(true);
  expect('cause' in new Failure('internal', 'x')).toBe(false);
});

test('a failure goes through the funnel as it is', () => {
  const failure = new Failure('auth', 'x');
  expect(toFailure(failure)).toBe(failure);
});

test('all else is internal, and its text, which may hold a header, is not repeated', () => {
  const secret = randomBytes(8).toString('hex');
  for (const thrown of [
    new TypeError(`bad header ${secret}`),
    secret,
    { secret },
    undefined,
    null,
  ]) {
    const failure = toFailure(thrown);
    expect(failure.kind).toBe('internal');
    expect(failure.report).not.toContain(secret);
    expect(failure.cause).toBe(thrown);
  }
  expect(toFailure(new TypeError('x')).message).toContain('(TypeError)');
});
