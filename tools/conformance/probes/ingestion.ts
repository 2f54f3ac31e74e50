import { randomInt } from 'node:crypto';
import type { Account, MadeKey } from '../account.ts';
import type { Export, Ingestion } from '../ingestion.ts';
import { group, type Probe, type Sight } from '../probe.ts';
import { Secret } from '../secret.ts';
import { Undetermined } from '../undetermined.ts';
import type { Waited } from '../wait.ts';
import { lagSeen } from './lag.ts';
import { need } from './seen.ts';
import { collectorExporter, otlpSpecification, vendorStatuses } from './sources.ts';

/** A key that was accepted, as it has to be for what comes then to mean anything. */
interface AcceptedKey extends MadeKey {
  readonly value: Secret;
  /** How long it took to be accepted. */
  readonly waited: Waited;
}

/** What says that a key was let in: an export may be refused for being empty, after that. */
const accepted: readonly string[] = ['OK', 'INVALID_ARGUMENT'];
const refused = 'UNAUTHENTICATED';

const ingestionOf = (account: Account): Ingestion =>
  need(account.ingestion, 'where telemetry goes is not known: give --ingestion-endpoint');

/** Sends with a key until something fits, or as long as may be waited; and what came last. */
async function sendUntil(
  account: Account,
  key: Secret,
  fits: (seen: string) => boolean,
): Promise<{ readonly last: Export; readonly waited: Waited }> {
  const ingestion = ingestionOf(account);
  let last: Export = { seen: '', detail: '' };
  const waited = await account.waitUntil(async () => {
    last = await ingestion.send(key);
    return fits(last.seen);
  });
  return { last, waited };
}

const isAccepted = (seen: string): boolean => accepted.includes(seen);
const isRefused = (seen: string): boolean => seen === refused;

async function newKey(account: Account): Promise<MadeKey & { readonly value: Secret }> {
  // Before a key is made for it.
  ingestionOf(account);
  const made = await account.create();
  return { ...made, value: need(made.value, 'Create discloses no value') };
}

/** A key of the same shape that nobody has. */
function madeUp(value: Secret): Secret {
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
  const [, prefix = '', rest = ''] = /^([a-z]+_)?(.*)$/su.exec(value.reveal()) ?? [];
  const other = rest
    .replaceAll(/\d/gu, () => String(randomInt(10)))
    // Hexadecimal digits stay so, as in a UUID.
    .replaceAll(/[a-f]/gu, () => letters.charAt(randomInt(6)))
    .replaceAll(/[g-zA-Z]/gu, () => letters.charAt(randomInt(letters.length)));
  return new Secret(`${prefix}${other}`);
}

/**
 * A key that is accepted, where a made-up one is not.
 *
 * @throws `Undetermined` when that cannot be had: the assumptions that are about it say so
 */
async function acceptedKey(account: Account): Promise<AcceptedKey> {
  const made = await newKey(account);
  const { last, waited } = await sendUntil(account, made.value, isAccepted);
  if (!waited.isMet) throw new Undetermined(`a new key is not accepted: ${last.seen}`);
  const { seen } = await ingestionOf(account).send(madeUp(made.value));
  if (isAccepted(seen)) {
    throw new Undetermined(
      'a made-up key is accepted, too: the key of an empty export is no matter',
    );
  }
  return { ...made, waited };
}

const exportSeen = ({ seen, detail }: Export): Sight =>
  detail === '' ? { seen } : { seen, detail };

/** What came last of a wait; how long it was in vain. */
const lastSeen = ({ last, waited }: Awaited<ReturnType<typeof sendUntil>>): Sight =>
  waited.isMet
    ? exportSeen(last)
    : { seen: last.seen, detail: `still after ${waited.atLeastMs} ms; ${last.detail}` };

const answers: readonly Probe[] = [
  {
    id: 'I01',
    assumption: 'An export without records is OK with a new key, or INVALID_ARGUMENT.',
    mark: 'inferred',
    source: `${otlpSpecification} (an empty request is a success); ${vendorStatuses}`,
    expected: accepted,
    restsOn: '`verify`',
    ifWrong: {
      isSafe: true,
      then: '`verify` fails; the new key is taken back, and the old one stays',
    },
    ask: async (account) => {
      const { value } = await newKey(account);
      return lastSeen(await sendUntil(account, value, isAccepted));
    },
  },
  {
    id: 'I02',
    assumption:
      'An export without records is UNAUTHENTICATED with a made-up key of the same shape.',
    mark: 'inferred',
    source: `${collectorExporter} (a wrong key); that it is looked at when there are no records, nobody says`,
    expected: [refused],
    restsOn: '`verify`: without it an acceptance would prove nothing',
    ifWrong: { isSafe: true, then: '`verify` fails, and says that nothing is proven there' },
    ask: async (account) => {
      const { value } = await newKey(account);
      const { last, waited } = await sendUntil(account, value, isAccepted);
      if (!waited.isMet) throw new Undetermined(`a new key is not accepted: ${last.seen}`);
      return exportSeen(await ingestionOf(account).send(madeUp(value)));
    },
  },
  {
    id: 'I03',
    assumption: 'An export without records is UNAUTHENTICATED with an inactive key.',
    mark: 'inferred',
    source: `${collectorExporter} (a wrong key)`,
    expected: [refused],
    restsOn: '`deactivate`, and retiring a key: nobody can send with it any more',
    ifWrong: {
      isSafe: false,
      then: 'a key that was retired goes on working, unless `retire: delete`',
    },
    ask: async (account) => {
      const { id, value } = await acceptedKey(account);
      await account.update(id, { is_active: false });
      return lastSeen(await sendUntil(account, value, isRefused));
    },
  },
  {
    id: 'I04',
    assumption: 'An export without records is UNAUTHENTICATED with a deleted key.',
    mark: 'inferred',
    source: `${collectorExporter} (a wrong key)`,
    expected: [refused],
    restsOn: '`delete`, and `retire: delete`: nobody can send with it any more',
    ifWrong: { isSafe: false, then: 'a key that is gone goes on working' },
    ask: async (account) => {
      const { id, value } = await acceptedKey(account);
      await account.delete(id);
      return lastSeen(await sendUntil(account, value, isRefused));
    },
  },
];

/** How long `verify` asks for a key that is not known yet, where the step has no more time. */
const acceptanceBoundMs = 30_000;

/** Longer than that, whoever retires a key that has leaked would not think that it goes on working. */
const refusalBoundMs = 60_000;

interface DelayRow {
  readonly id: string;
  readonly assumption: string;
  readonly boundMs: number;
  readonly restsOn: string;
  readonly ifWrong: Probe['ifWrong'];
  /** What is waited for, from when the change is made. */
  readonly measure: (account: Account) => Promise<Waited>;
}

const delayProbe = ({ boundMs, measure, ...row }: DelayRow): Probe => ({
  ...row,
  mark: 'inferred',
  source: 'nothing published',
  expected: [`within ${boundMs} ms`],
  isMeasured: true,
  ask: async (account) => lagSeen(await measure(account), boundMs),
});

/** From a change to the refusal; a key that is never refused is another assumption's. */
async function untilRefused(
  account: Account,
  change: (id: string) => Promise<void>,
): Promise<{ readonly key: AcceptedKey; readonly waited: Waited }> {
  const key = await acceptedKey(account);
  await change(key.id);
  const { last, waited } = await sendUntil(account, key.value, isRefused);
  if (!waited.isMet) throw new Undetermined(`the key is not refused to the end: ${last.seen}`);
  return { key, waited };
}

const delays: readonly DelayRow[] = [
  {
    id: 'I10',
    assumption: 'A new key is accepted within 30 seconds.',
    boundMs: acceptanceBoundMs,
    restsOn: '`verify`, which asks for so long',
    ifWrong: { isSafe: true, then: '`verify` fails; a larger `timeout_seconds` waits longer' },
    measure: async (account) => (await acceptedKey(account)).waited,
  },
  {
    id: 'I11',
    assumption: 'A key that is deactivated is refused within a minute.',
    boundMs: refusalBoundMs,
    restsOn: 'what is done for a key that has leaked',
    ifWrong: {
      isSafe: false,
      then: 'it goes on working for a while after the step has said otherwise',
    },
    measure: async (account) =>
      (await untilRefused(account, (id) => account.update(id, { is_active: false }))).waited,
  },
  {
    id: 'I12',
    assumption: 'A key that is deleted is refused within a minute.',
    boundMs: refusalBoundMs,
    restsOn: 'what is done for a key that has leaked',
    ifWrong: {
      isSafe: false,
      then: 'it goes on working for a while after the step has said otherwise',
    },
    measure: async (account) => (await untilRefused(account, (id) => account.delete(id))).waited,
  },
  {
    id: 'I13',
    assumption: 'A key that is activated again is accepted within 30 seconds.',
    boundMs: acceptanceBoundMs,
    restsOn: '`activate`',
    ifWrong: { isSafe: true, then: 'who sends with it is refused for longer than one would think' },
    measure: async (account) => {
      const { key } = await untilRefused(account, (id) => account.update(id, { is_active: false }));
      await account.update(key.id, { is_active: true });
      return (await sendUntil(account, key.value, isAccepted)).waited;
    },
  },
];

/** What a key is for, and how soon the ingestion hears of what becomes of it. */
export const ingestion = group('Ingestion', [...answers, ...delays.map(delayProbe)]);
