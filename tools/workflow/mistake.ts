/** What was asked for cannot be done: a sentence for whoever asked. Nothing was run. */
export class Mistake extends Error {
  override readonly name = 'Mistake';
}

/** The first line of what went wrong: YAML's parser shows the place in more. */
export function firstLine(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return (message.split('\n')[0] ?? '').replace(/:$/u, '');
}
