import { beforeAll, describe, expect, test } from '@jest/globals';
import type { WorkflowOptions } from '../../tools/job-runner/index.ts';
import { inputNames, type InputName } from '../../src/inputs/declared.ts';
import { endAll } from '../coralogix/grpc/told.ts';
import { pooled } from '../e2e/harness.ts';
import { repository, type Ran, type Repository } from '../e2e/repository.ts';
import { base, requested, type Given } from '../inputs/step-inputs.ts';
import { witnessesOf } from './evidence.ts';
import { eventOf, situations, type Situation } from './situations.ts';
import { readPage, withoutIds, type Snippet } from './symptoms.ts';

/** docs/troubleshooting.md: what it quotes was told, its wrong snippets go wrong as it says, its right ones go well. */

const page = await readPage();
const action = 'example-org/coralogix-api-keys-action@';

/** A job as the page has it, in a workflow with what all of them share. */
function runIn(
  repo: Repository,
  situation: Situation,
): (job: object, more?: Partial<WorkflowOptions>) => Promise<Ran> {
  const event = eventOf(situation);
  return (job, more = {}) =>
    repo.run(
      JSON.stringify({
        name: 'Snippet',
        on: situation.on ?? event.name,
        env: page.env,
        jobs: { snippet: { 'runs-on': 'ubuntu-latest', ...job } },
      }),
      event,
      { ...situation.differs?.(repo), ...more },
    );
}

/** What a snippet did. */
interface Played {
  readonly ran: Ran;
  readonly log: string;
  readonly after: unknown;
}

/** Runs a snippet where its situation is. */
async function play({ job }: Snippet, situation: Situation): Promise<Played> {
  const repo = await repository();
  await situation.before?.(repo, runIn(repo, {}));
  const ran = await runIn(repo, situation)(job);
  const log = withoutIds(ran.jobs.map((each) => each.log).join('\n'));
  return { ran, log, after: await situation.after?.(repo) };
}

/** What was told beside: see evidence.ts. */
async function heard(heading: string): Promise<readonly string[]> {
  const said: string[] = [];
  for (const witness of witnessesOf(heading)) {
    const repo = await repository();
    said.push(withoutIds(await witness(repo, runIn(repo, {}))));
  }
  await endAll();
  return said;
}

const plays = page.symptoms.map((symptom) => ({
  ...symptom,
  situation: situations[symptom.heading] ?? {},
}));
const played = new Map<Snippet, Played>();

// Before anything else: the cases of docs/errors.md lead clients of this process through a proxy.
beforeAll(async () => {
  const all = plays.flatMap(({ wrong, right, situation }) =>
    [...wrong, ...right].map((snippet) => ({ snippet, situation })),
  );
  await pooled(all, 4, async ({ snippet, situation }) => {
    played.set(snippet, await play(snippet, situation));
  });
});

function of(snippet: Snippet): Played {
  const found = played.get(snippet);
  if (found === undefined) throw new Error(`It was not run:\n${snippet.text}`);
  return found;
}

const withSnippets = plays.filter(({ wrong, right }) => wrong.length + right.length > 0);

describe('the page', () => {
  test('leads from its first table to each of its symptoms, in their order', () => {
    const anchors = page.symptoms.map(({ heading }) => heading.toLowerCase().replace(/,/gu, ''));
    expect(page.contents).toEqual(anchors.map((each) => each.replaceAll(' ', '-')));
  });

  test('shows wrong and right one below the other, or neither', () => {
    expect(plays.filter(({ wrong, right }) => wrong.length !== right.length)).toEqual([]);
    expect(withSnippets.map(({ heading }) => heading)).toEqual(Object.keys(situations));
  });
});

describe.each(plays)('$heading', ({ heading, messages, wrong, right }) => {
  test('quotes what was told', async () => {
    const logs = [...(await heard(heading))];
    for (const snippet of [...wrong, ...right]) logs.push(of(snippet).log);
    expect(messages).not.toEqual([]);
    for (const message of messages) expect(logs.join('\n')).toContain(message);
  });
});

describe.each(withSnippets)('$heading', ({ messages, wrong, right, situation }) => {
  test.each(wrong)('❌ goes wrong as it is said', (snippet) => {
    const { ran, log, after } = of(snippet);
    expect(ran.jobs.map(({ result }) => result)).toEqual([situation.wrongEnds ?? 'failure']);
    expect(after).toEqual(situation.then?.wrong);
    const isTold = messages.some((message) => log.includes(message));
    expect(isTold ? 'told' : 'silent').toBe(situation.isSilent === true ? 'silent' : 'told');
  });

  test.each(right)('✅ goes well', (snippet) => {
    const { ran, log, after } = of(snippet);
    expect(ran.jobs.map(({ result }) => result)).toEqual([situation.ends ?? 'success']);
    expect(log).not.toMatch(/\b(?:Error|Warning): /u);
    expect(after).toEqual(situation.then?.right);
  });

  test.each([...wrong, ...right])(
    'gives inputs that there are, and as they are read',
    async ({ job }) => {
      const steps = job.steps.filter(({ uses = '' }) => uses.startsWith(action));
      expect(steps).not.toEqual([]);
      for (const { with: given = {} } of steps) {
        expect(inputNames).toEqual(expect.arrayContaining(Object.keys(given)));
        const texts = Object.entries(given).map(([name, value]) => {
          return [
            name,
            String(value).replace(/\$\{\{.*?\}\}/u, base[name as InputName] ?? 'made-up'),
          ];
        });
        // A certificate is checked as such: it is one when the snippet runs.
        const filled = Object.fromEntries(
          texts.filter(([name]) => name !== 'ca_certificate'),
        ) as Given;
        expect(await requested({ ...base, ...filled, team_id: '4001' })).toMatchObject({
          operation: { operation: given['operation'] },
        });
      }
    },
  );
});
