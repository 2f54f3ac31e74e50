import { describe, expect, test } from '@jest/globals';
import { base, problems, requested, type Given } from './step-inputs.ts';

/** What is wrong with what is said about a stored value is told with all the rest, before any network. */

const making: Given = { ...base, name: 'my-app', team_id: '4001' };
const storing: Given = { ...making, operation: 'ensure', secret_name: 'CX_KEY' };

describe('inputs about a stored value', () => {
  test.each<[string, Given, RegExp]>([
    [
      'a `stored_value` of two lines',
      { ...storing, stored_value: 'made-up\nvalue' },
      /^`stored_value` holds a line break/u,
    ],
    [
      'a `stored_value` for another operation',
      { ...storing, operation: 'rotate', stored_value: 'made-up-value' },
      /^`stored_value` is given, and `rotate` does not use it/u,
    ],
    [
      'a `max_age` without `secret_name`',
      { ...making, operation: 'ensure', max_age: '30d' },
      /^`max_age` .*`secret_name`/u,
    ],
    ['a `max_age` without a unit', { ...storing, max_age: '5' }, /^`max_age`: "5" is no length/u],
    ['a `max_age` of nothing', { ...storing, max_age: '0d' }, /^`max_age`: "0d" is no time/u],
    ['a negative `max_age`', { ...storing, max_age: '-1d' }, /^`max_age`: "-1d" is no length/u],
    [
      'a `secret_repository` without `secret_name`',
      { ...making, operation: 'ensure', secret_repository: 'acme/shop' },
      /^`secret_repository` is given without `secret_name`/u,
    ],
    [
      'a `secret_repository` that is none',
      { ...storing, secret_repository: 'shop' },
      /^`secret_repository` is "shop": it must be OWNER\/NAME/u,
    ],
  ])('%s is wrong', async (_what, given, saying) => {
    expect(await problems(given)).toEqual([expect.stringMatching(saying)]);
    const withMore = await problems({ ...given, dry_run: 'perhaps' });
    expect(withMore).toHaveLength(2);
    expect(withMore).toContainEqual(expect.stringMatching(saying));
  });
});

test.each([
  ['as it is', 'made-up-value', 'made-up-value'],
  ['with quotes around it, as a form keeps them', '"made-up-value"', 'made-up-value'],
  ['of quotes alone: there is none', '""', undefined],
])('a `stored_value` is read %s', async (_how, text, value) => {
  const { operation } = await requested({ ...storing, stored_value: text });
  if (operation.operation !== 'ensure' || !operation.storedValue.isPassed) throw new Error(text);
  expect(operation.storedValue.value?.reveal()).toBe(value);
});

test('a value of an emulator is stored on no real GitHub, and that is told with the rest', async () => {
  const given = { ...storing, region: '', endpoint: 'http://127.0.0.1:1' };
  const refused = expect.stringMatching(/^`secret_name` is given, and `endpoint` is a loopback/u);
  expect(await problems(given)).toEqual([refused]);
  const withMore = await problems({ ...given, max_age: '5', timeout_seconds: 'x' });
  expect(withMore).toHaveLength(3);
  expect(withMore).toContainEqual(refused);
});
