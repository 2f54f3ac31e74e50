import { runAction, type JobFile, type StepFile } from '../job-runner/index.ts';
import { usesAction, type Source } from './sources.ts';

/**
 * Whether the action's steps say where the service is. Here every step asks the emulator, so that one that
 * names no region, or a wrong one, would go well here and fail on GitHub.
 */

const inputs = ['region', 'domain', 'endpoint'] as const;
const variables = ['CORALOGIX_REGION', 'CORALOGIX_DOMAIN'] as const;

/** What a step says of it. */
interface GivenPlace {
  readonly inputs: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * What the action says of the regions of the steps that use it, as sentences; none where all is well.
 * Of what an expression gives, nothing is known.
 *
 * @param sources the workflows
 */
export async function wrongRegions(sources: readonly Source[]): Promise<readonly string[]> {
  const asked = new Map<string, Promise<readonly string[]>>();
  const told = sources.flatMap((source) =>
    source.file.jobs.flatMap((job) =>
      job.steps
        .filter((step) => usesAction(source, step))
        .map(async (step) => {
          const said = placeOf(source, job, step);
          if (said === undefined) return [];
          const key = JSON.stringify(said);
          const answer = asked.get(key) ?? ask(said);
          asked.set(key, answer);
          const where = `${source.path}, ${step.id ?? step.name ?? 'a step'} in the job ${job.id}`;
          return (await answer).map(
            (problem) => `${where}: this step would fail there. ${problem}`,
          );
        }),
    ),
  );
  return [...new Set((await Promise.all(told)).flat())];
}

function placeOf({ file }: Source, job: JobFile, step: StepFile): GivenPlace | undefined {
  const env = { ...file.env, ...job.env, ...step.env };
  const said: GivenPlace = {
    inputs: picked(step.with, inputs),
    env: picked(env, variables),
  };
  const texts = [...Object.values(said.inputs), ...Object.values(said.env)];
  if (texts.some((text) => text.includes('${{'))) return undefined;
  // A script may set it for the steps after it: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-environment-variable
  const isSet = job.steps.some(({ run = '' }) => variables.some((name) => run.includes(name)));
  return isSet && texts.join('') === '' ? undefined : said;
}

function picked(
  from: Readonly<Record<string, string>>,
  names: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])),
  );
}

/** No number of seconds: the action refuses it, with all else that is wrong, before it sends anything. */
const refused = 'timeout_seconds';

/** Asks the action itself. */
async function ask(said: GivenPlace): Promise<readonly string[]> {
  const { annotations } = await runAction({
    inputs: { operation: 'list', api_key: 'none', [refused]: '0', ...said.inputs },
    env: said.env,
  });
  return annotations
    .filter(({ level }) => level === 'error')
    .flatMap(({ message }) => message.split('\n'))
    .flatMap((line) => /^- (.*)$/u.exec(line)?.[1] ?? [])
    .filter((problem) => !problem.startsWith(`\`${refused}\``));
}
