import type { Measured } from './measure.ts';
import type { Moment } from './probe.ts';

/** The phases of a step, in their order. */
export const phaseNames = ['node', 'load', 'connect', 'call', 'report'] as const;

export type PhaseName = (typeof phaseNames)[number];

/** How long each phase took. Together they are the whole process. */
export type Phases = Readonly<
  Record<PhaseName, { readonly wallMs: number; readonly cpuMs: number }>
>;

/**
 * Takes a step apart that was measured with its probe watching.
 *
 * @throws Error when it made no call
 */
export function phasesOf({ wallMs, probe }: Measured): Phases {
  const { ready, connecting, requested, answered, exit } = probe;
  if (connecting === undefined || requested === undefined || answered === undefined) {
    throw new Error('The step made no call.');
  }
  return {
    // Before the first line of any program, and after the last one.
    node: { wallMs: wallMs - (exit.atMs - ready.atMs), cpuMs: ready.cpuMs },
    load: between(ready, connecting),
    connect: between(connecting, requested),
    call: between(requested, answered),
    report: between(answered, exit),
  };
}

function between(from: Moment, to: Moment): { readonly wallMs: number; readonly cpuMs: number } {
  return { wallMs: to.atMs - from.atMs, cpuMs: to.cpuMs - from.cpuMs };
}
