import { expect, test } from '@jest/globals';
import { readStep } from '../../src/step-request.ts';
import type { PlaceholderValues } from '../../src/names/template.ts';
import { base, pushed, recordOf, type Given } from './step-inputs.ts';

/** What is wrong with a step that runs because a branch was deleted. */
function problems(given: Given): readonly string[] {
  const found = readStep(recordOf({ ...base, name: 'my-app/{branch}', ...given }), deleted);
  return found.ok ? [] : found.problems;
}

function deleted(environment: string | undefined): PlaceholderValues {
  return { ...pushed(environment), branch: { value: 'cart', gone: 'it was deleted' } };
}

test.each(['create', 'ensure', 'rotate'])(
  '%s makes no key for a branch that is gone',
  (operation) => {
    expect(problems({ operation, team_id: '4001' })).toEqual([
      expect.stringMatching(/^`name`: \{branch\} is "cart", but it was deleted: no key is made/u),
    ]);
  },
);

test.each(['create', 'ensure'])('%s makes one for it that ends with the job', (operation) => {
  expect(problems({ operation, team_id: '4001', lifetime: 'job' })).toEqual([]);
});

test.each(['get', 'list', 'deactivate', 'delete'])('%s finds its key', (operation) => {
  expect(problems({ operation })).toEqual([]);
});
