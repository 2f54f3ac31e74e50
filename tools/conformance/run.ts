import { randomBytes } from 'node:crypto';
import { Account } from './account.ts';
import { deleteKeys, namePrefix, type CleanUp } from './clean-up.ts';
import { Client } from './client.ts';
import { Ingestion } from './ingestion.ts';
import { checkProbes, type Probe, type ProbeGroup } from './probe.ts';
import type { Target } from './target.ts';
import { Undetermined } from './undetermined.ts';

/** What a probe came to. */
export interface Outcome {
  readonly probe: Probe;
  readonly verdict: 'agrees' | 'differs' | 'undetermined';
  /** What was seen; why nothing could be, where it is undetermined. */
  readonly seen: string;
  readonly detail: string | undefined;
}

/** What a run came to. */
export interface RunResult {
  readonly outcomes: readonly Outcome[];
  /** How many keys of earlier runs were found and deleted. */
  readonly sweptKeys: number;
  /** What could not be cleaned up; a sentence each. */
  readonly leftBehind: readonly string[];
}

/** How a run is made. */
export interface RunOptions {
  readonly target: Target;
  readonly groups: readonly ProbeGroup[];
  /** Ends the run early; what was made is deleted all the same. */
  readonly signal: AbortSignal;
  /** Told of each outcome as it comes. */
  readonly onOutcome?: (outcome: Outcome, group: ProbeGroup) => void;
}

/**
 * Asks a service about every assumption, one after the other. First it deletes what an earlier run left
 * behind that was killed, last what it made itself, however it ends. So two runs at a time in one team
 * disturb each other.
 *
 * @throws Error when the service cannot be used at all; nothing was made then
 */
export async function runProbes({
  target,
  groups,
  signal,
  onOutcome,
}: RunOptions): Promise<RunResult> {
  checkProbes(groups);
  const client = new Client(target);
  const ingestion =
    target.ingestion === undefined
      ? undefined
      : new Ingestion(target.ingestion, client.redaction, signal);
  try {
    await requireList(client, target, signal);
    const { waitMs } = target;
    const earlier = {
      prefix: namePrefix,
      known: new Map<string, string>(),
      lost: new Set<string>(),
    };
    const swept = await deleteKeys(client, { ...earlier, waitMs });
    const account = new Account(target, { client, ingestion }, newRun(), signal);
    const outcomes: Outcome[] = [];
    let cleanUp: CleanUp;
    try {
      for (const group of groups) {
        for (const probe of group.probes) {
          const outcome = await outcomeOf(probe, account, client, signal);
          outcomes.push(outcome);
          onOutcome?.(outcome, group);
        }
      }
    } finally {
      cleanUp = await account.cleanUp();
    }
    const leftBehind = [...new Set([...swept.problems, ...cleanUp.problems])];
    return { outcomes, sweptKeys: swept.deleted, leftBehind };
  } finally {
    ingestion?.close();
    client.close();
  }
}

/** When it was, and by chance: two runs never have the same. In figures and small letters only. */
const newRun = (): string =>
  `${new Date().toISOString().replaceAll(/\D/gu, '').slice(0, 14)}-${randomBytes(4).toString('hex')}`;

/** Without the list, nothing could be found again: better not to begin. */
async function requireList(client: Client, target: Target, signal: AbortSignal): Promise<void> {
  const answer = await client.call('GetSendDataApiKeys', {}, { signal });
  if (answer.reply !== undefined) return;
  throw new Error(
    `${target.name} does not list the keys: ${answer.status}, ${answer.details}. Nothing was made.`,
  );
}

async function outcomeOf(
  probe: Probe,
  account: Account,
  client: Client,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    signal.throwIfAborted();
    const { seen, detail } = await probe.ask(account);
    const verdict = probe.expected.includes(seen) ? 'agrees' : 'differs';
    return { probe, verdict, seen: client.redaction.apply(seen), detail: cleaned(detail, client) };
  } catch (thrown) {
    if (signal.aborted) return undetermined(probe, 'the run was ended');
    const isKnown = thrown instanceof Undetermined;
    const said = client.redaction.apply(thrown instanceof Error ? thrown.message : String(thrown));
    return undetermined(probe, isKnown ? said : `the probe failed: ${said}`);
  } finally {
    // What cannot be deleted now is tried again when the run ends.
    await account.release().catch(() => undefined);
  }
}

const cleaned = (detail: string | undefined, { redaction }: Client): string | undefined =>
  detail === undefined ? undefined : redaction.apply(detail);

const undetermined = (probe: Probe, seen: string): Outcome => ({
  probe,
  verdict: 'undetermined',
  seen,
  detail: undefined,
});
