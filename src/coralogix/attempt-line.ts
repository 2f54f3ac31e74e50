import type { Clock } from '../core/ports.ts';
import { CallError, type AnyRpc } from './transport.ts';

/** Takes a line for whoever debugs. */
export type Debug = (line: string) => void;

/** Which attempt it is, and where it is told. */
interface AttemptContext {
  readonly rpc: AnyRpc;
  /** The first one is 1. */
  readonly number: number;
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly debug: Debug;
}

/**
 * Makes an attempt, and tells how it went and how long it took: `GetApiKey, attempt 1: OK, 12 ms`. All of
 * the line is ours, a status among them: no id, no name, and nothing that the service says in words.
 *
 * @param attempt sends the call once
 * @param context which attempt it is
 */
export async function tellAttempt<T>(
  attempt: () => Promise<T>,
  { rpc, number, clock, debug }: AttemptContext,
): Promise<T> {
  const begun = clock.elapsed();
  const tell = (came: string): void => {
    debug(`${rpc}, attempt ${number}: ${came}, ${Math.round(clock.elapsed() - begun)} ms`);
  };
  try {
    const reply = await attempt();
    tell('OK');
    return reply;
  } catch (thrown) {
    tell(cameTo(thrown));
    throw thrown;
  }
}

function cameTo(thrown: unknown): string {
  if (!(thrown instanceof CallError)) return 'an answer that cannot be read';
  const { cause, status } = thrown.facts;
  return cause === 'status' ? (status ?? 'a status that is none') : cause;
}
