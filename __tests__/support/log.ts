import type { Log } from '../../src/core/ports.ts';

/** A log that keeps what it is told, each kind by itself. */
export interface KeptLog extends Log {
  /** Lines, also those in a group; the title of a group is not among them. */
  readonly infos: string[];
  readonly warnings: string[];
  readonly notices: string[];
  /** Titles of groups. */
  readonly groups: string[];
  /** What the annotations are about, in the order in which they came. */
  readonly abouts: string[];
}

/** A log that keeps what it is told. */
export function keptLog(): KeptLog {
  const kept = {
    infos: [] as string[],
    warnings: [] as string[],
    notices: [] as string[],
    groups: [] as string[],
    abouts: [] as string[],
  };
  return {
    ...kept,
    info: (message) => kept.infos.push(message),
    warning: (message, about) => kept.abouts.push(about) && kept.warnings.push(message),
    notice: (message, about) => kept.abouts.push(about) && kept.notices.push(message),
    startGroup: (title) => kept.groups.push(title),
    endGroup: () => undefined,
  };
}

/** A log that nobody reads. */
export const silentLog: Log = {
  info: () => undefined,
  warning: () => undefined,
  notice: () => undefined,
  startGroup: () => undefined,
  endGroup: () => undefined,
};
