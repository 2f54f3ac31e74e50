import { oneLine } from '../core/text.ts';

/** The event, as `@actions/github` knows it; nothing in it is trusted to be there. */
export interface WorkflowEvent {
  /** `push`, `pull_request`, …: GITHUB_EVENT_NAME. */
  readonly name: string;
  /** The full ref that the workflow runs on, `refs/heads/main`: GITHUB_REF. */
  readonly ref: string;
  readonly payload: unknown;
  /** Undefined when the runner does not say. */
  readonly repository: Repository | undefined;
  readonly runId: number;
}

/** A repository, as in its address. */
export interface Repository {
  readonly owner: string;
  readonly repo: string;
}

/**
 * The reason when a field is missing or is something else than it should be.
 *
 * @param event what started the workflow
 * @param field path in its payload
 */
export function incomplete(event: WorkflowEvent, field: string): { readonly missing: string } {
  return none(event, `came without ${field}`);
}

/**
 * A reason why an event does not say what stands for a placeholder.
 *
 * @param event what started the workflow
 * @param why   the rest of a sentence that starts with the event
 */
export function none(event: WorkflowEvent, why: string): { readonly missing: string } {
  const article = /^[aeio]/u.test(event.name) ? 'an' : 'a';
  return { missing: `${article} \`${oneLine(event.name, 60)}\` event ${why}` };
}
