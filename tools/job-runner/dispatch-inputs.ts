import type { WorkflowEvent } from './github-context.ts';
import { recordAt, textOf } from './yaml-values.ts';

/**
 * The `inputs` context: what a `workflow_dispatch` was given, with the workflow's defaults.
 *
 * @param on    the workflow's `on`
 * @param event what has started it
 * @throws Error when a required input is missing
 */
export function dispatchInputs(
  on: unknown,
  event: WorkflowEvent,
): Readonly<Record<string, unknown>> {
  if (event.name !== 'workflow_dispatch') return {};
  const given = recordAt(event.payload, 'inputs');
  const declared = recordAt(recordAt(on, 'workflow_dispatch'), 'inputs');
  const entries = Object.entries(declared).map(([name, declaration]) => {
    const input = recordAt(declaration);
    const text = textOf(given[name] ?? input['default']);
    if (text === '' && input['required'] === true) {
      throw new Error(`The workflow's input "${name}" is required.`);
    }
    return [name, input['type'] === 'boolean' ? text === 'true' : text] as const;
  });
  return Object.fromEntries(entries);
}
