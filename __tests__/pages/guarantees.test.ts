import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { setting, stored } from '../operations/setting.ts';
import { ensuring, name } from '../operations/simulation/requests.ts';
import { arrange } from '../operations/simulation/run.ts';

/** docs/guarantees.md: the election that it draws is the one that is held. */

const page = await readFile(new URL('../../docs/guarantees.md', import.meta.url), 'utf8');
const [, drawing = ''] = /```mermaid\r?\n(sequenceDiagram[\s\S]*?)```/u.exec(page) ?? [];

const rpcs: Readonly<Record<string, string>> = {
  List: 'GetSendDataApiKeys',
  Create: 'CreateApiKey',
  Update: 'UpdateApiKey',
  Delete: 'DeleteApiKey',
};

/** What a run of the drawing sends, in order. */
function drawn(run: string): readonly (string | undefined)[] {
  const arrow = new RegExp(`^\\s*${run}->>S: (\\w+)`, 'gmu');
  return [...drawing.matchAll(arrow)].map(([, word = '']) => rpcs[word]);
}

test('two runs that start at once send what is drawn, and end as it says', async () => {
  const world = setting({ hideValues: true });
  for (const run of ['first', 'second']) {
    arrange(world, { name: run, request: ensuring(), hasJobEnd: false });
  }
  await world.time.run();
  const winner = world.reports.find(({ outcome }) => outcome?.created === true);
  const loser = world.reports.find((report) => report !== winner);
  const sent = (run = ''): readonly string[] =>
    world.history.calls.flatMap((call) => (call.run === run ? [call.rpc] : []));
  expect(sent(winner?.plan.name)).toEqual(drawn('A'));
  expect(sent(loser?.plan.name)).toEqual(drawn('B'));
  expect(winner?.outcome?.value).toBeDefined();
  expect(loser?.failure?.kind).toBe('value_hidden');
  expect(stored(world)).toEqual([{ name, active: true }]);
});
