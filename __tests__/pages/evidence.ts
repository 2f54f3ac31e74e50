import type { WorkflowOptions } from '../../tools/job-runner/index.ts';
import { cases } from '../errors-page/cases.ts';
import { base, problems, type Given } from '../inputs/step-inputs.ts';
import type { Ran, Repository } from '../e2e/repository.ts';
import { name, seeded, stored, storing, use, type RunText } from './situations.ts';

/**
 * What docs/troubleshooting.md quotes beside what its wrong snippets print: produced by the cases of
 * docs/errors.md, by jobs of their own, or by the reader of the inputs.
 */

/** Runs jobs in a repository of its own, and gives all that was told. */
export type Witness = (
  repo: Repository,
  run: (job: object, more?: Partial<WorkflowOptions>) => Promise<Ran>,
) => Promise<string>;

/** A case of docs/errors.md, as a person sees it. */
function told(...wanted: readonly string[]): Witness {
  return async () => {
    const texts = wanted.map(async (what) => {
      const found = cases.find((each) => each.what === what);
      if (found === undefined) throw new Error(`There is no such case: ${what}.`);
      return (await found.failed()).report;
    });
    return (await Promise.all(texts)).join('\n');
  };
}

const wrongInputs = async (given: Given): Promise<string> =>
  (await problems({ ...base, ...given })).join('\n');

const log = ({ jobs }: Ran): string => jobs.map((job) => job.log).join('\n');
const asRun: (run: Parameters<Witness>[1]) => RunText = (run) => (job) => run(job);

/** All of them, by the headings of the page. */
const witnesses: Readonly<Record<string, readonly Witness[]>> = {
  'An input is missing': [
    () => wrongInputs({ operation: 'list', region: '' }),
    () => wrongInputs({ operation: 'create', name }),
    () =>
      wrongInputs({
        ...{ operation: 'ensure', team_id: '4001' },
        ...{ ...storing, github_token: '' },
      }),
  ],
  'A placeholder cannot be filled in': [
    () => wrongInputs({ operation: 'ensure', name: 'my-app/{brnach}', team_id: '4001' }),
  ],
  'The service does not know the key': [told('a key that the service does not know')],
  'The management key may not do this': [told('a key that may do nothing')],
  'Proxies and certificates': [told('a proxy that wants a password', 'a web server')],
  'No answer in time': [told('no answer until the time of the step was over')],
  'The sender is refused': [told('a key that does not become known')],
  'Prune refuses': [
    () => wrongInputs({ operation: 'prune', name: 'my-app-{environment}' }),
    async (repo, run) => {
      repo.seed('my-app/branch/gone');
      const prune = use({ operation: 'prune', name: 'my-app/branch/{branch}' });
      return log(await run({ steps: [prune] }, { token: repo.server.tokens.weak }));
    },
  ],
  'The old key is still active': [
    async (repo, run) => {
      await stored(repo, asRun(run));
      const steps = [use({ operation: 'rotate', ...storing }), { run: 'exit 1' }];
      return log(await run({ steps }));
    },
  ],
  'Two active keys bear one name': [
    async (repo, run) => {
      seeded(repo);
      seeded(repo);
      const given = { operation: 'ensure', name, if_value_lost: 'ignore' };
      return log(await run({ steps: [use(given)] }));
    },
  ],
};

/**
 * What tells what a section quotes.
 *
 * @param heading the section's
 */
export const witnessesOf = (heading: string): readonly Witness[] => witnesses[heading] ?? [];
