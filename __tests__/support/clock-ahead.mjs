// Given to node with --import: from the start, the wall clock of the action is CLOCK_AHEAD milliseconds ahead,
// as if it were run that much later. The action reckons the time from `timeOrigin` (src/core/clock.ts).
import { performance } from 'node:perf_hooks';

const { timeOrigin } = performance;

Object.defineProperty(performance, 'timeOrigin', {
  value: timeOrigin + Number(process.env['CLOCK_AHEAD']),
});
