import { beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { pooled } from './harness.ts';
import {
  contradictedCases,
  durations,
  runContradicted,
  type ContradictedSeen,
  type Duration,
} from './histories/contradicted.ts';
import {
  answers,
  lostCases,
  runLost,
  type Answer,
  type LostCase,
  type LostSeen,
} from './histories/lost.ts';

/** So many at once: nearly all of the time they wait. */
const atOnce = 24;

const lost = lostCases.flatMap((each) =>
  answers.map((answer) => ({ each, answer, title: `${each.title}, and then ${answer}` })),
);
const contradicted = contradictedCases.flatMap((each) =>
  (Object.keys(durations) as Duration[]).map((duration) => ({
    each,
    duration,
    title: `${each.title}, NOT_FOUND ${duration}`,
  })),
);

const lostSeen = new Map<string, LostSeen | Error>();
const contradictedSeen = new Map<string, ContradictedSeen | Error>();

function seenOf<Seen>(results: ReadonlyMap<string, Seen | Error>, title: string): Seen {
  const seen = results.get(title);
  if (seen === undefined) throw new Error('The case did not run.');
  if (seen instanceof Error) throw seen;
  return seen;
}

function orError<Seen>(running: Promise<Seen>): Promise<Seen | Error> {
  return running.catch((error: unknown) =>
    error instanceof Error ? error : new Error(String(error)),
  );
}

beforeAll(async () => {
  const cases = [
    // The longest first: a Create that is not available is tried under three names.
    ...lost
      .toSorted((a, b) => Number(b.answer === 'UNAVAILABLE') - Number(a.answer === 'UNAVAILABLE'))
      .map(({ each, answer, title }) => async () => {
        lostSeen.set(title, await orError(runLost(each, answer)));
      }),
    ...contradicted.map(({ each, duration, title }) => async () => {
      contradictedSeen.set(title, await orError(runContradicted(each, duration)));
    }),
  ];
  await pooled(cases, atOnce, (run) => run());
}, 600_000);

/** How a step ends whose call was lost: `create` never knows, and the others as the answer says. */
function expectedKind({ inputs, lost: rpc }: LostCase, answer: Answer): string {
  if (inputs['operation'] === 'create') return 'outcome_unknown';
  switch (answer) {
    case 'OK':
      return 'success';
    case 'NOT_FOUND':
      return 'not_found';
    case 'PERMISSION_DENIED':
      return 'permission';
    case 'UNAVAILABLE':
      return rpc === 'CreateApiKey' ? 'outcome_unknown' : 'unavailable';
  }
}

describe('a call is carried out, its connection is cut, and another run ensures the name', () => {
  test.each(lost.map((one) => [one.title, one] as const))(
    '%s: that run keeps its key, the only one',
    (title, { each, answer }) => {
      const seen = seenOf(lostSeen, title);
      const { second, active, created } = seen;
      expect(seen.kind).toBe(expectedKind(each, answer));
      expect(second).toEqual({ exitCode: 0, id: active[0] });
      expect(active).toHaveLength(1);
      expect(seen.provisional).toBe(0);
      // No name is asked for twice.
      expect(created).toEqual([...new Set(created)]);
      // Who could not look, or has nothing left, names none.
      const isBlind = each.then === 'GetSendDataApiKeys' && answer !== 'OK';
      const isOwn = each.second === 'between' || answer === 'OK';
      expect(seen.named).toEqual(isOwn && !isBlind ? active : []);
    },
  );
});

describe('the list shows a key, and the change finds none', () => {
  test.each(contradicted.map((one) => [one.title, one] as const))(
    '%s: it is retired, or a warning names it, and it does not count',
    (title, { each, duration }) => {
      const isLeft = duration === 'for ever';
      const isDeleted = each.rpc === 'DeleteApiKey';
      const isRotate = each.inputs['operation'] === 'rotate';
      const isPrune = each.inputs['operation'] === 'prune';
      const outputs = {
        changed: String(isRotate || !isLeft),
        count: isPrune && isLeft ? '0' : '1',
      };
      expect(seenOf(contradictedSeen, title)).toEqual({
        exitCode: 0,
        ...(each.isJobEnd === true ? {} : outputs),
        warnings: isLeft ? 1 : 0,
        naming: isLeft ? 1 : 0,
        // A rotation says beforehand what it is about to retire, and nothing afterwards.
        isTold: !isLeft && (!isRotate || each.isJobEnd === true),
        key: isLeft ? 'active' : isDeleted ? 'gone' : 'inactive',
      });
    },
  );
});

test('docs/robustness.md shows what this run gave (UPDATE_DOCS=1 writes it)', async () => {
  const facts = {
    lost: lost.map(({ each, answer, title }) => {
      const { kind, active } = seenOf(lostSeen, title);
      return { step: each.title, answer, kind, active: active.length };
    }),
    contradicted: contradicted.map(({ each, duration, title }) => ({
      step: each.title,
      duration,
      ...seenOf(contradictedSeen, title),
    })),
  };
  await mkdir('build', { recursive: true });
  await writeFile('build/histories.json', `${JSON.stringify(facts, null, 2)}\n`);
  const mode = process.env['UPDATE_DOCS'] === '1' ? [] : ['--check'];
  await promisify(execFile)(process.execPath, ['scripts/histories.mjs', ...mode]);
});
