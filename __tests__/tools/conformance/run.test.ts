import grpc from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from '@jest/globals';
import { mostKeys } from '../../../tools/conformance/account.ts';
import { namePrefix } from '../../../tools/conformance/clean-up.ts';
import { probeGroups } from '../../../tools/conformance/probes/index.ts';
import { outcomeLine } from '../../../tools/conformance/report.ts';
import { runProbes, type Outcome, type RunResult } from '../../../tools/conformance/run.ts';
import type { EmulatorOptions } from '../../../tools/emulator/index.ts';
import { alterations } from './alterations.ts';
import {
  behaving,
  ingestionAlterations,
  ingestionTrouble,
  otherIngestions,
} from './ingestion-alterations.ts';
import { startAltered, type Alteration, type AlteredService } from './altered-service.ts';

const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const asItIs: Alteration = ({ forward }) => forward();

async function started(alter = asItIs, options?: EmulatorOptions): Promise<AlteredService> {
  const service = await startAltered(alter, options);
  ends.push(() => service.stop());
  return service;
}

const never = new AbortController().signal;

const ask = (service: AlteredService, groups = probeGroups, signal = never): Promise<RunResult> =>
  runProbes({ target: service.target, groups, signal });

const idsOf = (outcomes: readonly Outcome[], verdict: Outcome['verdict']): readonly string[] =>
  outcomes.filter((outcome) => outcome.verdict === verdict).map(({ probe }) => probe.id);

const only = (...ids: readonly string[]): typeof probeGroups => [
  {
    title: 'Some',
    probes: probeGroups.flatMap(({ probes }) => probes.filter(({ id }) => ids.includes(id))),
  },
];

const lagIds = ['K90', 'K91', 'K92', 'K93', 'K94', 'K95'];

describe('asking the emulator', () => {
  test('all that is assumed agrees, and nothing is left', async () => {
    const service = await started();
    const { store, teamId } = service.emulator;
    const others = store.add(
      { teamId, name: 'of somebody else' },
      { teamId, name: namePrefix.slice(0, -1) },
      { teamId, name: ` ${namePrefix}x` },
    );
    const made: string[] = [];
    let most = 0;
    store.onCommit(({ kind, key }) => {
      if (kind === 'created') made.push(key.name);
      most = Math.max(most, store.keys().length - others.length);
    });
    const { outcomes, sweptKeys, leftBehind } = await ask(service);
    expect(outcomes.filter(({ verdict }) => verdict !== 'agrees')).toEqual([]);
    expect(outcomes).toHaveLength(probeGroups.flatMap(({ probes }) => probes).length);
    expect([sweptKeys, leftBehind]).toEqual([0, []]);
    expect(store.keys()).toEqual(others);
    expect(most).toBeLessThanOrEqual(mostKeys);
    // The key without a name is asked for where nobody else has keys, or when told to.
    expect(made.filter((name) => !name.startsWith(namePrefix))).toEqual(['']);
  });

  test('whoever takes no risk makes no key that a later run could not find', async () => {
    const service = await started();
    const { store } = service.emulator;
    const unfound: string[] = [];
    store.onCommit(({ key }) => {
      const isListed = key.presets.includes('SendData');
      if (!key.name.startsWith(namePrefix) || !isListed) unfound.push(key.name);
    });
    const { outcomes } = await runProbes({
      target: { ...service.target, isRiskTaken: false },
      groups: probeGroups,
      signal: never,
    });
    expect(unfound).toEqual([]);
    expect(idsOf(outcomes, 'differs')).toEqual([]);
    expect(idsOf(outcomes, 'undetermined')).toEqual(['K15', 'K64', 'K81']);
  });

  test('reads and writes that lag are waited for, and measured', async () => {
    const service = await started(asItIs, { readLagMs: 100 });
    const target = { ...service.target, waitMs: 20_000 };
    // Of each kind one, and all that measure.
    const groups = only('K11', 'K22', 'K40', 'K49', 'K62', 'K66', 'K67', 'K68', ...lagIds);
    const { outcomes, leftBehind } = await runProbes({ target, groups, signal: never });
    expect(outcomes.filter(({ verdict }) => verdict !== 'agrees')).toEqual([]);
    const measured = outcomes.find(({ probe }) => probe.id === 'K91');
    expect(measured?.detail).toMatch(/^the last of \d+ looks in vain began after \d+ ms$/u);
    expect([leftBehind, service.emulator.store.keys()]).toEqual([[], []]);
  });
});

describe('an emulator with one behaviour that is not assumed', () => {
  test.each(alterations)('$does: $breaks differs, and no other', async ({ breaks, make }) => {
    const service = await started(make());
    const { outcomes, leftBehind } = await ask(service);
    expect(idsOf(outcomes, 'differs')).toEqual([breaks]);
    expect([leftBehind, service.emulator.store.keys()]).toEqual([[], []]);
  });

  test('they are at least ten, and each breaks another assumption', () => {
    const broken = new Set(alterations.map(({ breaks }) => breaks));
    expect(broken.size).toBe(alterations.length);
    expect(broken.size).toBeGreaterThanOrEqual(10);
  });
});

const ingestionIds = probeGroups
  .flatMap(({ probes }) => probes.map(({ id }) => id))
  .filter((id) => id.startsWith('I'));

describe('an ingestion with one behaviour that is not assumed', () => {
  // The other assumptions are asked of the API alone.
  const groups = only(...ingestionIds);

  test.each(ingestionAlterations)('$does: $breaks differs, and no other', async (altered) => {
    const { breaks, ingestion } = altered;
    const service = await started(behaving(altered), ingestion === undefined ? {} : { ingestion });
    const { outcomes, leftBehind } = await ask(service, groups);
    expect(idsOf(outcomes, 'differs')).toEqual([breaks]);
    expect([leftBehind, service.emulator.store.keys()]).toEqual([[], []]);
  });

  test('one that is over quota, or in trouble, gives no answer', async () => {
    const results = await Promise.all(
      ingestionTrouble.map(async (ingestion) => ask(await started(asItIs, { ingestion }), groups)),
    );
    const undetermined = results.map(({ outcomes }) => idsOf(outcomes, 'undetermined'));
    expect(undetermined).toEqual(ingestionTrouble.map(() => ingestionIds));
  });

  test.each(otherIngestions)('one that %s agrees in all', async (_does, ingestion) => {
    const service = await started(asItIs, { ingestion });
    const { outcomes } = await ask(service, groups);
    expect(outcomes.filter(({ verdict }) => verdict !== 'agrees')).toEqual([]);
  });

  test('delays are waited for, measured, and told', async () => {
    const delays = { newKeysAcceptedAfterMs: 300, retiredKeysRefusedAfterMs: 300 };
    const service = await started(asItIs, { ingestion: delays });
    const target = { ...service.target, waitMs: 20_000 };
    const { outcomes } = await runProbes({ target, groups, signal: never });
    expect(outcomes.filter(({ verdict }) => verdict !== 'agrees')).toEqual([]);
    const lines = outcomes.filter(({ probe }) => probe.isMeasured).map(outcomeLine);
    expect(lines).toHaveLength(4);
    for (const line of lines) {
      expect(line).toMatch(
        /Seen: within \d+ ms \(the last of \d+ looks in vain began after \d+ ms\)\.$/u,
      );
    }
  });

  test('nothing is sent, and no key made, where nobody knows where telemetry goes', async () => {
    const service = await started();
    const target = { ...service.target, ingestion: undefined };
    const { outcomes } = await runProbes({ target, groups, signal: never });
    expect(new Set(outcomes.map(({ verdict, seen }) => `${verdict}: ${seen}`))).toEqual(
      new Set(['undetermined: where telemetry goes is not known: give --ingestion-endpoint']),
    );
    expect(service.emulator.journal.attempts('CreateApiKey')).toBe(0);
    expect(service.emulator.ingestion.requests).toEqual([]);
  });

  test('what is sent holds no records, so that nothing is stored', async () => {
    const service = await started();
    await ask(service, groups);
    const { requests } = service.emulator.ingestion;
    expect(requests.length).toBeGreaterThan(8);
    const received = service.emulator.store
      .deletedKeys()
      .map(({ id }) => service.emulator.ingestion.received(id));
    expect(received.map(({ logs, traces, metrics }) => logs + traces + metrics)).toEqual(
      received.map(() => 0),
    );
  });
});

describe('trouble', () => {
  test('is no answer: what it met is undetermined, and nothing is left', async () => {
    const service = await started();
    service.emulator.inject({ rpc: 'CreateApiKey', fault: { kind: 'commit-then-drop' } });
    const { outcomes, leftBehind } = await ask(service, only('K20', 'K30', 'K32'));
    expect(outcomes.map(({ verdict }) => verdict)).toEqual(['undetermined', 'agrees', 'agrees']);
    expect(service.emulator.store.deletedKeys()).toHaveLength(3);
    expect([leftBehind, service.emulator.store.keys()]).toEqual([[], []]);
  });

  test('a key whose answer was lost is found, also by a list that lags', async () => {
    const service = await started(asItIs, { readLagMs: 300 });
    service.emulator.inject({ rpc: 'CreateApiKey', fault: { kind: 'commit-then-drop' } });
    const target = { ...service.target, waitMs: 20_000 };
    const { leftBehind } = await runProbes({ target, groups: only('K20'), signal: never });
    expect(service.emulator.store.deletedKeys()).toHaveLength(1);
    expect([leftBehind, service.emulator.store.keys()]).toEqual([[], []]);
  });

  test('a key without a name whose answer was lost is told of', async () => {
    const service = await started();
    service.emulator.inject({ rpc: 'CreateApiKey', fault: { kind: 'commit-then-drop' } });
    const { leftBehind } = await ask(service, only('K15'));
    expect(leftBehind).toEqual(['A key without a name may have been made, and be left.']);
  });

  test('a caller whom List refuses is told so, and nothing is made', async () => {
    const service = await started();
    const target = { ...service.target, token: 'cxup_nobody' };
    const run = runProbes({ target, groups: probeGroups, signal: never });
    await expect(run).rejects.toThrow(
      'an altered emulator does not list the keys: UNAUTHENTICATED, invalid API key. Nothing was made.',
    );
    expect(service.emulator.journal.attempts('CreateApiKey')).toBe(0);
  });

  test('a run that is ended deletes what it has made', async () => {
    const service = await started();
    const interruption = new AbortController();
    service.emulator.store.onCommit(({ kind }) => {
      if (kind === 'updated') interruption.abort(new Error('ended'));
    });
    const { outcomes, leftBehind } = await ask(service, probeGroups, interruption.signal);
    expect(idsOf(outcomes, 'differs')).toEqual([]);
    expect(idsOf(outcomes, 'undetermined')).toContain('K95');
    expect([leftBehind, service.emulator.store.keys()]).toEqual([[], []]);
  });

  test('what cannot be deleted is named', async () => {
    const service = await started((call) =>
      call.rpc === 'DeleteApiKey'
        ? { code: grpc.status.PERMISSION_DENIED, details: 'not you' }
        : call.forward(),
    );
    const { leftBehind } = await ask(service, only('K20'));
    const [key] = service.emulator.store.keys();
    expect(leftBehind).toEqual([
      `The key ${key?.id} is not deleted: PERMISSION_DENIED. Its name is ${key?.name}`,
    ]);
  });
});
