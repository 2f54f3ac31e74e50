import { randomBytes } from 'node:crypto';
import type { Emulator } from '../emulator/index.ts';
import type { GitHubServer } from '../github/server.ts';
import type { StandIn } from '../job-runner/index.ts';
import type { WorkflowCommand } from './command-line.ts';
import type { Source } from './sources.ts';

/** What workflows ask GitHub for, by name, and what is made up for it. */
export interface MadeUp {
  readonly secrets: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  /** By `OWNER/NAME`. */
  readonly standIns: Readonly<Record<string, StandIn>>;
  /** All of it, as sentences. */
  readonly sentences: readonly string[];
}

/** The one action whose outputs the others need. */
const appToken = 'actions/create-github-app-token';

/**
 * Makes up what the workflows name. Secrets that a run stores are not made up: they are missing until then.
 *
 * @param sources the workflows
 * @param world   whose keys and tokens open something
 * @param command what is given in place of it
 */
export function makeUp(
  sources: readonly Source[],
  { emulator, server }: { readonly emulator: Emulator; readonly server: GitHubServer },
  { secrets, variables: vars }: Pick<WorkflowCommand, 'secrets' | 'variables'>,
): MadeUp {
  const text = JSON.stringify(sources.map(({ file }) => file));
  const written = (input: string, variable?: string): string =>
    JSON.stringify([
      sources.flatMap(({ steps }) => steps.map((step) => step.with[input])),
      variable === undefined ? [] : [...text.matchAll(new RegExp(`"${variable}":"[^"]*"`, 'gu'))],
    ]);
  const all = named('secrets', text);
  // That name has no other use, where the way to the input cannot be seen.
  const keys = new Set([
    ...named('secrets', written('api_key', 'CORALOGIX_API_KEY')),
    ...all.filter((name) => name === 'CORALOGIX_API_KEY'),
  ]);
  const tokens = named('secrets', written('github_token'));
  const stored = new Set([
    ...named('secrets', written('stored_value')),
    ...sources.flatMap(({ steps }) => steps.flatMap((step) => step.with['secret_name'] ?? [])),
  ]);
  const teams = named('vars', written('team_id', 'CORALOGIX_TEAM_ID'));
  const others = without(all, [...keys, ...tokens, ...stored, 'GITHUB_TOKEN']);
  const variables = without(named('vars', text), teams);
  const used = [...new Set(sources.flatMap((source) => source.others))];
  const missing = [...stored].filter((name) => all.includes(name));
  const given = { secrets: Object.keys(secrets), variables: Object.keys(vars) };
  return {
    secrets: {
      ...each([...keys], () => emulator.tokens.admin),
      ...each(tokens, () => server.tokens.personal),
      ...each(others, () => `made-up-${randomBytes(12).toString('hex')}`),
      ...secrets,
    },
    variables: {
      ...each(teams, () => String(emulator.teamId)),
      ...each(variables, (name) => `made-up-${name.toLowerCase()}`),
      ...vars,
    },
    standIns: standIns(used, server),
    sentences: [
      ...about(without([...keys], given.secrets), 'secret', "the emulator's management key"),
      ...about(
        without(tokens, given.secrets),
        'secret',
        'a token of the local GitHub that may do all',
      ),
      ...about(without(missing, given.secrets), 'secret', 'nothing, until a run stores it'),
      ...about(without(others, given.secrets), 'secret', 'made up'),
      ...about(given.secrets, 'secret', 'as given'),
      ...about(
        without(teams, given.variables),
        'variable',
        `the emulator's team, ${emulator.teamId}`,
      ),
      ...about(without(variables, given.variables), 'variable', 'made up'),
      ...about(given.variables, 'variable', 'as given'),
      ...used.map((name) => `${name}: ${standInFor(name)}`),
    ],
  };
}

function standIns(used: readonly string[], server: GitHubServer): MadeUp['standIns'] {
  const token = server.tokens.personal;
  return Object.fromEntries(
    used.map((name) => [
      name,
      name === appToken ? { outputs: { token }, masked: ['token'] } : { outputs: {} },
    ]),
  );
}

function standInFor(name: string): string {
  if (name === appToken) return 'not run; its token is one of the local GitHub that may do all';
  return name === 'actions/checkout'
    ? 'not run'
    : 'not run; it counts as a success, and its outputs are empty';
}

function about(names: readonly string[], kind: string, what: string): readonly string[] {
  if (names.length === 0) return [];
  return [`${kind}${names.length > 1 ? 's' : ''} ${names.join(', ')}: ${what}`];
}

/** The names that expressions take from a context, as written: `secrets.NAME`, `secrets['NAME']`. */
function named(context: 'secrets' | 'vars', text: string): readonly string[] {
  const found = text.matchAll(
    new RegExp(`\\b${context}(?:\\.([A-Za-z_][\\w-]*)|\\[\\s*'([^']+)'\\s*\\])`, 'gu'),
  );
  return [...new Set(Array.from(found, ([, plain, quoted]) => plain ?? quoted ?? ''))];
}

function without(names: readonly string[], others: readonly string[]): readonly string[] {
  return names.filter((name) => !others.includes(name));
}

function each(
  names: readonly string[],
  value: (name: string) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, value(name)]));
}
