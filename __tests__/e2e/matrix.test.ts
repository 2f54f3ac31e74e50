import { beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { RpcName } from '../../tools/emulator/rpc.ts';
import { pooled, slackMs } from './harness.ts';
import {
  expectedFor,
  expectedOnceFor,
  leftAfter,
  rpcColumns,
  runCase,
  type Lasting,
  type Seen,
} from './matrix/case.ts';
import { faultRows, passingFaultRows, type FaultRow } from './matrix/faults.ts';

/** Every RPC under every fault: `docs/robustness.md` shows what comes of it. */

/** So many steps at once: most of them wait more than they work. */
const atOnce = 12;

/** What a reader is told to do, for each kind of failure that the matrix brings about. */
const hints: Readonly<Record<string, RegExp>> = {
  auth: /Check that `api_key` is right and active/u,
  permission: /needs the `ApiKeys` preset/u,
  not_found: /Check the id/u,
  rejected: /Check the inputs of the step/u,
  rate_limited: /Run the job again later, or run fewer jobs at once/u,
  unavailable: /Run the job again later/u,
  timeout: /Run the job again/u,
  dropped: /Run the job again/u,
  not_grpc: /[Cc]heck `endpoint`/u,
  outcome_unknown: /It was not sent again.*Look at these keys before running the job again/u,
};

interface Case {
  readonly row: FaultRow;
  readonly rpc: RpcName;
  readonly lasting: Lasting;
  readonly debug: boolean;
}

// Every other fault is met with debug logging.
const lastingCases = faultRows.flatMap((row, index) =>
  rpcColumns.map((rpc): Case => ({ row, rpc, lasting: 'always', debug: index % 2 === 1 })),
);
const passingCases = passingFaultRows.flatMap((row, index) =>
  rpcColumns
    .filter((rpc) => rpc !== 'CreateApiKey')
    .map((rpc): Case => ({ row, rpc, lasting: 'once', debug: index % 2 === 1 })),
);
const cases = [...lastingCases, ...passingCases];
const title = ({ rpc, row }: Case): string => `${rpc}: ${row.name}`;

const results = new Map<Case, Seen | Error>();

function seen(of: Case): Seen {
  const result = results.get(of);
  if (result === undefined) throw new Error('The case did not run.');
  if (result instanceof Error) throw result;
  return result;
}

beforeAll(async () => {
  await pooled(cases, atOnce, async (each) => {
    const { row, rpc, lasting, debug } = each;
    const result = await runCase(row, rpc, lasting, debug).catch((error: unknown) =>
      error instanceof Error ? error : new Error(String(error)),
    );
    results.set(each, result);
  });
}, 600_000);

describe('a fault that does not pass', () => {
  test.each(lastingCases.map((each) => [title(each), each] as const))('%s', (_, each) => {
    const { row, rpc } = each;
    const { kind, attempts, commits } = expectedFor(row, rpc);
    const result = seen(each);
    expect(result).toMatchObject({
      kind,
      exitCode: kind === 'success' ? 0 : 1,
      attempts,
      commits,
      left: leftAfter(rpc, commits),
    });
    expect(result.wallMs).toBeLessThan(result.budgetMs + slackMs);
    if (kind !== 'success') expect(result.told).toMatch(hints[kind] ?? /^the kind has no hint/u);
    if (kind === 'outcome_unknown') expect(result.keyIds).toEqual(result.made);
  });
});

describe('a fault that passes is outlasted by what may be repeated', () => {
  test.each(passingCases.map((each) => [title(each), each] as const))('%s', (_, each) => {
    const { row, rpc } = each;
    const { kind, attempts, commits } = expectedOnceFor(row, rpc);
    const left = leftAfter(rpc, commits);
    expect(seen(each)).toMatchObject({ kind, exitCode: 0, attempts, commits, left });
  });
});

test('docs/robustness.md shows what this run gave (UPDATE_DOCS=1 writes it)', async () => {
  const facts = cases.map((each) => {
    const { kind, attempts, commits } = seen(each);
    return { fault: each.row.name, rpc: each.rpc, lasting: each.lasting, kind, attempts, commits };
  });
  await mkdir('build', { recursive: true });
  await writeFile('build/matrix.json', `${JSON.stringify(facts, null, 2)}\n`);
  const mode = process.env['UPDATE_DOCS'] === '1' ? [] : ['--check'];
  await promisify(execFile)(process.execPath, ['scripts/robustness.mjs', ...mode]);
});
