import { startEmulatorProcess, type EmulatorProcess } from './emulator-process.ts';
import { measureStep } from './measure.ts';
import type { BenchOptions, Section } from './section.ts';

const keys = 1000;
/** How long the service takes for each call. */
const delayMs = 50;
/** Calls that the action has under way at once. */
const atOnce = 8;
const idealMs = (keys / atOnce) * delayMs;
const mostRatio = 1.25;

/** One call in ten is refused, and asked to come back later. */
const rateLimit = {
  rpc: 'UpdateApiKey',
  fault: { kind: 'status', code: 8, message: 'too many requests', retryDelayMs: 200 },
  probability: 0.1,
  times: 'always',
};

/** What became of many keys. */
interface Work {
  readonly what: string;
  readonly wallMs: number;
  readonly ratio: number;
  readonly done: number;
  readonly progressLines: number;
}

/** Measures work on many keys, with a service that takes its time. */
export async function bulk({ progress }: BenchOptions): Promise<Section> {
  const deactivate = `\`deactivate\` of ${keys} ids`;
  const remove = `\`delete\` of ${keys} ids`;
  const limited = `${deactivate}, one call in ten refused`;
  const works: Work[] = [];
  await slowService([], async (emulator, ids) => {
    progress(`bulk: ${deactivate}`);
    works.push(await work(emulator, deactivate, 'deactivate', ids));
    progress(`bulk: ${remove}`);
    works.push(await work(emulator, remove, 'delete', ids));
  });
  await slowService(['--fault', JSON.stringify(rateLimit)], async (emulator, ids) => {
    progress(`bulk: ${limited}`);
    works.push(await work(emulator, limited, 'deactivate', ids));
  });
  return section(works);
}

async function slowService(
  options: readonly string[],
  use: (emulator: EmulatorProcess, ids: readonly string[]) => Promise<void>,
): Promise<void> {
  const emulator = await startEmulatorProcess(
    ...['--seed', String(keys), '--delay', String(delayMs)],
    ...options,
  );
  try {
    const { run } = await measureStep(emulator, { operation: 'list' });
    const [file = ''] = Object.values(run.temp);
    const listed = JSON.parse(file) as readonly { readonly id: string }[];
    await use(
      emulator,
      listed.map(({ id }) => id),
    );
  } finally {
    await emulator.stop();
  }
}

async function work(
  emulator: EmulatorProcess,
  what: string,
  operation: 'deactivate' | 'delete',
  ids: readonly string[],
): Promise<Work> {
  const { run, wallMs } = await measureStep(emulator, {
    operation,
    key_id: ids.join('\n'),
    timeout_seconds: '120',
  });
  const progressLines = run.log.match(/^\d+ of \d+ keys /gmu)?.length ?? 0;
  const done = Number(run.outputs['count']);
  return { what, wallMs, ratio: wallMs / idealMs, done, progressLines };
}

function section(works: readonly Work[]): Section {
  const undisturbed = works.slice(0, 2);
  const most = Math.max(...undisturbed.map(({ ratio }) => ratio));
  const tooTalkative = works.filter(({ wallMs, progressLines }) => progressLines > wallMs / 1000);
  return {
    figures: { keys, delayMs, atOnce, idealMs, works },
    tables: [
      {
        title: 'Many keys',
        note: `Each call takes the service ${delayMs} ms; ${atOnce} at a time, so that ${keys.toLocaleString('en')} keys cannot take less than ${(idealMs / 1000).toFixed(2)} s. \`deactivate\` reads the list first. \`prune\` does the same work on what it finds, and is not measured, as it needs GitHub.`,
        headings: ['work', 'time, s', '× ideal', 'done', 'lines of progress'],
        rows: works.map(({ what, wallMs, ratio, done, progressLines }) => [
          what,
          (wallMs / 1000).toFixed(2),
          ratio.toFixed(2),
          String(done),
          String(progressLines),
        ]),
      },
    ],
    goals: [
      {
        what: `\`deactivate\` and \`delete\` of ${keys.toLocaleString('en')} keys, compared with the ideal`,
        limit: `at most ${mostRatio} times`,
        measured: `${most.toFixed(2)} times`,
        isMet: most <= mostRatio,
      },
      {
        what: 'Lines of progress',
        limit: 'at most one a second',
        measured: tooTalkative.length === 0 ? 'not more' : 'more',
        isMet: tooTalkative.length === 0,
      },
    ],
  };
}
