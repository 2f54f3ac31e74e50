import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulatorProcess, type EmulatorProcess } from './emulator-process.ts';
import { measureFloor } from './floor-run.ts';
import { coldStartSection, type Round, type Subject } from './cold-start-section.ts';
import { measureNode, measureStep, type Measured } from './measure.ts';
import { phasesOf } from './phases.ts';
import type { BenchOptions, Section } from './section.ts';

/**
 * Measures how long whole processes take from start to end, one after the other in each round, so
 * that all have the same of what else goes on on the machine.
 */
export async function coldStart({ rounds, progress }: BenchOptions): Promise<Section> {
  const emulator = await startEmulatorProcess();
  const folder = await mkdtemp(join(tmpdir(), 'bench-cache-'));
  try {
    const given = { emulator, cache: join(folder, 'warm'), keyId: await keyToGet(emulator) };
    // Files are read from the disk once; what is measured is not the disk.
    await playRound(given, join(folder, 'first'), 0);
    const played: Round[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      progress(`cold start: round ${round} of ${rounds}`);
      played.push(await playRound(given, join(folder, `cache-${round}`), round));
    }
    return coldStartSection(played);
  } finally {
    await emulator.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Given {
  readonly emulator: EmulatorProcess;
  /** The folder of the cache that is warm from the second round on. */
  readonly cache: string;
  readonly keyId: string;
}

async function playRound(given: Given, freshCache: string, round: number): Promise<Round> {
  const { emulator, cache, keyId } = given;
  const create = {
    operation: 'create',
    name: 'bench/cold-start',
    team_id: String(emulator.teamId),
  };
  const cached = (path: string): Promise<Measured> =>
    measureStep(emulator, create, { env: { NODE_COMPILE_CACHE: path } });
  const start: Readonly<Record<Subject, () => Promise<Measured>>> = {
    empty: () => measureNode(['-e', '0'], {}),
    floor: () => measureFloor(emulator, 'only'),
    floorUsualRoots: () => measureFloor(emulator, 'usual'),
    create: () => measureStep(emulator, create),
    createFromEvent: () =>
      measureStep(
        emulator,
        { ...create, name: '{repository}/{run_id}' },
        { env: { GITHUB_REPOSITORY: 'acme/shop', GITHUB_RUN_ID: '1' } },
      ),
    get: () => measureStep(emulator, { operation: 'get', key_id: keyId }),
    failure: () => measureStep(emulator, {}, { exitCode: 1 }),
    createFillingCache: () => cached(freshCache),
    createWithCache: () => cached(cache),
  };
  const names = Object.keys(start) as Subject[];
  const measured: Partial<Record<Subject, Measured>> = {};
  // Each takes its turn at being the first.
  for (const index of names.keys()) {
    const name = names[(index + round) % names.length];
    if (name !== undefined) measured[name] = await start[name]();
  }
  const phases = phasesOf(await measureStep(emulator, create, { watch: true }));
  return { ...(measured as Record<Subject, Measured>), phases };
}

async function keyToGet(emulator: EmulatorProcess): Promise<string> {
  const { run } = await measureStep(emulator, {
    operation: 'create',
    name: 'bench/get',
    team_id: String(emulator.teamId),
  });
  return run.outputs['key_id'] ?? '';
}
