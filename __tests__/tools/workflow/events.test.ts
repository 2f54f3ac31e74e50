import { expect, test } from '@jest/globals';
import { whyNotTriggered } from '../../../tools/job-runner/index.ts';
import { historyOf, parseWish } from '../../../tools/workflow/events.ts';

const history = (...texts: readonly string[]) =>
  historyOf(texts.map(parseWish), { inputs: {}, cron: '1 2 3 * *' });

test('a push makes a branch that stays until it is deleted', () => {
  const branches = history('push:a', 'schedule', 'delete:a').map((each) => each.branches);
  expect(branches).toEqual([['main', 'a'], ['main', 'a'], ['main']]);
});

test('a push says whether its branch is new', () => {
  const created = history('push', 'push:a', 'push:a').map(
    ({ event }) => event.payload?.['created'],
  );
  expect(created).toEqual([false, true, false]);
});

test('a pull request keeps its number until it is closed', () => {
  const [one, two, three] = history('pull_request:a', 'pull_request:b', 'pull_request:a:closed');
  expect(one?.pulls).toEqual([{ number: 1, state: 'open' }]);
  expect(two?.event.payload).toMatchObject({ action: 'opened', number: 2 });
  expect(three?.event.payload).toMatchObject({ action: 'closed', number: 1 });
  expect(three?.pulls).toEqual([
    { number: 1, state: 'closed' },
    { number: 2, state: 'open' },
  ]);
});

test('a tag is pushed without a branch, and starts no workflow for branches', () => {
  const [tag] = history('push:refs/tags/v1');
  expect(tag?.branches).toEqual(['main']);
  if (tag === undefined) throw new Error('Nothing has happened.');
  expect(whyNotTriggered({ push: { branches: ['**'] } }, tag.event)).toMatch(/branches only/u);
  expect(whyNotTriggered({ push: { tags: ['v*'] } }, tag.event)).toBeUndefined();
});

test('a schedule is the one that is named, or else the first of the workflows', () => {
  const crons = history('schedule', 'schedule:4 5 * * *').map(
    ({ event }) => event.payload?.['schedule'],
  );
  expect(crons).toEqual(['1 2 3 * *', '4 5 * * *']);
});
