import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { freshFolder, node24Path, type WorkflowEvent } from '../../tools/job-runner/index.ts';
import { push, scheduled } from '../support/github-events.ts';
import { startProxy } from '../support/proxy.ts';
import { job, repository, type Ran, type Repository } from './repository.ts';

/**
 * The workflows that set up senders, as they are written: with `region: EU2`, over a proxy that leads to
 * the emulator in place of Coralogix. So every output is what it is in earnest.
 */

const root = new URL('../../', import.meta.url);
const names = ['api.eu2.coralogix.com', 'ingress.eu2.coralogix.com'];
const exporter = fileURLToPath(new URL('__tests__/tools/emulator/ingestion/exporter.mjs', root));

const occurring = (
  { name, payload }: { readonly name: string; readonly payload: unknown },
  more: Readonly<Record<string, unknown>> = {},
): WorkflowEvent => ({ name, payload: { ...(payload as object), ...more } });

const pushed = occurring(push('refs/heads/main'));
const monthly = occurring(scheduled(), { schedule: '17 3 1 * *' });

const untested = new Set(
  (await readdir(new URL('docs/examples/', root))).filter((name) => name.startsWith('send-')),
);

const folders: string[] = [];

afterAll(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

interface Senders extends Repository {
  /** Runs an example. */
  readonly play: (event: WorkflowEvent) => Promise<Ran>;
  /** What the tools were called with, in order. */
  readonly tools: () => Promise<readonly string[]>;
  /** What a tool was given on its input, or wrote down. */
  readonly given: (name: string) => Promise<string>;
  /** Makes the tools fail from now on whose arguments hold this. */
  readonly failTool: (text: string) => Promise<void>;
  /** `host:port` of each place that was connected to. */
  readonly places: () => ReadonlySet<string>;
}

async function senders(example: string): Promise<Senders> {
  untested.delete(example);
  const text = await readFile(new URL(`docs/examples/${example}`, root), 'utf8');
  const repo = await repository({ extraNames: names });
  const { emulator } = repo;
  const proxy = await startProxy({
    kind: 'lead to',
    port: (target) => (target.startsWith('ingress.') ? emulator.ingestion.port : emulator.port),
  });
  const folder = await freshFolder('senders-');
  folders.push(folder);
  const inFolder = (name: string): string => join(folder, name).replaceAll('\\', '/');
  await writeFile(inFolder('ca.pem'), emulator.caCertificate);
  await tools(join(folder, 'commands'), inFolder);
  const read = (name: string): Promise<string> => readFile(inFolder(name), 'utf8');
  return {
    ...repo,
    play: (event) =>
      repo.run(text.replaceAll('\r\n', '\n'), event, {
        commandFolder: join(folder, 'commands'),
        env: {
          https_proxy: `http://${proxy.authority}`,
          INPUT_CA_CERTIFICATE: emulator.caCertificate,
          OTEL_EXPORTER_OTLP_CERTIFICATE: inFolder('ca.pem'),
        },
      }),
    tools: async () => {
      const lines = await read('calls').catch(() => '');
      return lines.split('\n').filter((line) => line !== '');
    },
    given: read,
    failTool: (what) => writeFile(inFolder('fails'), what),
    places: () => new Set(proxy.connects.map(({ target }) => target)),
  };
}

/** What stands for kubectl, helm, aws and fluent-bit; `npm start` is the real SDK of OpenTelemetry. */
async function tools(folder: string, inFolder: (name: string) => string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const calls = inFolder('calls');
  const noted = (name: string): string => `echo "${name} $*" >> '${calls}'
if [ -f '${inFolder('fails')}' ]; then
  case "$*" in *"$(cat '${inFolder('fails')}')"*) exit 1 ;; esac
fi
`;
  const scripts = {
    kubectl: `${noted('kubectl')}case "$1" in
  create) cat > '${inFolder('secret')}'; echo a manifest ;;
  apply) cat > '${inFolder('applied')}' ;;
esac`,
    helm: noted('helm'),
    aws: `${noted('aws')}cat > '${inFolder('secret')}'`,
    'fluent-bit': `${noted('fluent-bit')}printf '%s\\n%s\\n' "$Api_Key" "$Endpoint" > '${inFolder('variables')}'`,
    npm: `${noted('npm')}exec '${node24Path().replaceAll('\\', '/')}' '${exporter.replaceAll('\\', '/')}'`,
  };
  for (const [name, script] of Object.entries(scripts)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, name), 0o755);
  }
}

const nowhereElse = new Set(names.map((name) => `${name}:443`));

describe('send-opentelemetry.yml', () => {
  test('an SDK sends with the outputs as they are, in each deployment, with one key', async () => {
    const { play, keys, emulator, places, tools: called } = await senders('send-opentelemetry.yml');
    for (const [created, times] of [
      ['true', 1],
      ['false', 2],
    ] as const) {
      const ran = await play(pushed);
      expect(job(ran, 'deploy').steps[2]?.outputs).toMatchObject({
        ...{ created, verified: 'true', domain: 'eu2.coralogix.com' },
        otlp_endpoint: 'https://ingress.eu2.coralogix.com:443',
      });
      expect(job(ran, 'deploy').log).toContain('{"logs":null,"traces":null,"metrics":null}');
      expect(ran.result).toBe('success');
      const [key] = emulator.store.keys();
      // One more request is the proof of each run, which holds nothing.
      expect(emulator.ingestion.received(key?.id ?? '')).toEqual({
        ...{ logs: 3 * times, traces: 2 * times, metrics: 3 * times, requests: 4 * times },
      });
    }
    expect(keys()).toEqual(['my-app/environment/production: active']);
    expect(await called()).toEqual(['npm start', 'npm start']);
    expect(places()).toEqual(nowhereElse);
  });
});

describe('send-collector.yml', () => {
  const rollouts = ['daemonset', 'deployment'].flatMap((kind) =>
    ['restart', 'status'].map((what) => `kubectl rollout ${what} ${kind} --selector`),
  );

  test('hands the new key to the cluster, and retires the old one once all pods have it', async () => {
    const { play, seed, keys, value, given, tools: called } = await senders('send-collector.yml');
    seed('my-cluster/collector');
    const ran = await play(monthly);
    expect(ran.result).toBe('success');
    expect(await given('secret')).toBe(value('my-cluster/collector'));
    expect(await given('applied')).toBe('a manifest\n');
    expect(keys()).toEqual(['my-cluster/collector: active', 'my-cluster/collector: inactive']);
    const lines = await called();
    expect(lines.slice(2)).toEqual([
      'helm upgrade --install otel-coralogix-integration coralogix/otel-integration --render-subchart-notes --set global.domain=eu2.coralogix.com --set global.clusterName=my-cluster',
      ...rollouts.map((begin) => expect.stringMatching(`^${begin} `)),
    ]);
    // Both run at once.
    expect(new Set(lines.slice(0, 2))).toEqual(
      new Set([
        'kubectl create secret generic coralogix-keys --from-file=PRIVATE_KEY=/dev/stdin --dry-run=client --output yaml',
        'kubectl apply --filename -',
      ]),
    );
  });

  test.each(['create', 'apply', 'rollout status'])(
    'keeps the old key when `kubectl %s` fails',
    async (what) => {
      const { play, seed, emulator, failTool } = await senders('send-collector.yml');
      const old = seed('my-cluster/collector');
      await failTool(what);
      expect((await play(monthly)).result).toBe('failure');
      const active = emulator.store.keys().filter((key) => key.active);
      expect(active.map(({ id }) => id)).toEqual([old]);
    },
  );
});

describe('send-fluent-bit.yml', () => {
  test.each(['success', 'failure'])(
    'hands over a key for the job’s own log, also when it ends with %s, and none after it',
    async (end) => {
      const { play, fail, emulator, given, tools: called } = await senders('send-fluent-bit.yml');
      if (end === 'failure') await fail('deploy.sh');
      const ran = await play(pushed);
      expect(ran.result).toBe(end);
      const [gone] = emulator.store.deletedKeys();
      expect(emulator.store.keys()).toEqual([]);
      expect(await called()).toEqual(['fluent-bit -c fluent-bit.yaml']);
      expect(await given('variables')).toBe(`${gone?.value}\ningress.eu2.coralogix.com\n`);
    },
  );

  test('the configuration in docs/senders.md sends to there, over TLS, with that key', async () => {
    const page = await readFile(new URL('docs/senders.md', root), 'utf8');
    const blocks = Array.from(
      page.matchAll(/^```yaml\n([\s\S]*?)^```$/gmu),
      ([, text = '']) => text,
    );
    expect(blocks).toHaveLength(1);
    // As Fluent Bit does it, which takes variables anywhere.
    const values: Readonly<Record<string, string>> = { Api_Key: 'KEY', Endpoint: 'HOST' };
    const filledIn = (blocks[0] ?? '').replaceAll(/\$\{(\w+)\}/gu, (_, name: string) => {
      expect(Object.keys(values)).toContain(name);
      return values[name] ?? '';
    });
    const { pipeline } = parse(filledIn) as { pipeline: Record<string, readonly object[]> };
    expect(pipeline['inputs']).toEqual([
      expect.objectContaining({ name: 'tail', path: 'deploy.log', exit_on_eof: true }),
    ]);
    expect(pipeline['outputs']).toEqual([
      expect.objectContaining({
        ...{ name: 'opentelemetry', host: 'HOST', port: 443, logs_uri: '/v1/logs' },
        ...{ tls: 'on', 'tls.verify_hostname': 'on', header: ['Authorization Bearer KEY'] },
      }),
    ]);
  });
});

describe('send-lambda.yml', () => {
  test('stores the new key where the exporter reads it, and retires the old one in a later job', async () => {
    const {
      play,
      seed,
      keys,
      value,
      emulator,
      given,
      tools: called,
    } = await senders('send-lambda.yml');
    const old = seed('my-function/production');
    const stored: boolean[] = [];
    emulator.store.onCommit(({ kind, key }) => {
      if (kind === 'updated' && key.id === old) stored.push(key.active);
    });
    const ran = await play(monthly);
    expect(ran.jobs.map(({ id, result }) => [id, result])).toEqual([
      ['rotate', 'success'],
      ['retire', 'success'],
    ]);
    expect(await given('secret')).toBe(value('my-function/production'));
    expect(await called()).toEqual([
      'aws secretsmanager put-secret-value --secret-id my-function/coralogix --secret-string file:///dev/stdin',
    ]);
    // The end of the first job left it alone: what waits for a day is the second one.
    expect(job(ran, 'rotate').log).not.toContain('deactivated');
    expect(stored).toEqual([false]);
    expect(keys()).toEqual(['my-function/production: active', 'my-function/production: inactive']);
  });

  test('has nothing to retire the first time', async () => {
    const { play, keys } = await senders('send-lambda.yml');
    expect((await play(monthly)).result).toBe('success');
    expect(keys()).toEqual(['my-function/production: active']);
  });

  test('keeps the old key when AWS takes nothing', async () => {
    const { play, seed, emulator, failTool } = await senders('send-lambda.yml');
    const old = seed('my-function/production');
    await failTool('put-secret-value');
    const ran = await play(monthly);
    expect(ran.jobs.map(({ result }) => result)).toEqual(['failure', 'skipped']);
    const active = emulator.store.keys().filter((key) => key.active);
    expect(active.map(({ id }) => id)).toContain(old);
  });
});

test('no workflow that sets up a sender is without a test', () => {
  expect([...untested]).toEqual([]);
});
