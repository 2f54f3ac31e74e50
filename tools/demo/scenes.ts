import { headline, print } from '../terminal/screen.ts';

/** A scene of the demo, and what came of it. */
export interface Scene {
  readonly title: string;
  /** All that was not as it should be, as sentences. */
  readonly problems: string[];
}

const begun: Scene[] = [];

/** All scenes so far, in their order. */
export const scenes: readonly Scene[] = begun;

/**
 * Begins a scene, and prints its headline.
 *
 * @param title what happens
 * @param see   what to look at in it
 */
export function scene(title: string, see?: string): void {
  headline(`${begun.push({ title, problems: [] })}  ${title}`);
  if (see !== undefined) print(`   ${see}`, 'see');
}

/** Notes something that was not as it should be in the scene that plays. */
export function noteProblem(sentence: string): void {
  begun.at(-1)?.problems.push(sentence);
}

/** The scenes and what came of each, a line each. */
export function showTable(scenes: readonly Scene[]): void {
  for (const [index, { title, problems }] of scenes.entries()) {
    const isGood = problems.length === 0;
    const number = String(index + 1).padStart(4);
    print(`${number} ${isGood ? '✓' : '✗'} ${title}`, isGood ? undefined : 'bad');
    for (const problem of problems) print(`       ${problem}`, 'bad');
  }
}
