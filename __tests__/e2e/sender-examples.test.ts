import { endOf } from '../../src/names/stamp.ts';
import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { WorkflowEvent } from '../../tools/job-runner/index.ts';
import { push, scheduled } from '../support/github-events.ts';
import { job } from './repository.ts';
import { hosts, senders, type Senders } from './senders-repository.ts';

/**
 * The workflows that set up senders, as they are written: with `region: EU2`, over a proxy that leads to
 * the emulator in place of Coralogix. So every output is what it is in earnest.
 */

const root = new URL('../../', import.meta.url);

const occurring = (
  { name, payload }: { readonly name: string; readonly payload: unknown },
  more: Readonly<Record<string, unknown>> = {},
): WorkflowEvent => ({ name, payload: { ...(payload as object), ...more } });

const pushed = occurring(push('refs/heads/main'));
const monthly = occurring(scheduled(), { schedule: '17 3 1 * *' });

const untested = new Set(
  (await readdir(new URL('docs/examples/', root))).filter((name) => name.startsWith('send-')),
);

function tested(example: string): Promise<Senders> {
  untested.delete(example);
  return senders(example);
}

const nowhereElse = new Set(hosts.map((name) => `${name}:443`));

describe('send-opentelemetry.yml', () => {
  test('an SDK sends with the outputs as they are, in each deployment, with one key', async () => {
    const { play, keys, emulator, places, tools: called } = await tested('send-opentelemetry.yml');
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
    const { play, seed, keys, value, given, tools: called } = await tested('send-collector.yml');
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
      const { play, seed, emulator, failTool } = await tested('send-collector.yml');
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
      const { play, fail, emulator, given, tools: called } = await tested('send-fluent-bit.yml');
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
  test('stores the new key where the exporter reads it, and lets the old one work for a day', async () => {
    const {
      play,
      seed,
      keys,
      value,
      emulator,
      given,
      tools: called,
    } = await tested('send-lambda.yml');
    const old = seed('my-function/production');
    const ran = await play(monthly);
    expect(ran.jobs.map(({ id, result }) => [id, result])).toEqual([['rotate', 'success']]);
    expect(await given('secret')).toBe(value('my-function/production'));
    expect(await called()).toEqual([
      'aws secretsmanager put-secret-value --secret-id my-function/coralogix --secret-string file:///dev/stdin',
    ]);
    expect(keys()).toEqual([
      expect.stringMatching(/^my-function\/production ~until-\d{8}T\d{4}Z: active$/u),
      'my-function/production: active',
    ]);
    const { name = '' } = emulator.store.keys().find(({ id }) => id === old) ?? {};
    const hours = ((endOf(name) ?? NaN) - Date.now()) / 3_600_000;
    expect(Math.round(hours)).toBe(24);
  });

  test('has nothing to retire the first time', async () => {
    const { play, keys } = await tested('send-lambda.yml');
    expect((await play(monthly)).result).toBe('success');
    expect(keys()).toEqual(['my-function/production: active']);
  });

  test('keeps the old key, and takes the new one back, when AWS takes nothing', async () => {
    const { play, seed, keys, failTool, value } = await tested('send-lambda.yml');
    seed('my-function/production');
    const before = value('my-function/production');
    await failTool('put-secret-value');
    expect((await play(monthly)).result).toBe('failure');
    expect(keys()).toEqual(['my-function/production: active', 'my-function/production: inactive']);
    expect(value('my-function/production')).toBe(before);
  });
});

test('no workflow that sets up a sender is without a test', () => {
  expect([...untested]).toEqual([]);
});
