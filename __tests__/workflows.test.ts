import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { parse } from 'yaml';
import {
  parseWorkflow,
  type JobFile,
  type WorkflowFile,
} from '../tools/job-runner/workflow-file.ts';
import { isRecord } from '../tools/job-runner/yaml-values.ts';
import { page, workflowsOf } from './support/pages.ts';
import { shellPath } from '../tools/job-runner/script-step.ts';

/** The rules that hold for the project's own workflows, and for those that it shows to others. */

const root = new URL('../', import.meta.url);

interface Sheet {
  readonly place: string;
  readonly text: string;
  readonly file: WorkflowFile;
}

async function sheetsIn(folder: string): Promise<readonly Sheet[]> {
  const names = await readdir(new URL(folder, root));
  return Promise.all(
    names.map(async (name) => {
      const text = await page(`${folder}${name}`);
      return { place: `${folder}${name}`, text, file: parseWorkflow(text) };
    }),
  );
}

/** The workflows that a page shows whole. */
async function sheetsOf(path: string): Promise<readonly Sheet[]> {
  return workflowsOf(await page(path)).map((text) => {
    const file = parseWorkflow(text);
    return { place: `${path}, ${file.name}`, text, file };
  });
}

const own = await sheetsIn('.github/workflows/');
const shown: readonly Sheet[] = [
  ...(await sheetsIn('docs/examples/')),
  ...(await sheetsOf('README.md')),
  ...(await sheetsOf('docs/runbooks.md')),
];
const all = [...own, ...shown].map((sheet) => [sheet.place, sheet] as const);

describe.each(all)('%s', (_place, { file }) => {
  test('puts no expression into a shell', () => {
    const scripts = file.jobs.flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
    expect(scripts.filter((script) => script.includes('${{'))).toEqual([]);
  });

  test('says what its token may do', () => {
    expect(isRecord(file.permissions)).toBe(true);
  });

  test('bounds the time of each job', () => {
    expect(file.jobs.filter(({ timeoutMinutes }) => timeoutMinutes === undefined)).toEqual([]);
  });

  test('starts nothing that runs the code of strangers with the secrets of the repository', () => {
    expect(isRecord(file.on) ? Object.keys(file.on) : []).not.toContain('pull_request_target');
  });
});

describe.each(own.map((sheet) => [sheet.place, sheet] as const))('%s', (_place, { text, file }) => {
  test('pins what it uses by commit, with the version beside it', () => {
    const used = [...text.matchAll(/^\s*(?:- )?uses: (.+)$/gmu)].map(([, what = '']) => what);
    // `$/` is this repository at the commit that runs.
    const strangers = used.filter((what) => what !== '$/');
    expect(used).not.toEqual([]);
    for (const what of strangers) {
      expect(what).toMatch(/^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/u);
    }
  });

  test('says why its token may do what it may', () => {
    const granted = text.split('\n').filter((line) => /^\s+[\w-]+: (?:read|write)\b/u.test(line));
    const unexplained = granted.filter((line) => !/: (?:read|write) # \w/u.test(line));
    expect(unexplained).toEqual([]);
  });

  test('does not leave its token on the disk', () => {
    const checkouts = file.jobs
      .flatMap(({ steps }) => steps)
      .filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.map((step) => step.with['persist-credentials'])).toEqual(
      checkouts.map(() => 'false'),
    );
  });
});

describe('the own workflows', () => {
  test('name one commit for each action', () => {
    const pins = new Map<string, Set<string>>();
    for (const { text } of own) {
      for (const [, repository = '', commit = ''] of text.matchAll(
        /uses: ([\w.-]+\/[\w.-]+)[\w./-]*@([0-9a-f]{40})/gu,
      )) {
        pins.set(repository, (pins.get(repository) ?? new Set()).add(commit));
      }
    }
    expect(pins.size).toBeGreaterThan(0);
    expect([...pins].filter(([, commits]) => commits.size > 1)).toEqual([]);
  });

  test('may write in these jobs only', () => {
    const writing = own.flatMap(({ file }) => [
      ...writesIn(file.permissions).map((scope) => `${file.name}: ${scope}`),
      ...file.jobs.flatMap((job) =>
        writesIn(job.permissions).map((scope) => `${file.name}, ${job.id}: ${scope}`),
      ),
    ]);
    expect(writing.sort()).toEqual([
      'CodeQL, analyze: security-events',
      'Release, publish: attestations',
      'Release, publish: contents',
      'Release, publish: id-token',
    ]);
  });

  test('run no package in the job that publishes', () => {
    const publish = own.flatMap(({ file }) => file.jobs).find(({ id }) => id === 'publish');
    const scripts = publish?.steps.flatMap(({ run }) => run ?? []) ?? [];
    expect(scripts).not.toEqual([]);
    expect(scripts.filter((script) => /\b(?:npm|npx|node)\b/u.test(script))).toEqual([]);
  });
});

function writesIn(permissions: unknown): readonly string[] {
  if (permissions === undefined) return [];
  // `read-all` and `write-all` are not for this project.
  if (!isRecord(permissions)) return ['all'];
  return Object.entries(permissions).flatMap(([scope, access]) =>
    access === 'write' ? scope : [],
  );
}

const reference = 'example-org/coralogix-api-keys-action@v1';

const action = parse(await page('action.yml')) as Readonly<
  Record<'inputs' | 'outputs', Readonly<Record<string, unknown>>>
>;

/** The management key to this action, Terraform and the operator, and the key to send with to others. */
const namesOfTwoThings = ['CORALOGIX_API_KEY', 'CX_API_KEY'];

describe.each(shown.map((sheet) => [sheet.place, sheet] as const))('%s', (_place, sheet) => {
  const { file, text } = sheet;
  const steps = file.jobs.flatMap((job) => job.steps);

  test('gives this action inputs that it has, and uses outputs that it has', () => {
    const given = steps
      .filter(({ uses }) => uses === reference)
      .flatMap((step) => Object.keys(step.with));
    expect(given.filter((name) => !Object.hasOwn(action.inputs, name))).toEqual([]);
    const ours = new Set(steps.flatMap(({ id, uses }) => (uses === reference ? (id ?? []) : [])));
    const used = [...text.matchAll(/steps\.(\w+)\.outputs\.(\w+)/gu)].flatMap(
      ([, id = '', name = '']) => (ours.has(id) ? name : []),
    );
    expect(used.filter((name) => !Object.hasOwn(action.outputs, name))).toEqual([]);
  });

  test('hands over no key under a name that means two things', () => {
    const names = [file, ...file.jobs, ...steps].flatMap(({ env }) => Object.keys(env));
    expect(names.filter((name) => namesOfTwoThings.includes(name))).toEqual([]);
  });

  test('has scripts that a shell can read', () => {
    const problems = steps.flatMap(({ run }) => {
      if (run === undefined) return [];
      const { status, stderr } = spawnSync(shellPath('bash'), ['-n'], {
        input: run,
        encoding: 'utf8',
      });
      return status === 0 ? [] : stderr;
    });
    expect(problems).toEqual([]);
  });

  test('uses this action, and nothing beside it but what GitHub offers for it', () => {
    const used = file.jobs.flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []));
    expect(used).toContain(reference);
    const others = used.filter((what) => what !== reference);
    const offered = ['actions/checkout', 'actions/create-github-app-token'];
    expect(others.filter((what) => !offered.includes(what.split('@')[0] ?? ''))).toEqual([]);
  });

  test('lets nothing cut off a job that makes a key to stay', () => {
    for (const job of file.jobs.filter(makesKeyToStay)) {
      expect([job.concurrency, file.concurrency]).toContainEqual(
        expect.objectContaining({ group: expect.any(String), 'cancel-in-progress': false }),
      );
    }
  });
});

function makesKeyToStay({ steps }: JobFile): boolean {
  return steps.some(
    (step) =>
      ['create', 'ensure', 'rotate'].includes(step.with['operation'] ?? '') &&
      step.with['lifetime'] !== 'job',
  );
}
