import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { shellPath } from '../../tools/job-runner/script-step.ts';

/** CHANGELOG.md: what a reader looks for stands where it stood before, and a release finds its notes. */

const groups = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'];
const upgrading = 'What to change when upgrading';

const text = readFileSync('CHANGELOG.md', 'utf8').replaceAll('\r\n', '\n');
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

interface Section {
  readonly heading: string;
  readonly body: string;
  readonly parts: readonly (readonly [heading: string, body: string])[];
}

/** The parts below headings of one level. */
function below(level: string, whole: string): readonly (readonly [string, string])[] {
  return whole
    .split(new RegExp(`^${level} `, 'mu'))
    .slice(1)
    .map((part) => {
      const [heading = '', ...rest] = part.split('\n');
      return [heading, rest.join('\n').trim()] as const;
    });
}

const sections: readonly Section[] = below('##', text).map(([heading, body]) => ({
  heading,
  body,
  parts: below('###', body),
}));

describe('CHANGELOG.md', () => {
  test('has what is unreleased first, then versions with their dates, the newest first', () => {
    const [first, ...released] = sections.map(({ heading }) => heading);
    expect(first).toBe('Unreleased');
    const forms = released.filter((each) => !/^\d+\.\d+\.\d+ \(\d{4}-\d\d-\d\d\)$/u.test(each));
    expect(forms).toEqual([]);
    const versions = released.map((each) => each.split(' ')[0] ?? '');
    const byNumber = new Intl.Collator('en', { numeric: true });
    expect(versions).toEqual([...versions].sort((a, b) => byNumber.compare(b, a)));
    expect(new Set(versions).size).toBe(versions.length);
  });

  test('has the version of package.json as its newest one, once something is released', () => {
    const newest = sections[1]?.heading.split(' ')[0];
    // Nothing is released while the interface is not promised.
    expect(newest ?? (version.startsWith('0.') ? version : 'none')).toBe(version);
  });

  test.each(sections.map((section) => [section.heading, section] as const))(
    'says of %s what to change when upgrading, then what is new, by kind',
    (heading, { parts }) => {
      const [first, ...kinds] = parts.map(([title]) => title);
      // Of what is not released yet, there may be nothing to say.
      if (first === undefined && heading === 'Unreleased') return;
      expect(first).toBe(upgrading);
      expect(kinds).toEqual(groups.filter((group) => kinds.includes(group)));
      for (const [, body] of parts) expect(body).not.toBe('');
    },
  );

  test('tells everything once', () => {
    const named = sections.flatMap(({ parts }) =>
      parts.flatMap(([, body]) => body.split(/^- /mu).slice(1)),
    );
    const words = named.map((each) => each.replaceAll(/\s+/gu, ' ').trim());
    expect(words.length).toBeGreaterThan(5);
    expect(words).toEqual([...new Set(words)]);
  });

  test('has no link in a section that would lead nowhere from a release', () => {
    const links = sections.flatMap(({ body }) =>
      [...body.matchAll(/\]\(([^)\s]+)\)/gu)].map(([, link = '']) => link),
    );
    expect(links.filter((link) => !link.startsWith('https://'))).toEqual([]);
  });
});

describe('the notes of a release', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'notes-'));
    await mkdir(join(folder, 'scripts'));
    const script = join('scripts', 'release-notes.sh');
    await cp(script, join(folder, script));
    await chmod(join(folder, script), 0o755);
    const of = (each: string): string => `### ${upgrading}\n\nNothing.\n\n### Fixed\n\n- ${each}\n`;
    await writeFile(
      join(folder, 'CHANGELOG.md'),
      `# Changes\n\n## Unreleased\n\n## 1.10.0 (2026-12-02)\n\n${of('Ten.')}\n## 1.1.0 (2026-12-01)\n\n${of('One.')}`,
    );
  });

  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  function notes(of: string): { status: number | null; stdout: string; stderr: string } {
    const script = join(folder, 'scripts', 'release-notes.sh');
    const { status, stdout, stderr } = spawnSync(shellPath('bash'), [script, of], {
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  }

  test.each([
    ['1.10.0', 'Ten.'],
    ['1.1.0', 'One.'],
  ])('are what stands below %s, and nothing else', (of, told) => {
    expect(notes(of)).toEqual({
      status: 0,
      stdout: `### ${upgrading}\n\nNothing.\n\n### Fixed\n\n- ${told}\n`,
      stderr: '',
    });
  });

  test.each(['1.1', '1.1.1', '1.0.0', 'Unreleased', '.*'])('are missing for %s', (of) => {
    expect(notes(of)).toEqual({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining(`says nothing of ${of}`),
    });
  });
});
