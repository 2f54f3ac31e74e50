import { toFailure } from './core/failure.ts';
import { main } from './main.ts';
import { jobEnd } from './job-end.ts';
import { createLog, isPrinted, reportFailure, watchOutput } from './runner/log.ts';

/**
 * Ends the process, whatever a half-open connection still holds on to. A mask that is lost would be a
 * leak, so what was printed has to be taken first.
 */
async function exit(code: number): Promise<never> {
  await isPrinted();
  process.exit(code);
}

// What Node will one day no longer do is nothing that a user of the bundle could act upon.
process.noDeprecation = true;

watchOutput();

// Set by job-end-entry.ts. The runner gives no arguments.
const isJobEnd = process.argv[2] === 'job-end';

let isEnding = false;
process.on('uncaughtException', (thrown) => {
  if (isEnding) return;
  isEnding = true;
  const failure = toFailure(thrown);
  if (isJobEnd) {
    createLog('end of job').warning(
      `The end of the job was broken off. ${failure.report}`,
      'broken off',
    );
  } else reportFailure('the step', failure);
  // The end of the job never fails it.
  void exit(isJobEnd ? 0 : 1);
});

if (isJobEnd) {
  await jobEnd();
  await exit(0);
} else {
  await exit(await main());
}
