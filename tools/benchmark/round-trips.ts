import { startEmulatorProcess, type EmulatorProcess } from './emulator-process.ts';
import { measureStep } from './measure.ts';
import { startRelay, type Relay } from './relay.ts';
import type { BenchOptions, Goal, Section } from './section.ts';

/** How long everything takes each way. */
const delayMs = 40;

/** Keys of the long list. */
const manyKeys = 20_000;

/** The same work without a proof and with it. */
const rotation = '`rotate`, until the job’s end';
const provenRotation = 'the same with `verify`';

/** What a step costs on a long way. */
interface Trip {
  readonly what: string;
  /** How many services it needs: the API, and the ingestion where a key is proven. */
  readonly services: number;
  readonly connections: number;
  readonly calls: number;
  readonly roundTrips: number;
  readonly lookups: number;
  /** Questions to a name server beyond the lookup of the address. */
  readonly queries: number;
  readonly wallMs: number;
}

/** Counts the round trips of each operation, with a long way put between. */
export async function roundTrips({ progress }: BenchOptions): Promise<Section> {
  const trips: Trip[] = [];
  const go = async (far: Far, what: string, inputs: Inputs): Promise<string> => {
    progress(`round trips: ${what}`);
    const { trip, keyId } = await travel(far, what, inputs);
    trips.push(trip);
    return keyId;
  };
  await farAway([], async (far) => {
    const team = { team_id: String(far.emulator.teamId) };
    const name = 'bench/trips';
    const id = await go(far, '`create`', { operation: 'create', name, ...team });
    await go(far, '`get` by id', { operation: 'get', key_id: id });
    await go(far, '`get` by name', { operation: 'get', name });
    await go(far, '`list`', { operation: 'list' });
    await go(far, '`update` by id', { operation: 'update', key_id: id, new_name: 'bench/new' });
    await go(far, '`deactivate` by id', { operation: 'deactivate', key_id: id });
    await go(far, '`deactivate` by name', { operation: 'deactivate', name: 'bench/new' });
    await go(far, '`delete` by id', { operation: 'delete', key_id: id });
    const ensured = { operation: 'ensure', name: 'bench/ensured', ...team };
    await go(far, '`ensure`, the first time', ensured);
    await go(far, '`ensure`, from then on', ensured);
    await go(far, rotation, { ...ensured, operation: 'rotate' });
    const proven = { ...team, verify: 'true' };
    await go(far, '`create` with `verify`', { operation: 'create', name, ...proven });
    await go(far, provenRotation, { ...ensured, ...proven, operation: 'rotate' });
  });
  await farAway(['--seed', String(manyKeys)], (far) =>
    go(far, `\`list\` of ${manyKeys.toLocaleString('en')} keys`, { operation: 'list' }),
  );
  return section(trips);
}

type Inputs = Readonly<Record<string, string>>;

/** An emulator, and the long way to it. */
interface Far {
  readonly emulator: EmulatorProcess;
  readonly relay: Relay;
  /** The way to its ingestion, as long. */
  readonly ingestionRelay: Relay;
}

async function farAway(
  options: readonly string[],
  work: (far: Far) => Promise<unknown>,
): Promise<void> {
  const emulator = await startEmulatorProcess(...options);
  const relay = await startRelay(emulator.port, delayMs);
  const ingestionRelay = await startRelay(Number(new URL(emulator.otlpEndpoint).port), delayMs);
  try {
    await work({ emulator, relay, ingestionRelay });
  } finally {
    await relay.stop();
    await ingestionRelay.stop();
    await emulator.stop();
  }
}

async function travel(
  { emulator, relay, ingestionRelay }: Far,
  what: string,
  inputs: Inputs,
): Promise<{ readonly trip: Trip; readonly keyId: string }> {
  relay.clear();
  ingestionRelay.clear();
  const isProving = inputs['verify'] === 'true';
  const place = isProving
    ? { ingestion_endpoint: `https://localhost:${ingestionRelay.port}` }
    : undefined;
  const { run, wallMs, probe } = await measureStep(
    emulator,
    { ...inputs, ...place },
    { port: relay.port, watch: true },
  );
  const connections = [...relay.connections, ...ingestionRelay.connections];
  const trip = {
    what,
    services: isProving ? 2 : 1,
    connections: connections.length,
    calls: probe.calls,
    roundTrips: connections.reduce((sum, { roundTrips: own }) => sum + own, 0),
    lookups: probe.lookups,
    queries: probe.queries,
    wallMs,
  };
  return { trip, keyId: run.outputs['key_id'] ?? '' };
}

function section(trips: readonly Trip[]): Section {
  const get = trips.find(({ what }) => what === '`get` by id');
  const extra = trips.filter(
    ({ services, connections, queries }) => connections !== services || queries !== 0,
  );
  return {
    figures: { delayMs, trips },
    tables: [
      {
        title: 'Round trips',
        note: `Counted on the wire, with ${delayMs} ms each way put between: one for TCP, one for TLS 1.3, one for each call that waits for another. \`create\` pays one more (see below), and so does the proof that a key works, on a connection of its own to the ingestion; \`create\` with it makes one call more, as the name comes last. Name lookups are those of the address; questions to a name server beyond that, such as for a service config, would stand in the last column.`,
        headings: [
          'operation',
          'calls',
          'round trips',
          'connections',
          'lookups',
          'other queries',
          'time, ms',
        ],
        rows: trips.map((trip) => [
          trip.what,
          ...[trip.calls, trip.roundTrips, trip.connections, trip.lookups, trip.queries].map(
            String,
          ),
          trip.wallMs.toFixed(0),
        ]),
      },
    ],
    goals: [
      {
        what: '`get` by id: round trips',
        limit: '3: TCP, TLS and one',
        measured: String(get?.roundTrips),
        isMet: get?.roundTrips === 3,
      },
      {
        what: 'Connections of each step to each service; questions for a service config',
        limit: '1; none',
        measured:
          extra.length === 0 ? '1; none' : `more for ${extra.map(({ what }) => what).join(', ')}`,
        isMet: extra.length === 0,
      },
      proofGoal(trips),
    ],
  };
}

/** What a proof adds to a step that does the same without it. */
function proofGoal(trips: readonly Trip[]): Goal {
  const without = trips.find(({ what }) => what === rotation);
  const proven = trips.find(({ what }) => what === provenRotation);
  const added = (count: (trip: Trip) => number): number =>
    without === undefined || proven === undefined ? NaN : count(proven) - count(without);
  const connections = added((trip) => trip.connections);
  const calls = added((trip) => trip.calls);
  const more = added((trip) => trip.roundTrips);
  return {
    what: 'What `verify` adds: connections; calls; round trips',
    limit: '1; 2; 5: TCP, TLS, its settings and two',
    measured: `${connections}; ${calls}; ${more}`,
    isMet: connections === 1 && calls === 2 && more <= 5,
  };
}
