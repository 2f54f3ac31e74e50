/**
 * Every way in which the step can fail, as told in the `error_kind` output. The set is closed, so
 * that a workflow can compare with it. What stands above each is what docs/errors.md says of it.
 */
export const failureKinds = [
  /** The inputs are wrong. Nothing was sent. */
  'invalid_input',
  /** The service does not know the key in `api_key`. */
  'auth',
  /** The service knows the key in `api_key`, and it may not do this, or not from here. */
  'permission',
  /** No key has this id or name. */
  'not_found',
  /** Several keys bear the name where one is needed. */
  'ambiguous',
  /** The service refused the request as it was put. */
  'rejected',
  /** The service wants fewer requests. */
  'rate_limited',
  /** The service makes no more keys, as there are as many as it allows. Nothing was made. */
  'quota',
  /** The service, or something on the way to it, says that it cannot answer now. */
  'unavailable',
  /** The host's name could not be resolved. */
  'dns',
  /** No connection could be made: nobody listens, or no way leads there. */
  'refused',
  /** No trusted, encrypted connection could be made. */
  'tls',
  /** The proxy did not let the connection through, or cannot be used. */
  'proxy',
  /** No answer in time. */
  'timeout',
  /** The connection broke off before the answer. */
  'dropped',
  /** What answered is not the Coralogix API. */
  'not_grpc',
  /**
   * Something was sent that must not be done twice, and its answer was lost: a Create, which may have
   * made a key, or a value for a GitHub secret, which may hold it now. It was not sent again.
   */
  'outcome_unknown',
  /** The key exists, and the service does not disclose its value. */
  'value_hidden',
  /** It is not proven that the key works, as `verify` asks: the ingestion refused it, or nobody knows. */
  'not_verified',
  /** Going on could take away a key in use. Nothing was retired. */
  'unsafe',
  /** GitHub refused, or could not be reached. */
  'github',
  /** The runner's files could not be written, or it takes nothing that is printed. */
  'runner',
  /** A defect of this action, or an answer that the API's contract rules out. */
  'internal',
] as const;

/** One of {@link failureKinds}. */
export type FailureKind = (typeof failureKinds)[number];

/**
 * What a call that failed has done: surely nothing, or nobody knows. A reading does nothing either
 * way. Of several attempts, one that is unknown makes all of them so.
 */
export type Effect = 'none' | 'unknown';

/** A key that a failure is about: names are text from outside. */
export interface FailureKey {
  readonly id: string;
  readonly name: string;
  /** What it is, to follow its name. */
  readonly is: string;
}

/** What {@link Failure.with} says more, or otherwise. */
export interface FailureAddition {
  /** Follows the message. */
  readonly sentence?: string;
  readonly kind?: FailureKind;
  readonly hint?: string;
  readonly keyIds?: readonly string[];
  readonly effect?: Effect;
}

/** What a {@link Failure} carries besides its sentence. */
export interface FailureDetails {
  /** What the reader can do about it: one or more sentences. */
  readonly hint?: string;
  /** Ids of the keys that the reader should look at. */
  readonly keyIds?: readonly string[];
  /** The sentence in a few words of our own, for a headline; the kind tells, when absent. */
  readonly gist?: string;
  /** The keys that the sentence only counts, so that each can be looked at. */
  readonly keys?: readonly FailureKey[];
  /** What the sentence is about, where that is several things: a sentence for each. */
  readonly items?: readonly string[];
  /** What became of the change that was asked for; unknown where nothing says it surely. */
  readonly effect?: Effect;
  /** What was thrown underneath. Shown with debug logging only, and never printed as an object. */
  readonly cause?: unknown;
}

/**
 * The one error type that reaches the reader: a sentence that says what was tried and what
 * happened, a kind from a closed set, and what to do. Holds no secret and no request.
 */
export class Failure extends Error {
  readonly kind: FailureKind;
  readonly hint: string | undefined;
  readonly keyIds: readonly string[];
  readonly items: readonly string[];
  readonly gist: string | undefined;
  readonly keys: readonly FailureKey[];
  readonly effect: Effect;

  constructor(kind: FailureKind, message: string, details: FailureDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined);
    this.name = 'Failure';
    this.kind = kind;
    this.hint = details.hint;
    this.keyIds = details.keyIds ?? [];
    this.items = details.items ?? [];
    this.gist = details.gist;
    this.keys = details.keys ?? [];
    this.effect = details.effect ?? 'unknown';
  }

  /**
   * The same failure with more to say. What is not given stays: kind, hint, ids, keys, effect.
   *
   * @param more what is added to the message, and what is otherwise
   * @returns a new failure, whose cause is this one
   */
  with({ sentence, kind = this.kind, hint = this.hint, ...more }: FailureAddition): Failure {
    const message = sentence === undefined ? this.message : `${this.message} ${sentence}`;
    return new Failure(kind, message, {
      ...(hint === undefined ? {} : { hint }),
      keyIds: more.keyIds ?? this.keyIds,
      items: this.items,
      ...(this.gist === undefined ? {} : { gist: this.gist }),
      keys: this.keys,
      effect: more.effect ?? this.effect,
      cause: this,
    });
  }

  /** Sentence and hint, as the annotation shows them around the items. */
  get report(): string {
    return this.hint === undefined ? this.message : `${this.message} ${this.hint}`;
  }
}

/**
 * The funnel for everything that was thrown: a {@link Failure} stays itself, all else is `internal`.
 *
 * @param thrown what a `catch` caught
 */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  // The message of a stranger's error may quote what it was given, a header or a body: keep it out.
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  return new Failure('internal', `An unexpected error (${name}) stopped the step.`, {
    hint: 'Run the job again with debug logging to see where it came from, and report it.',
    cause: thrown,
  });
}
