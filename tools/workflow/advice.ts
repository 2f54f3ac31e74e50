import { whyNotTriggered } from '../job-runner/index.ts';
import { isRecord, listOf, recordAt, textOf } from '../job-runner/yaml-values.ts';
import { historyOf, isEventName, parseWish, type EventName, type Happening } from './events.ts';
import type { Source } from './sources.ts';

/** Whether an event starts a workflow. A filter that cannot be followed here counts as one that does not match. */
export function isStarted({ file }: Source, { event }: Happening): boolean {
  try {
    return whyNotTriggered(file.on, event) === undefined;
  } catch {
    return false;
  }
}

/**
 * What to say with `--event`, by what the workflows themselves are for.
 *
 * @param given as for {@link historyOf}
 */
export function adviceFor(
  sources: readonly Source[],
  given: Parameters<typeof historyOf>[1],
): string {
  const starting = sources.map((source) => startingWish(source, given)).filter(Boolean);
  if (starting.length > 0) {
    const forms = [...new Set(starting)].map((text) => `--event ${text}`);
    return `Say for example ${forms.join(', or ')}.`;
  }
  const events = [...new Set(sources.flatMap(eventsOf))];
  return `They are for ${events.join(', ')}: nothing of it can be tried here.`;
}

/** An event that starts a workflow, as `--event` takes it: one that was tried. */
function startingWish(source: Source, given: Parameters<typeof historyOf>[1]): string | undefined {
  const candidates = eventsOf(source)
    .filter(isEventName)
    .flatMap((event) => candidatesOf(event, recordAt(recordAt(source.file.on), event)))
    // Not a pattern that leaves out, and not an empty one.
    .filter((text) => !/!|:$/u.test(text));
  return candidates.find((text) => {
    const [happening] = historyOf([parseWish(text)], given);
    return happening !== undefined && isStarted(source, happening);
  });
}

function candidatesOf(
  event: EventName,
  filter: Readonly<Record<string, unknown>>,
): readonly string[] {
  const named = (key: string): readonly string[] =>
    listOf(filter[key]).map((pattern) => textOf(pattern).replace(/\*+/gu, 'x'));
  switch (event) {
    case 'push':
      return [
        'push:feature/cart',
        ...named('branches').map((branch) => `push:${branch}`),
        ...['v1', ...named('tags')].map((tag) => `push:refs/tags/${tag}`),
      ];
    case 'pull_request':
    case 'pull_request_target':
      return ['opened', ...named('types')].map((type) => `${event}:feature/cart:${type}`);
    case 'create':
    case 'delete':
      return [`${event}:feature/cart`];
    case 'schedule':
    case 'workflow_dispatch':
      return [event];
  }
}

function eventsOf({ file: { on } }: Source): readonly string[] {
  return isRecord(on) ? Object.keys(on) : listOf(on).map(textOf);
}
