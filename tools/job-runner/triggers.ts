import type { WorkflowEvent } from './github-context.ts';
import { isRecord, listOf, recordAt, textOf } from './yaml-values.ts';

/** Activities that start a workflow when it names no `types`; for other events all do. */
const defaultTypes: Readonly<Record<string, readonly string[]>> = {
  pull_request: ['opened', 'synchronize', 'reopened'],
  pull_request_target: ['opened', 'synchronize', 'reopened'],
};

/** Filters of an event that are modelled. */
const filters: Readonly<Record<string, readonly string[]>> = {
  push: ['branches', 'branches-ignore', 'tags', 'tags-ignore'],
  pull_request: ['types', 'branches', 'branches-ignore'],
  pull_request_target: ['types', 'branches', 'branches-ignore'],
  workflow_run: ['types', 'workflows', 'branches', 'branches-ignore'],
  workflow_dispatch: ['inputs'],
};

/**
 * Whether an event starts a workflow.
 *
 * @param on    the workflow's `on`
 * @param event what has happened
 * @returns undefined when it does, else why not
 * @throws Error for a filter that GitHub does not have for the event, or that is not modelled
 */
export function whyNotTriggered(on: unknown, event: WorkflowEvent): string | undefined {
  const events = isRecord(on) ? Object.keys(on) : listOf(on).map(textOf);
  if (!events.includes(event.name)) {
    return `The event is "${event.name}"; the workflow is for ${events.join(', ')}.`;
  }
  const settings = isRecord(on) ? on[event.name] : undefined;
  if (event.name === 'schedule') return whyNotScheduled(settings, event);
  const filter = recordAt(settings);
  const known = filters[event.name] ?? ['types'];
  const other = Object.keys(filter).find((key) => !known.includes(key));
  if (other !== undefined) {
    throw new Error(`The event "${event.name}" has no filter "${other}", or it is not modelled.`);
  }
  return whyNotType(filter, event) ?? whyNotWorkflow(filter, event) ?? whyNotRef(filter, event);
}

function whyNotScheduled(settings: unknown, event: WorkflowEvent): string | undefined {
  const schedule = event.payload?.['schedule'];
  const crons = listOf(settings).map((entry) => textOf(recordAt(entry)['cron']));
  return schedule === undefined || crons.includes(textOf(schedule))
    ? undefined
    : `The schedule is "${textOf(schedule)}"; the workflow's are ${crons.join(', ')}.`;
}

function whyNotType(
  filter: Readonly<Record<string, unknown>>,
  event: WorkflowEvent,
): string | undefined {
  const action = textOf(event.payload?.['action']);
  const types =
    filter['types'] === undefined ? defaultTypes[event.name] : listOf(filter['types']).map(textOf);
  return types === undefined || types.includes(action)
    ? undefined
    : `The activity is "${action}"; the workflow is for ${types.join(', ')}.`;
}

function whyNotWorkflow(
  filter: Readonly<Record<string, unknown>>,
  event: WorkflowEvent,
): string | undefined {
  if (filter['workflows'] === undefined) return undefined;
  const name = textOf(recordAt(event.payload, 'workflow_run')['name']);
  return listOf(filter['workflows']).map(textOf).includes(name)
    ? undefined
    : `The workflow that ran is "${name}".`;
}

function whyNotRef(
  filter: Readonly<Record<string, unknown>>,
  event: WorkflowEvent,
): string | undefined {
  const { kind, name } = filteredRef(event);
  const has = (key: string): boolean => filter[key] !== undefined;
  const [wanted, unwanted] = [kind, `${kind}-ignore`];
  if (has(wanted) && !matches(listOf(filter[wanted]).map(textOf), name)) {
    return `"${name}" is not among the ${kind} that the workflow is for.`;
  }
  if (has(unwanted) && matches(listOf(filter[unwanted]).map(textOf), name)) {
    return `"${name}" is among the ${kind} that the workflow ignores.`;
  }
  // A push of a tag does not start a workflow that names branches only, and the other way round.
  const others = kind === 'tags' ? 'branches' : 'tags';
  const namesOthers = has(others) || has(`${others}-ignore`);
  return namesOthers && !has(wanted) && !has(unwanted)
    ? `The workflow is for ${others} only.`
    : undefined;
}

function filteredRef(event: WorkflowEvent): {
  readonly kind: 'branches' | 'tags';
  readonly name: string;
} {
  const payload = event.payload ?? {};
  if (event.name === 'workflow_run') {
    return { kind: 'branches', name: textOf(recordAt(payload, 'workflow_run')['head_branch']) };
  }
  if (event.name.startsWith('pull_request')) {
    const base = recordAt(recordAt(payload, 'pull_request'), 'base');
    return { kind: 'branches', name: textOf(base['ref']) };
  }
  const ref = textOf(payload['ref']);
  return {
    kind: ref.startsWith('refs/tags/') ? 'tags' : 'branches',
    name: ref.replace(/^refs\/(?:heads|tags)\//u, ''),
  };
}

/** Whether the last pattern that speaks of a name is one without `!`. */
function matches(patterns: readonly string[], name: string): boolean {
  return patterns.reduce(
    (result, pattern) =>
      pattern.startsWith('!')
        ? result && !glob(pattern.slice(1)).test(name)
        : result || glob(pattern).test(name),
    false,
  );
}

/** GitHub's filter patterns: `*` stays within a part, `**` does not; `?`, `+` and `[]` as in regular expressions. */
function glob(pattern: string): RegExp {
  const source = pattern.replace(/\*\*|\*|[.^$(){}|\\/]/gu, (found) => {
    if (found === '**') return '.*';
    return found === '*' ? '[^/]*' : `\\${found}`;
  });
  return new RegExp(`^${source}$`, 'u');
}
