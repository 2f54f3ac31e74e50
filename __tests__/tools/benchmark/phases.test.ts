import { expect, test } from '@jest/globals';
import { phasesOf } from '../../../tools/benchmark/phases.ts';
import type { ProbeReport } from '../../../tools/benchmark/probe.ts';

const probe: ProbeReport = {
  ready: { atMs: 30, cpuMs: 25 },
  connecting: { atMs: 100, cpuMs: 90 },
  requested: { atMs: 120, cpuMs: 105 },
  answered: { atMs: 130, cpuMs: 110 },
  exit: { atMs: 140, cpuMs: 119 },
  maxRssKb: 1,
  connections: 1,
  calls: 1,
  lookups: 1,
  queries: 0,
};

test('the phases are the time between the moments, and Node itself is the rest', () => {
  const phases = phasesOf({ wallMs: 155, cpuMs: 119, peakMb: 1, probe });
  expect(phases).toEqual({
    node: { wallMs: 45, cpuMs: 25 },
    load: { wallMs: 70, cpuMs: 65 },
    connect: { wallMs: 20, cpuMs: 15 },
    call: { wallMs: 10, cpuMs: 5 },
    report: { wallMs: 10, cpuMs: 9 },
  });
  const walls = Object.values(phases).map(({ wallMs }) => wallMs);
  expect(walls.reduce((sum, wallMs) => sum + wallMs)).toBe(155);
});

test('a step that made no call has no phases', () => {
  const silent = { ...probe, requested: undefined };
  expect(() => phasesOf({ wallMs: 1, cpuMs: 1, peakMb: 1, probe: silent })).toThrow('no call');
});
