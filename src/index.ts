import { toFailure } from './failure.ts';
import { main } from './main.ts';
import { post } from './post.ts';
import { reportFailure } from './step/log.ts';

/**
 * Longest wait for the last output to be taken, in milliseconds. The masks of a long list are more
 * than a pipe holds, and the runner takes its time over each: a mask that is lost would be a leak.
 */
const flushMs = 10_000;

/** Ends the process, whatever a half-open connection still holds on to. */
async function exit(code: number): Promise<never> {
  await Promise.race([
    Promise.all([flushed(process.stdout), flushed(process.stderr)]),
    new Promise((resolve) => setTimeout(resolve, flushMs)),
  ]);
  process.exit(code);
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => {
      resolve();
    });
  });
}

// What Node will one day no longer do is nothing that a user of the bundle could act upon.
process.noDeprecation = true;

process.on('uncaughtException', (thrown) => {
  reportFailure('the step', toFailure(thrown));
  void exit(1);
});

// Set by end-of-job.ts. The runner gives no arguments.
if (process.argv[2] === 'end-of-job') {
  await post();
  await exit(0);
} else {
  await exit(await main());
}
