import { describe, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  afterRun,
  readObservations,
  writeObservations,
  type Observations,
} from '../../../tools/conformance/observations.ts';
import { pagePath, pageWith } from '../../../tools/conformance/page.ts';
import { group, type Probe } from '../../../tools/conformance/probe.ts';
import { probeGroups } from '../../../tools/conformance/probes/index.ts';
import type { Outcome } from '../../../tools/conformance/run.ts';

const probe = (id: string, expected = ['OK']): Probe => ({
  id,
  assumption: 'A | B holds.',
  mark: 'inferred',
  source: 'proto',
  expected,
  restsOn: 'a thing',
  ifWrong: { isSafe: id !== 'K02', then: 'nothing changes' },
  ask: () => Promise.resolve({ seen: 'OK' }),
});

const outcome = (id: string, verdict: Outcome['verdict'], seen = 'OK'): Outcome => ({
  probe: probe(id),
  verdict,
  seen,
  detail: undefined,
});

describe('docs/service.md', () => {
  test('holds the assumptions as they are: npm run conformance -- --emulator --write', async () => {
    const page = (await readFile(pagePath, 'utf8')).replaceAll('\r\n', '\n');
    expect(await pageWith(page, probeGroups, await readObservations())).toBe(page);
  });

  test('shows the mark of what nobody has observed, and else the last observation', async () => {
    const page = await readFile(pagePath, 'utf8');
    const probes = [probe('K01'), probe('K02'), probe('K03', ['OK', 'INVALID_ARGUMENT'])];
    const text = await pageWith(page, [group('Some', probes)], {
      K02: { date: '2026-11-27', verdict: 'differs', seen: 'a | b' },
      K03: { date: '2026-11-28', verdict: 'agrees', seen: 'OK' },
    });
    const rows = text.split('\n').filter((line) => line.startsWith('| K'));
    expect(rows.map((row) => row.replaceAll(/ +/gu, ' '))).toEqual([
      '| K01 | A \\| B holds. | inferred: proto | never | a thing | safe: nothing changes |',
      '| K02 | A \\| B holds. | observed | 2026-11-27: **differs**, a \\| b | a thing | **not safe**: nothing changes |',
      '| K03 | A \\| B holds. | observed | 2026-11-28: OK | a thing | safe: nothing changes |',
    ]);
    expect(text).toContain('### Some');
    expect(text).not.toContain('### Names');
    // What stands around them stays.
    expect(text).toContain('## Endpoints');
  });

  test('is not written where there is no place for them', async () => {
    await expect(pageWith('# Another page\n', probeGroups, {})).rejects.toThrow('has no place');
  });
});

describe('the observations', () => {
  test('are of assumptions that there are', async () => {
    const ids = new Set(probeGroups.flatMap(({ probes }) => probes.map(({ id }) => id)));
    expect(Object.keys(await readObservations()).filter((id) => !ids.has(id))).toEqual([]);
  });

  test('keep what a run could not determine as it was', () => {
    const before: Observations = {
      K01: { date: '2026-01-01', verdict: 'agrees', seen: 'OK' },
      K03: { date: '2026-01-01', verdict: 'agrees', seen: 'OK' },
    };
    const after = afterRun(
      before,
      [
        outcome('K03', 'differs', 'NOT_FOUND'),
        outcome('K01', 'undetermined'),
        outcome('K02', 'agrees'),
      ],
      '2026-11-27',
    );
    expect(Object.entries(after)).toEqual([
      ['K01', before['K01']],
      ['K02', { date: '2026-11-27', verdict: 'agrees', seen: 'OK' }],
      ['K03', { date: '2026-11-27', verdict: 'differs', seen: 'NOT_FOUND' }],
    ]);
  });

  test('keep the figures of what is measured, and the page tells them', async () => {
    const measured = { ...probe('K01', ['within 5 ms']), isMeasured: true } as const;
    const figures = { probe: measured, verdict: 'agrees', seen: 'within 5 ms', detail: 'at once' };
    const after = afterRun({}, [figures as Outcome], '2026-11-27');
    expect(after['K01']?.seen).toBe('within 5 ms (at once)');
    const text = await pageWith(
      await readFile(pagePath, 'utf8'),
      [group('Some', [measured])],
      after,
    );
    expect(text).toContain('2026-11-27: within 5 ms (at once)');
  });

  test('are read as they were written', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'observations-'));
    const file = path.join(folder, 'observations.json');
    const observations = afterRun({}, [outcome('K01', 'agrees')], '2026-11-27');
    await writeObservations(observations, file);
    expect(await readObservations(file)).toEqual(observations);
    await rm(folder, { recursive: true });
  });
});
