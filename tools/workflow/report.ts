import type { Emulator } from '../emulator/index.ts';
import type { GitHubServer } from '../github/server.ts';
import type { JobRun, StepResult, WorkflowRun } from '../job-runner/index.ts';
import {
  block,
  headline,
  isOfAction,
  print,
  showOutputs,
  uncollapsed,
} from '../terminal/screen.ts';
import type { PlannedRun } from './trial.ts';

/** What is made up, where all goes, and what would go wrong on GitHub and goes well here. */
export function showSetting(sentences: readonly string[], wrong: readonly string[]): void {
  print(
    'The action as GitHub runs it, in your workflow, against an emulator of Coralogix. Nothing of the action leaves this machine, whatever region the workflow names.',
  );
  block('made up', sentences);
  block('on GitHub', wrong, 'bad');
}

/** The start of a run. */
export function showBeginning({ happening, source }: PlannedRun, number: number): void {
  const name = source.file.name === '' ? '' : ` (${source.file.name})`;
  headline(`${number}  ${happening.title} → ${source.path}${name}`);
}

/** What a run did: each step's log, and the outputs of the action. */
export function showRun(run: Extract<WorkflowRun, { readonly triggered: true }>): void {
  for (const job of run.jobs) showJob(job);
  if (run.jobs.length === 0) block('jobs', ['none']);
}

function showJob({ name, result, steps }: JobRun): void {
  block('job', [`${marks[result]} ${name}: ${result}`], styles[result]);
  for (const step of steps) showStep(step);
}

const marks = { success: '✓', failure: '✗', cancelled: '✗', skipped: '–' } as const;
const styles = { success: 'good', failure: 'bad', cancelled: 'bad', skipped: 'label' } as const;

function showStep(step: StepResult): void {
  const { id, name, phase, outcome, run } = step;
  const isMain = phase === 'main';
  const isAction = run !== undefined && isOfAction(run);
  const title = id ?? (isAction ? 'the action' : name.replace(/^Run /u, ''));
  const label = isMain ? title : 'end of job';
  const said = uncollapsed(step);
  const ended = outcome === 'skipped' && isMain ? ['skipped'] : [];
  block(label, said.length > 0 ? said : ended);
  if (isAction && isMain) showOutputs(run);
}

/** What there is at the end: the keys, and what is kept on GitHub. */
export function showEnd(
  { store }: Emulator,
  { secrets, variables }: Pick<GitHubServer, 'secrets' | 'variables'>,
): void {
  headline('At the end');
  const keys = store.keys();
  const rows = [
    ...keys.map(({ active, id, name }) => [active ? 'active' : 'inactive', id, name]),
    ...store.deletedKeys().map(({ id, name }) => ['deleted', id, name]),
  ];
  block(
    'keys',
    rows.length === 0
      ? ['none']
      : rows.map(([state = '', id = '', name = '']) => `${state.padEnd(9)} ${id}  ${name}`),
  );
  block(
    'on GitHub',
    [
      ...Array.from(secrets, ([path, value]) => {
        const key = keys.find((one) => one.value === value);
        const whose = key === undefined ? 'a value of no key that is there' : `value of ${key.id}`;
        return `secret ${placed(path)}: ${whose}`;
      }),
      ...Array.from(variables.keys(), (path) => `variable ${placed(path)}`),
    ].sort(),
  );
}

/** `production/NAME` is kept in an environment, `NAME` in the repository. */
function placed(path: string): string {
  const [name = '', ...place] = path.split('/').reverse();
  return place.length === 0 ? name : `${name} of ${place.reverse().join('/')}`;
}
