/** A scene of the demo, and what came of it. */
export interface Scene {
  readonly title: string;
  /** All that was not as it should be, as sentences. */
  readonly problems: string[];
}

const begun: Scene[] = [];

/** All scenes so far, in their order. */
export const scenes: readonly Scene[] = begun;

/** Begins a scene; gives its number. */
export function beginScene(title: string): number {
  return begun.push({ title, problems: [] });
}

/** Notes something that was not as it should be in the scene that plays. */
export function noteProblem(sentence: string): void {
  begun.at(-1)?.problems.push(sentence);
}
