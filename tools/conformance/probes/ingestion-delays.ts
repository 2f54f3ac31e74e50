import type { Account } from '../account.ts';
import type { Probe } from '../probe.ts';
import { Undetermined } from '../undetermined.ts';
import type { Waited } from '../wait.ts';
import { lagSeen } from './lag.ts';
import { acceptedKey, isAccepted, isRefused, sendUntil, type AcceptedKey } from './sending.ts';

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

const rows: readonly DelayRow[] = [
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

/** How long the ingestion takes to hear of what becomes of a key: measured, and bounded. */
export const delays: readonly Probe[] = rows.map(delayProbe);
