import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { startBudget, systemClock } from '../../src/core/clock.ts';
import type { Failure } from '../../src/core/failure.ts';
import { toFailure } from '../../src/core/failure.ts';
import { Secret } from '../../src/core/secret.ts';
import { connect } from '../../src/coralogix/connect.ts';
import { parseEndpoint } from '../../src/network/service-endpoint.ts';
import type { Emulator } from '../../tools/emulator/index.ts';
import { started } from '../tools/emulator/started.ts';

/** What a list is refused with. */
async function refusal(emulator: Emulator, apiKey: string): Promise<Failure> {
  const { endpoint: text } = emulator;
  const endpoint = parseEndpoint({ endpoint: text, region: undefined, domain: undefined });
  if (!endpoint.ok) throw new Error(endpoint.problems.join());
  const { keys, close } = await connect(
    {
      endpoint: endpoint.value,
      proxy: undefined,
      extraCertificates: undefined,
      apiKey: new Secret(apiKey),
    },
    {
      clock: systemClock,
      budget: startBudget(systemClock, 20_000),
      mask: () => undefined,
      debug: () => undefined,
      allowEarlyRequest: true,
    },
  );
  try {
    await keys.list();
  } catch (thrown) {
    return toFailure(thrown);
  } finally {
    close();
  }
  throw new Error('nothing was refused');
}

describe('a refused key', () => {
  const wrongKind =
    /^`api_key` begins with "cxtp_".* probably one of those, and not the management/u;

  test('that begins as Send-Your-Data keys do is probably of the wrong kind, and is not shown', async () => {
    const emulator = await started({ tls: 'plain' });
    const unknown = `cxtp_${randomBytes(12).toString('hex')}`;
    const powerless = `cxtp_${randomBytes(12).toString('hex')}`;
    emulator.store.addCaller(powerless, { teamId: emulator.teamId, permissions: 'none' });
    for (const [key, kind] of [
      [unknown, 'auth'],
      [powerless, 'permission'],
    ] as const) {
      const failure = await refusal(emulator, key);
      expect(failure.kind).toBe(kind);
      expect(failure.hint).toMatch(wrongKind);
      expect(failure.report.includes(key.slice('cxtp_'.length))).toBe(false);
    }
  });

  test('of another kind is not suspected, nor is one that meets another failure', async () => {
    const emulator = await started({ tls: 'plain' });
    const other = await refusal(emulator, `cxup_${randomBytes(12).toString('hex')}`);
    expect(other.hint).not.toContain('cxtp_');
    const key = `cxtp_${randomBytes(12).toString('hex')}`;
    emulator.inject({ rpc: '*', fault: { kind: 'status', code: 3, message: 'no' } });
    expect((await refusal(emulator, key)).hint).not.toContain('cxtp_');
  });
});
