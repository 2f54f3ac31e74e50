import { describe, expect, test } from '@jest/globals';
import {
  ExpressionMistake,
  fillIn,
  holds,
  type StatusFunctions,
  valueOf,
} from '../../../tools/job-runner/expressions.ts';

const contexts = { github: { ref: 'refs/heads/x', event: { number: 7 } }, none: null };
const ok: StatusFunctions = { success: true, failure: false, cancelled: false };
const failed: StatusFunctions = { success: false, failure: true, cancelled: false };

describe('a text', () => {
  test.each([
    ['plain', 'plain'],
    ['${{ github.ref }}', 'refs/heads/x'],
    ['a ${{ github.event.number }} b ${{ true }}', 'a 7 b true'],
    ["${{ 'in }} quotes' }}", 'in }} quotes'],
    ["${{ 'it''s' }}", "it's"],
    ['${{ github.absent }}', ''],
    ['${{ none.absent }}', ''],
    ["${{ format('{0}-{1}', 'a', github.event['number']) }}", 'a-7'],
  ])('%j becomes %j', (template, result) => {
    expect(fillIn(template, contexts)).toBe(result);
  });

  test.each(['${{ secrets.X }}', '${{ github. }}', '${{ github.ref', '${{ nothing() }}'])(
    '%j is a mistake',
    (template) => {
      expect(() => fillIn(template, contexts)).toThrow(ExpressionMistake);
    },
  );

  test('that is one expression has a type', () => {
    expect(valueOf('${{ fromJSON(\'[1, {"a": null}]\') }}', contexts)).toEqual([1, { a: null }]);
    expect(valueOf('x ${{ 1 }}', contexts)).toBe('x 1');
  });
});

describe('a condition', () => {
  test.each<[string | undefined, boolean, boolean]>([
    [undefined, true, false],
    ['github.event.number == 7', true, false],
    ['${{ github.event.number == 7 }}', true, false],
    ['github.event.number == 8', false, false],
    ['always()', true, true],
    ['failure()', false, true],
    ['!cancelled() && github.event.number == 7', true, true],
    ["'success()' != ''", true, false],
    ['!success()', false, true],
    ['github.absent', false, false],
  ])('%j is %s after success, %s after failure', (condition, afterSuccess, afterFailure) => {
    expect(holds(condition, contexts, ok)).toBe(afterSuccess);
    expect(holds(condition, contexts, failed)).toBe(afterFailure);
  });
});
