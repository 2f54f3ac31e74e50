import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect } from '@jest/globals';
import type { Emulator, EmulatorOptions } from '../../tools/emulator/index.ts';
import {
  findLeaks,
  freshFolder,
  runWorkflow,
  stepRunsOf,
  type JobRun,
  type WorkflowEvent,
  type WorkflowOptions,
  type WorkflowRun,
} from '../../tools/job-runner/index.ts';
import type { SecretStore } from '../../tools/job-runner/secrets.ts';
import type { GitHubServer } from '../../tools/github/server.ts';
import { storedSecrets } from '../../tools/github/stored-secrets.ts';
import { emulated } from './harness.ts';
import { gitHub } from './life-github.ts';

/** The repository acme/shop with its workflows: whoever uses the action. */
export interface Repository {
  readonly emulator: Emulator;
  readonly server: GitHubServer;
  /** Runs a workflow that has to be triggered. */
  readonly run: (
    text: string,
    event: WorkflowEvent,
    options?: Partial<WorkflowOptions>,
  ) => Promise<Ran>;
  /**
   * What its scripts were called with, in order: `SCRIPT ENVIRONMENT BRANCH PULL_REQUEST`, as far as they were
   * given, and the key's value.
   */
  readonly calls: () => Promise<readonly (readonly [what: string, value: string])[]>;
  /** Makes a script of the repository fail from now on, where the environment is this one. */
  readonly fail: (script: string, environment?: string) => Promise<void>;
  /** Puts a file into the repository. */
  readonly write: (file: string, text: string) => Promise<void>;
  /**
   * Puts a command before those of the machine.
   *
   * @param script the lines of a shell's script, given the path of a file for its notes
   * @returns what reads the notes
   */
  readonly command: (
    name: string,
    script: (notes: string) => string,
  ) => Promise<() => Promise<string>>;
  /** Makes a key as if somebody had made it long ago. */
  readonly seed: (name: string, active?: boolean) => string;
  /** All keys, as `NAME: active` or `NAME: inactive`, sorted. */
  readonly keys: () => readonly string[];
  /** The value of the one active key with this name. */
  readonly value: (name: string) => string | undefined;
  /** What `vault.sh` keeps, by name. */
  readonly vault: {
    readonly read: (name: string) => Promise<string>;
    readonly lose: (name: string) => Promise<void>;
    /** Whether it takes nothing more, from now on. */
    readonly refuse: (isRefusing: boolean) => Promise<void>;
  };
}

/** A workflow that has run. */
export type Ran = Extract<WorkflowRun, { readonly triggered: true }>;

const folders: string[] = [];

afterAll(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** Makes the repository, on an emulator and a GitHub of its own. */
export async function repository(options: EmulatorOptions = {}): Promise<Repository> {
  const [emulator, server] = await Promise.all([
    emulated(options),
    gitHub({
      environments: ['staging', 'production'],
      others: { 'acme/billing': { branches: ['main'], pulls: [], environments: [] } },
    }),
  ]);
  const { teamId } = emulator;
  const folder = await freshFolder('repository-');
  folders.push(folder);
  // Beside the workspace: what stands there in clear is not what a step wrote by itself.
  const record = join(folder, 'calls');
  const workspace = join(folder, 'workspace');
  await script(workspace, 'deploy.sh', record);
  await script(workspace, 'smoke-test.sh', record);
  await script(workspace, 'remove.sh', record);
  const kept = (name: string): string => join(folder, `vault-${name.replaceAll('/', '-')}`);
  await vaultScript(workspace, join(folder, 'vault-'));
  await script(join(folder, 'commands'), 'npm', record);

  return {
    emulator,
    server,
    async run(text, event, more = {}) {
      const ran = await runWorkflow({
        workflow: { text },
        event,
        github: { repository: server.repository, api_url: server.url },
        actionReference: 'example-org/coralogix-api-keys-action',
        ...actionFolder(),
        secrets: () => secretsOf(server, emulator),
        vars: { CORALOGIX_TEAM_ID: String(teamId) },
        token: server.tokens.github,
        standIns: {
          'actions/create-github-app-token': {
            outputs: { token: server.tokens.app },
            masked: ['token'],
          },
        },
        workspace,
        commandFolder: join(folder, 'commands'),
        env: reaching(emulator),
        ...more,
      });
      if (!ran.triggered) throw new Error(ran.reason);
      expectNoLeaks(ran, emulator);
      return ran;
    },
    async calls() {
      const text = await readFile(record, 'utf8').catch(() => '');
      const lines = text.split('\n').filter((line) => line !== '');
      return lines.map((line) => {
        const [what = '', value = ''] = line.split('\t');
        return [what.trim().replace(/ +/gu, ' '), value] as const;
      });
    },
    fail: (name, environment = '') => writeFile(`${record}-${name}-fails`, `${environment}\n`),
    write: (file, text) => writeFile(join(workspace, file), text),
    async command(name, lines) {
      const notes = join(folder, `notes-${name}`);
      const text = `#!/bin/sh\n${lines(notes.replaceAll('\\', '/'))}\n`;
      await writeFile(join(folder, 'commands', name), text, { mode: 0o755 });
      return () => readFile(notes, 'utf8').catch(() => '');
    },
    vault: {
      read: (name) => readFile(kept(name), 'utf8'),
      lose: (name) => rm(kept(name)),
      refuse: (isRefusing) => (isRefusing ? writeFile(kept('refuses'), '') : rm(kept('refuses'))),
    },
    ...keysOf(emulator),
  };
}

/** How steps reach an emulator: the runner hands inputs over as such variables, so a workflow is as written. */
export function reaching(emulator: Emulator): Readonly<Record<string, string | undefined>> {
  return {
    INPUT_REGION: undefined,
    INPUT_ENDPOINT: emulator.endpoint,
    INPUT_CA_CERTIFICATE: emulator.caCertificate,
  };
}

/** A vault's command: `vault.sh read NAME`, and `vault.sh write NAME` of what the environment holds. */
async function vaultScript(folder: string, kept: string): Promise<void> {
  await writeFile(
    join(folder, 'vault.sh'),
    `#!/bin/sh
file="${kept.replaceAll('\\', '/')}$(printf %s "$2" | tr / -)"
case "$1" in
  read) cat "$file" 2>/dev/null || true ;;
  write) [ ! -e '${kept.replaceAll('\\', '/')}refuses' ] || exit 1; printf %s "$CORALOGIX_PRIVATE_KEY" > "$file" ;;
esac
`,
    { mode: 0o755 },
  );
}

/** The management key, a token, and what steps have stored, as GitHub would hand them to a job. */
export function secretsOf(server: GitHubServer, { tokens }: Emulator): SecretStore {
  return storedSecrets(server, {
    CORALOGIX_API_KEY: tokens.admin,
    SECRETS_TOKEN: server.tokens.personal,
  });
}

function keysOf({ store, teamId, tokens }: Emulator): Pick<Repository, 'seed' | 'keys' | 'value'> {
  return {
    seed(name, active = true) {
      const [made] = store.seed(1, name, { teamId, active });
      if (made === undefined) throw new Error('Nothing was seeded.');
      store.update(tokens.admin, { keyId: made.id, newName: name });
      return made.id;
    },
    keys: () =>
      store
        .keys()
        .map(({ name, active }) => `${name}: ${active ? 'active' : 'inactive'}`)
        .sort(),
    value(name) {
      const [key, ...others] = store.keys().filter((one) => one.name === name && one.active);
      return others.length > 0 ? undefined : key?.value;
    },
  };
}

/** The job with this id; one of a matrix by its name. */
export function job(ran: Ran, id: string): JobRun {
  const found = ran.jobs.find((one) => one.id === id || one.name === id);
  if (found === undefined) throw new Error(`No job ${id}.`);
  return found;
}

function actionFolder(): { readonly actionFolder?: string } {
  const folder = process.env['ACTION_FOLDER'];
  return folder === undefined ? {} : { actionFolder: folder };
}

/** A script that prints the key, as scripts do, and notes what it was called with. */
async function script(folder: string, name: string, record: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = record.replaceAll('\\', '/');
  await writeFile(
    join(folder, name),
    `#!/bin/sh
echo "${name} with the key $CORALOGIX_PRIVATE_KEY"
printf '%s\\t%s\\n' "${name} $ENVIRONMENT $BRANCH $PULL_REQUEST" "$CORALOGIX_PRIVATE_KEY" >> '${file}'
if [ -f '${file}-${name}-fails' ]; then
  read -r where < '${file}-${name}-fails'
  [ "$where" != "$ENVIRONMENT" ] || exit 1
fi
`,
  );
  await chmod(join(folder, name), 0o755);
}

function expectNoLeaks(ran: Ran, { tokens }: Emulator): void {
  const ofAction = stepRunsOf(ran).filter(({ inputs }) => 'operation' in inputs);
  const secrets = new Set(ofAction.flatMap(({ masks }) => masks));
  const values = [...secrets].filter((value) => value !== tokens.admin);
  expect(findLeaks(ofAction, values)).toEqual([]);
  expect(findLeaks(ofAction, [{ value: tokens.admin, outputs: [] }])).toEqual([]);
  const logs = ran.jobs.map(({ log }) => log).join('');
  expect([...secrets].some((secret) => logs.includes(secret))).toBe(false);
}
