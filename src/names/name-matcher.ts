import type { OpenPlaceholder } from '../core/ports.ts';

/** A name template read backwards: what stands in a name where the template is open. */
export interface NameMatcher {
  /** The template as it was given. */
  readonly text: string;
  /** Which placeholder is open. */
  readonly open: OpenPlaceholder;
  /** What stands for the open placeholder, or undefined when the name does not fit. */
  capture(name: string): string | undefined;
}
