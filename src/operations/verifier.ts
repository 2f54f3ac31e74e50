import { Failure } from '../core/failure.ts';
import type { Budget, Clock, Ingestion, IngestionAnswer, Log, Random } from '../core/ports.ts';
import { conceal } from '../core/redaction.ts';
import { Secret } from '../core/secret.ts';
import { quote } from '../core/text.ts';
import { LongWait } from './long-wait.ts';
import { proofBoundMs } from './proof-bound.ts';

/**
 * The proof that a key works: an export without records is taken with it, and refused with a key that
 * was made up. Nothing of it is stored, counted or billed. An ingestion that does not look at the key of an
 * empty request would take both (OTLP lets receivers pass over those,
 * https://opentelemetry.io/docs/specs/otlp/#otlpgrpc-request), and then nothing is proven.
 */

/** Waits in milliseconds between the attempts with a key that is not known yet; the last one repeats. */
const waits = [250, 500, 1000, 2000] as const;

/**
 * What a key that was made up gets at least, in milliseconds: the real one may have become known at the very
 * end of its time.
 */
const controlMs = 3000;

/** By how many milliseconds a timer may be early. */
const earlyMs = 5;

/** What has been proven, for the reader. */
export interface Proof {
  /** `host:port` of the ingestion. */
  readonly authority: string;
  /** Milliseconds until it took the key. */
  readonly afterMs: number;
}

/** What came of a try with a key. */
export type Trial =
  | { readonly kind: 'proven'; readonly proof: Proof }
  /** The ingestion does not know the key. */
  | { readonly kind: 'unknown_key'; readonly why: Failure }
  /** Nobody knows whether the key works. */
  | { readonly kind: 'unproven'; readonly why: Failure };

/** What a {@link Verifier} needs. */
export interface VerifierContext {
  /** Connects to the ingestion, when it is needed first. */
  readonly connect: () => Promise<Ingestion>;
  readonly clock: Clock;
  readonly budget: Pick<Budget, 'remaining'>;
  readonly log: Log;
  readonly random: Pick<Random, 'fraction'>;
}

/** What the ingestion is asked. */
interface Asked {
  readonly value: Secret;
  /** Until when, by the clock that never goes back. */
  readonly end: number;
  /** After which answers it is asked again. */
  readonly again: readonly IngestionAnswer['kind'][];
  readonly wait: LongWait;
}

/** Proves that keys work: one for a step, which asks what it has to know of the ingestion once. */
export class Verifier {
  readonly #context: VerifierContext;
  #ingestion: Promise<Ingestion> | undefined;
  #looksAtKeys = false;

  constructor(context: VerifierContext) {
    this.#context = context;
  }

  /**
   * Tries whether a key works; one that was just made may take a while to be known.
   *
   * @param value the key's value
   */
  async prove(value: Secret): Promise<Trial> {
    const { clock, budget, log } = this.#context;
    const begun = clock.elapsed();
    const wait = new LongWait({ clock, log });
    const ingestion = await this.#connected();
    const end = begun + proofBoundMs(budget.remaining());
    const asked = { value, end, wait, again: ['unknown_key', 'inconclusive'] } as const;
    const answer = await this.#ask(ingestion, asked);
    switch (answer.kind) {
      case 'unknown_key':
        return answer;
      case 'inconclusive':
      case 'refused':
        return { kind: 'unproven', why: answer.why };
      case 'accepted':
        break;
    }
    const proof = { authority: ingestion.authority, afterMs: clock.elapsed() - begun };
    const least = Math.min(controlMs, budget.remaining() / 2);
    const latest = Math.max(end, clock.elapsed() + least);
    const doubt = await this.#doubtOf(ingestion, { value, end: latest, wait });
    if (doubt !== undefined) return { kind: 'unproven', why: doubt };
    if (answer.remark !== undefined) {
      log.warning(
        `${ingestion.authority} took the key and said: ${quote(answer.remark, 300)}`,
        'remark of the ingestion',
      );
    }
    return { kind: 'proven', proof };
  }

  /** What speaks against it that the ingestion looks at the key of an empty request. */
  async #doubtOf(ingestion: Ingestion, asked: Omit<Asked, 'again'>): Promise<Failure | undefined> {
    if (this.#looksAtKeys) return undefined;
    const value = madeUpLike(asked.value, this.#context.random);
    const answer = await this.#ask(ingestion, { ...asked, value, again: ['inconclusive'] });
    switch (answer.kind) {
      case 'unknown_key':
        this.#looksAtKeys = true;
        return undefined;
      case 'accepted':
        return new Failure(
          'not_verified',
          `${ingestion.authority} takes an export without records with any key, also with one that was made up: that it took this one proves nothing.`,
          {
            hint: 'What answers there does not look at the key of an empty request, so `verify` cannot be used there. If it is not the ingestion of Coralogix, check `ingestion_endpoint`.',
          },
        );
      case 'inconclusive':
      case 'refused':
        return answer.why.with({
          sentence:
            'That was the answer to a key that was made up, to see whether keys are looked at.',
        });
    }
  }

  /** Asks, again while the answer is one of these and there is time. */
  async #ask(ingestion: Ingestion, { value, end, again, wait }: Asked): Promise<IngestionAnswer> {
    const { clock, budget } = this.#context;
    const remaining = (): number => Math.min(budget.remaining(), end - clock.elapsed());
    let last: IngestionAnswer | undefined;
    for (let attempt = 0; ; attempt += 1) {
      // When there is no time left, nothing was heard: what was said before tells more.
      if (last !== undefined && remaining() <= 0) return last;
      const heard = await ingestion.tryKey(value, { remaining });
      // Nor was anything heard by a try that the end of the time has cut off.
      if (last !== undefined && heard.kind === 'inconclusive' && remaining() <= earlyMs)
        return last;
      last = heard;
      const pauseMs = waits[Math.min(attempt, waits.length - 1)] ?? 0;
      if (!again.includes(last.kind) || remaining() <= pauseMs) return last;
      const does = last.kind === 'unknown_key' ? 'knows the key' : 'says whether it knows a key';
      wait.tell({ until: `${ingestion.authority} ${does}`, pauseMs, mostMs: remaining() });
      await clock.sleep(pauseMs);
    }
  }

  #connected(): Promise<Ingestion> {
    this.#ingestion ??= this.#context.connect();
    return this.#ingestion;
  }
}

// Hexadecimal digits apart from the rest, so that what looks like a UUID goes on doing so.
const classes = ['0123456789', 'abcdef', 'ghijklmnopqrstuvwxyz', 'ABCDEF', 'GHIJKLMNOPQRSTUVWXYZ'];
const prefix = /^[a-z]{2,6}_/u;

/**
 * A key that nobody has, of the same shape: the same length, prefix and punctuation, a digit for a digit and
 * a letter for a letter, each another one. No message may quote it.
 */
function madeUpLike(value: Secret, random: Pick<Random, 'fraction'>): Secret {
  const text = value.reveal();
  const start = prefix.exec(text)?.[0] ?? '';
  const rest = Array.from(text.slice(start.length), (character) => {
    const others = classes.find((each) => each.includes(character));
    if (others === undefined) return character;
    const step = 1 + Math.floor(random.fraction() * (others.length - 1));
    return others.charAt((others.indexOf(character) + step) % others.length);
  });
  const madeUp = `${start}${rest.join('')}`;
  // Nothing but punctuation: no key that there is, and no room for another one of its shape.
  const other = madeUp === text ? `${madeUp}0` : madeUp;
  conceal(other);
  return new Secret(other);
}
