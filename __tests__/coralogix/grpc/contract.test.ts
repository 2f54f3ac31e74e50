import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { callSigns, connectionSigns, diagnose } from '../../../src/coralogix/grpc/cause.ts';
import { withoutWrapping } from '../../../src/coralogix/grpc/words.ts';
import { statusName } from '../../../src/coralogix/status.ts';
import { node24Path } from '../../../tools/job-runner/node24.ts';
import { situations } from './situations/index.ts';
import { observeAll, type Expected, type Observation } from './situations/situation.ts';

/**
 * What the client relies on inside grpc-js and Node, which neither documents. An upgrade that
 * changes any of it fails here first.
 */

type Observations = Readonly<Record<string, Observation>>;

// GitHub runs the action on Node 24, whatever the tests run on.
const isOn24 = process.versions.node.startsWith('24.');

/** Observes them in a Node 24 of its own, which takes the types out of a file by itself. */
async function observeOnNode24(): Promise<Observations> {
  const program = ['--no-warnings', '__tests__/coralogix/grpc/observe-all.ts'];
  return JSON.parse((await promisify(execFile)(node24Path(), program)).stdout) as Observations;
}

const runtimes = [
  { name: 'the Node that runs the tests', observe: () => observeAll(situations), is20: !isOn24 },
  ...(isOn24 ? [] : [{ name: 'Node 24', observe: observeOnNode24, is20: false }]),
];

function check(name: string, observed: Observation | undefined, wanted: Expected): void {
  if (observed === undefined) throw new Error(`nothing was observed of ${name}`);
  const { code, details, commits, isHeard } = observed;
  const sent = observed.peerIsTarget ? 'never' : 'maybe';
  const status = statusName(code);
  const proxied = name.startsWith('a proxy');
  expect(details).toMatch(wanted.words);
  expect({
    sent,
    status,
    commits: wanted.commits === undefined ? undefined : commits,
    ...diagnose({ status, details, sent, proxied, isHeard }),
  }).toEqual({
    sent: wanted.sent,
    status: wanted.status,
    commits: wanted.commits,
    cause: wanted.cause,
    ...(wanted.reason === undefined ? {} : { reason: wanted.reason }),
  });
}

describe.each(runtimes)('in $name', ({ observe, is20 }) => {
  let observed: Observations = {};

  beforeAll(async () => {
    observed = await observe();
  });

  test.each(Object.entries(situations))('%s', (name, { expected, on20 }) => {
    check(name, observed[name], is20 ? { ...expected, ...on20 } : expected);
  });

  test('each row of the tables is what some situation is told by', () => {
    for (const [signs, isConnected] of [
      [connectionSigns, false],
      [callSigns, true],
    ] as const) {
      const told = Object.values(observed)
        .filter(({ peerIsTarget }) => peerIsTarget !== isConnected)
        .map(({ code, details }) =>
          signs.find(
            ({ words, status }) =>
              words.test(details) && (status ?? statusName(code)) === statusName(code),
          ),
        );
      expect(signs.filter((sign) => !told.includes(sign))).toEqual([]);
    }
  });

  test('what the reader is shown of it is short, and tells of no file and no advice for Node', () => {
    for (const { details } of Object.values(observed)) {
      const shown = withoutWrapping(details);
      expect(shown).not.toMatch(/Last error|Resolution note|openssl|\.c:|Node\.js|\dT\d/u);
      expect(shown.length).toBeLessThan(200);
    }
  });
});

test('grpc-js knows every option that the channel sets', () => {
  const { recognizedOptions } = createRequire(import.meta.url)(
    '@grpc/grpc-js/build/src/channel-options.js',
  ) as { readonly recognizedOptions: Readonly<Record<string, boolean>> };
  const source = readFileSync('src/coralogix/grpc/channel.ts', 'utf8');
  const used = source.match(/(?<=')grpc(?:-node)?\.[\w.]+(?=')/gu) ?? [];
  expect(used).toContain('grpc.enable_retries');
  expect(used.filter((name) => recognizedOptions[name] !== true)).toEqual([]);
});
