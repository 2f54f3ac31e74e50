/**
 * Loaded into a measured process before its program (`node --require`). Uses what Node tells about
 * itself and changes nothing. Writes what it saw, as JSON, to the file that BENCH_PROBE names, when
 * the process exits. Looks at the network only when BENCH_WATCH is set, as that costs something.
 */
import { createHook } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';

/** A moment: milliseconds, and processor time by then, since the process has started. */
export interface Moment {
  readonly atMs: number;
  readonly cpuMs: number;
}

/** What the probe writes. */
export interface ProbeReport {
  /** When the probe was loaded: Node itself is ready. */
  readonly ready: Moment;
  /** The first connection was begun. */
  readonly connecting: Moment | undefined;
  /** The first request went out. */
  readonly requested: Moment | undefined;
  /** The last answer was complete. */
  readonly answered: Moment | undefined;
  readonly exit: Moment;
  readonly maxRssKb: number;
  readonly connections: number;
  readonly calls: number;
  /** Names looked up the way the system does it. */
  readonly lookups: number;
  /** Questions to a name server beyond that: for TXT records, for instance. */
  readonly queries: number;
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

const report: Writable<ProbeReport> = {
  ready: moment(),
  connecting: undefined,
  requested: undefined,
  answered: undefined,
  exit: moment(),
  maxRssKb: 0,
  connections: 0,
  calls: 0,
  lookups: 0,
  queries: 0,
};

function moment(): Moment {
  const { user, system } = process.cpuUsage();
  return { atMs: performance.now(), cpuMs: (user + system) / 1000 };
}

if (process.env['BENCH_WATCH'] !== undefined) {
  subscribe('net.client.socket', () => {
    report.connecting ??= moment();
    report.connections += 1;
  });
  subscribe('http2.client.stream.created', () => {
    report.requested ??= moment();
    report.calls += 1;
  });
  subscribe('http2.client.stream.close', () => {
    report.answered = moment();
  });
  createHook({
    init: (_id, type) => {
      if (type === 'GETADDRINFOREQWRAP') report.lookups += 1;
      if (type === 'QUERYWRAP') report.queries += 1;
    },
  }).enable();
}

process.on('exit', () => {
  report.exit = moment();
  report.maxRssKb = process.resourceUsage().maxRSS;
  writeFileSync(process.env['BENCH_PROBE'] ?? '', JSON.stringify(report));
});
