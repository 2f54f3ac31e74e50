import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Failure, failureKinds } from '../../../src/core/failure.ts';
import type { KeyState } from '../../../src/operations/inventory.ts';
import type { KeyFacts, Outcome } from '../../../src/operations/operation.ts';
import type { StepFacts } from '../../../src/runner/summary/step-facts.ts';
import { withoutEntities } from '../../../tools/job-runner/index.ts';
import { Secret } from '../../../src/core/secret.ts';
import {
  writeFailureSummary,
  writeJobEndFailureSummary,
  writeJobEndSummary,
  writeSummary,
} from '../../../src/runner/summary/summary.ts';
import { keptLog } from '../../support/log.ts';
import { emptyFile, key, outcome } from '../bench.ts';
import { hostile } from './hostile.ts';

const file = emptyFile('summary');
process.env['GITHUB_STEP_SUMMARY'] = file;

beforeEach(() => {
  writeFileSync(file, '');
});

const step: StepFacts = {
  operation: 'ensure',
  dryRun: false,
  subject: 'asked/for',
  place: { region: 'EU2', host: 'eu2.coralogix.com' },
  site: { server: 'https://github.com', repository: 'acme/shop' },
};
const text = (): string => readFileSync(file, 'utf8').trimEnd();

/** What a block holds, read again after each. */
async function written(work: () => Promise<void>): Promise<string> {
  writeFileSync(file, '');
  await work();
  return text();
}

const of = (some: Partial<Outcome>, facts: Partial<StepFacts> = {}): Promise<string> =>
  written(() => writeSummary({ ...step, ...facts }, outcome(some), keptLog()));

const failed = (failure: Failure, facts: Partial<StepFacts> = {}): Promise<string> =>
  written(() => writeFailureSummary({ ...step, ...facts }, failure, keptLog()));

/** Every tag that the summary is made of; what is left of a text without them must hold no `<`. */
const ours =
  /<\/?(?:h3|p|b|br|ul|li|table|tr|th|td|code|span|details|summary)>|<a href="https:\/\/github\.com\/[\w./%-]*">|<\/a>/gu;

/** What a browser shows. */
function shown(html: string): string {
  return withoutEntities(html.replace(ours, ''));
}

describe('the headline', () => {
  test('names the key, and says all: what was done', async () => {
    const one = { key: key({ name: 'my-app/production' }), gist: 'rotated; both stay active' };
    expect(await of(one)).toMatch(
      /^<h3>✅ <code>my-app\/production<\/code>: rotated; both stay active<\/h3>\n/u,
    );
  });

  test('marks what a person should look at, though nothing failed', async () => {
    expect(await of({ gist: 'exists', needsLook: true })).toMatch(/^<h3>⚠️ <code>asked/u);
  });

  test('says of a dry run that it is one', async () => {
    expect(await of({ gist: 'would be made' }, { dryRun: true })).toMatch(
      /^<h3>🔎 Dry run: <code>asked\/for<\/code>: would be made<\/h3>/u,
    );
    expect(await failed(new Failure('auth', 'No.'), { dryRun: true })).toMatch(
      /^<h3>❌ Dry run: /u,
    );
  });

  test('names a key without its end, which has a row of its own', async () => {
    const summary = await of({ key: key({ name: 'load ~until-20261203T0210Z' }) });
    expect(summary).toContain('<h3>✅ <code>load</code>: done</h3>');
    expect(summary).toContain('<th>Ends</th><td>2026-12-03, 02:10 UTC</td>');
    expect(shown(summary)).toContain('load ~until-20261203T0210Z');
  });

  test('names the id where a key has no name, and nothing where nothing is known', async () => {
    const bare: StepFacts = { operation: 'ensure', dryRun: false };
    const unnamed = outcome({ key: { id: 'id-9', name: '' } });
    const summary = await written(() => writeSummary(bare, unnamed, keptLog()));
    expect(summary).toContain('<h3>✅ <code>id-9</code>: done</h3>');
    expect(await written(() => writeSummary(bare, outcome(), keptLog()))).toContain(
      '<h3>✅ done</h3>',
    );
  });
});

describe('the one key', () => {
  const secret = { secretName: 'CORALOGIX_KEY', environment: 'production' } as const;

  test('has the output and the secret that hold its value, with a link to its settings', async () => {
    const value = new Secret('some-value-of-a-test');
    const summary = await of({ key: key(), value, valuePlace: { kind: 'secret', secret } });
    expect(shown(summary)).toContain(
      'Value✅ the output value✅ the secret CORALOGIX_KEY of the environment production (settings)',
    );
    expect(summary).toContain('<a href="https://github.com/acme/shop/settings/environments">');
    expect(summary).not.toContain(value.reveal());
  });

  test('has the repository’s settings where the secret is its own, also that of another one', async () => {
    const own = { secretName: 'KEY', environment: undefined } as const;
    expect(await of({ key: key(), valuePlace: { kind: 'secret', secret: own } })).toContain(
      'href="https://github.com/acme/shop/settings/secrets/actions"',
    );
    const other = { ...own, repository: 'acme/other' } as const;
    const summary = await of({ key: key(), valuePlace: { kind: 'secret', secret: other } });
    expect(summary).toContain('href="https://github.com/acme/other/settings/secrets/actions"');
    expect(shown(summary)).toContain('the secret KEY of the repository acme/other');
  });

  test('has no link where nothing says where GitHub is, or what says it is no address', async () => {
    const valuePlace = { kind: 'secret', secret } as const;
    const nowhere: StepFacts = { operation: 'ensure', dryRun: false };
    const made = outcome({ key: key(), valuePlace });
    expect(await written(() => writeSummary(nowhere, made, keptLog()))).not.toContain('<a ');
    const site = { server: 'javascript:alert(1)//', repository: 'a/b' };
    expect(await of({ key: key(), valuePlace }, { site })).not.toContain('<a ');
  });

  test('says since when a secret holds its value, and in a dry run that it would', async () => {
    const sinceMs = Date.UTC(2026, 1, 3);
    const kept = await of({ key: key(), valuePlace: { kind: 'secret', secret, sinceMs } });
    expect(shown(kept)).toContain('(settings), since 2026-02-03');
    const dry = await of({ key: key(), valuePlace: { kind: 'secret', secret } }, { dryRun: true });
    expect(shown(dry)).toContain('Valuewould be stored as the secret CORALOGIX_KEY');
  });

  test('says why its value is nowhere', async () => {
    const summary = await of({ key: key(), valuePlace: { kind: 'unknown', why: 'lost' } });
    expect(shown(summary)).toContain('Value⚠️ lost');
  });

  test('shows the proof, where it is, and its team', async () => {
    const proof = { authority: 'ingress.example.com:443', afterMs: 1234 };
    const summary = await of({ key: key(), proof });
    expect(shown(summary)).toContain(
      'Works✅ accepted by ingress.example.com:443 after 1.2 s, where a made-up key is refused',
    );
    expect(shown(summary)).toContain('WhereEU2 (eu2.coralogix.com), team 4001');
  });

  test('has the rest in a fold: ids, hashed, policy, the whole sentence', async () => {
    const one = {
      key: key({ hashed: true, accessPolicy: '{}' }),
      previousKeyIds: ['id-8', 'id-9'],
    };
    const [, fold = ''] = (await of({ ...one, sentence: 'All of it.' })).split('<details>');
    expect(fold).toMatch(/^<summary>Details<\/summary>\n<table>/u);
    for (const row of [
      '<th>Id</th><td><code>id-1</code></td>',
      '<th>Hashed</th><td>yes</td>',
      '<th>Access policy</th><td>yes</td>',
      '<th>Previous keys</th><td><code>id-8</code>, <code>id-9</code></td>',
      '<th>In full</th><td>All of it.</td>',
    ]) {
      expect(fold).toContain(row);
    }
  });
});

describe('several keys', () => {
  test('are a table, with what became of each', async () => {
    const rows = [
      { id: 'id-1', name: "it's", is: 'of the branch "<b>::x", which is gone' },
      { id: 'id-2', name: '' },
    ];
    expect(await of({ shown: rows })).toContain(
      '<table><tr><th>Name</th><th>State</th><th>Id</th></tr>' +
        '<tr><td><code>it&apos;s</code></td><td>of the branch &quot;&lt;b&gt;::x&quot;, which is gone</td><td><code>id-1</code></td></tr>' +
        '<tr><td></td><td></td><td><code>id-2</code></td></tr></table>',
    );
  });

  test('show whether they are active, hashed or have a policy, where that tells something', async () => {
    const keys = [key({ accessPolicy: '{}' }), key({ id: 'id-2', active: false, hashed: true })];
    const summary = await of({ keys });
    expect(summary).toContain('<th>Active</th><th>Hashed</th><th>Access policy</th><th>Id</th>');
    expect(summary).toContain('<td>yes</td><td>no</td><td>yes</td><td><code>id-1</code></td>');
    expect(summary).toContain('<td>no</td><td>yes</td><td>no</td><td><code>id-2</code></td>');
  });

  const listed = (id: string, state: KeyState): KeyFacts => ({ id, name: id, state, is: state });

  test('of a list with nothing wrong are one ticked line, and a fold', async () => {
    const shown = (['foreign', 'pending', 'ending', 'active', 'inactive'] as const).map((state) =>
      listed(`id-${state}`, state),
    );
    const summary = await of({ shown, gist: 'nothing to look at' });
    expect(summary).toMatch(/^<h3>✅ .*<\/h3>\n<details><summary>Keys<\/summary>/u);
    expect(summary.indexOf('<table>')).toBeGreaterThan(summary.indexOf('<details>'));
  });

  test('of a list are first those that are to be looked at, each with a mark', async () => {
    const wrong = (['abandoned', 'ended', 'gone', 'duplicate'] as const).map((state) =>
      listed(`id-${state}`, state),
    );
    const summary = await of({ shown: [...wrong, listed('id-fine', 'active')] });
    const [above = '', fold = ''] = summary.split('<details>');
    expect(above.match(/<td>⚠️<\/td>/gu)).toHaveLength(4);
    expect(above).not.toContain('id-fine');
    expect(fold).toContain('Details, and 1 key that is in order');
    expect(fold).toContain('id-fine');
  });
});

describe('a failure', () => {
  test('says what failed and why in the headline, then what was said and what to do', async () => {
    const failure = new Failure('auth', 'It failed.', { hint: 'Look.', keyIds: ['id-7'] });
    const summary = await failed(failure);
    expect(shown(summary)).toBe(
      '❌ asked/for: ensure failed: Coralogix does not know api_key\n' +
        'It failed.\nWhat to do: Look.\n' +
        'Keys to look atid-7WhereEU2 (eu2.coralogix.com)Kindauth',
    );
  });

  test.each(failureKinds.map((kind) => [kind]))('of the kind %s has a headline', async (kind) => {
    expect(await failed(new Failure(kind, 'It failed.'))).toMatch(
      /^<h3>❌ .*: ensure \w+: .+<\/h3>/u,
    );
  });

  test('that refuses shows the keys that it is about, and keeps the sentence in the fold', async () => {
    const keys = [{ id: 'id-1', name: 'a', is: 'gone' }];
    const failure = new Failure('unsafe', 'In full.', { gist: '1 key would go', keys });
    const [above = '', fold = ''] = (await failed(failure)).split('<details>');
    expect(shown(above)).toContain('ensure refused: 1 key would go\nNameStateIdagoneid-1');
    expect(fold).toContain('<p>In full.</p>');
    expect((await failed(failure.with({ sentence: 'More.' }))).split('<details>')[0]).toBe(above);
  });
});

describe('the end of a job', () => {
  test('goes on with the story of its step', async () => {
    const deeds = [
      { sentence: 'One is gone.', gist: 'one is gone' },
      { sentence: 'Two stays.', gist: 'two stays' },
    ];
    expect(await written(() => writeJobEndSummary('n', deeds, keptLog()))).toBe(
      '<h3>✅ <code>n</code>: at the end of the job, one is gone; two stays</h3>\n' +
        '<details><summary>Details</summary>\n<p>One is gone.</p>\n<p>Two stays.</p>\n</details>',
    );
    const [deed] = deeds.map((each) => ({ ...each, needsLook: true }));
    const look = await written(() => writeJobEndSummary('n', deed ? [deed] : [], keptLog()));
    expect(look).toMatch(/^<h3>⚠️ /u);
  });

  test('says what could not be settled, what to do, and which keys to look at', async () => {
    const failure = new Failure('timeout', 'No answer.', { hint: 'Look.', keyIds: ['id-7'] });
    expect(shown(await written(() => writeJobEndFailureSummary('n', failure, keptLog())))).toBe(
      '⚠️ n: not all could be settled at the end of the job\nNo answer.\nWhat to do: Look.\nKeys to look atid-7',
    );
  });
});

test('several steps are blocks of the same level, with nothing that is said of each', async () => {
  writeFileSync(file, '');
  await writeSummary(step, outcome({ key: key() }), keptLog());
  await writeFailureSummary(step, new Failure('auth', 'No.'), keptLog());
  expect(text().match(/<h\d>/gu)).toEqual(['<h3>', '<h3>']);
});

test('says what is wrong with the inputs as a list', async () => {
  const items = ['`a` is <b>.', 'Second\nthing.'];
  const failure = new Failure('invalid_input', '2 things are wrong with the inputs:', { items });
  expect(await failed(failure)).toContain(
    '</h3>\n<p>2 things are wrong with the inputs:</p>\n' +
      '<ul><li><code>a</code> is &lt;b&gt;.</li><li>Second&#92;nthing.</li></ul>',
  );
});

test('never holds a value', async () => {
  const value = randomBytes(12).toString('hex');
  const secret = new Secret(value);
  const all = outcome({
    key: key({ value: secret }),
    value: secret,
    keys: [key({ value: secret })],
  });
  await writeSummary(step, all, keptLog());
  expect(text()).not.toContain(value);
});

test('what the runner does not know as a secret, it still finds: in the forms that it looks for', async () => {
  // As somebody pasted it into the wrong input: this step does not know it for one.
  const token = 'cxup_Ab/Cd+Ef==.gh-IJ:kl_0123456789';
  await writeFailureSummary(step, new Failure('invalid_input', `It is "${token}".`), keptLog());
  expect(text()).toContain(token);
  writeFileSync(file, '');
  await writeFailureSummary(step, new Failure('invalid_input', `<&>"'`), keptLog());
  expect(text()).toContain('<p>&lt;&amp;&gt;&quot;&apos;</p>');
});

describe('a long list', () => {
  const list = (count: number, name: (index: number) => string): Promise<string> =>
    of({
      sentence: name(0),
      keys: Array.from({ length: count }, (_, index) =>
        key({ id: 'i'.repeat(128), name: name(index) }),
      ),
    });

  test('is a hundred rows, then names, then a number', async () => {
    const summary = await list(20_000, (index) => `name-${index}-`);
    expect(summary.match(/<tr>/gu)).toHaveLength(101 + 2);
    expect(summary).toContain('<summary>And 19900 more.</summary>');
    expect(summary).toContain('<p>19500 are left out here.</p>');
    expect(summary).toContain('<code>name-499-</code>');
    expect(summary).not.toContain('name-500-');
    expect(await list(500, (index) => `name-${index}-`)).not.toContain('left out');
    expect(await list(100, (index) => `name-${index}-`)).not.toContain('more.');
  });

  test('is far below what GitHub takes, whatever its names', async () => {
    const summary = await list(20_000, () => '\u{e0041}'.repeat(1000));
    expect(summary).toContain('<summary>And 19900 more.</summary>');
    expect(Buffer.byteLength(summary)).toBeLessThan(512 * 1024);
  });
});

describe('text from outside', () => {
  test('makes no tag, no entity, no Markdown and no new line, and can be read', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, hostile, hostile, async (name, sentence, operation) => {
        writeFileSync(file, '');
        const one = outcome({ sentence, keys: [key({ name })] });
        await writeSummary({ ...step, operation, subject: operation }, one, keptLog());
        const bare = text().replace(ours, '');
        expect(bare).not.toMatch(/[<>"'`*~[\](){}@!|\\]/u);
        expect(bare.replace(/&(?:#\d+|amp|lt|gt|quot|apos);/gu, '')).not.toMatch(/[&#]/u);
        // A line that is empty would end the HTML, and let Markdown begin.
        expect(text().split('\n')).toHaveLength(5);
        for (const line of text().split('\n')) {
          expect(line).toMatch(/^<(?:h3|p|table|details|\/details)>/u);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('is shown as it is, where it can be', async () => {
    const name = `a'b"c<d>&amp;\`*_~[](){}#1@x!|\\:/`;
    // In the table, and in the sentence; the headline has what was asked for.
    expect(shown(await of({ sentence: name, keys: [key({ name })] })).split(name)).toHaveLength(3);
  });
});

test('a summary that cannot be written is no failure', async () => {
  rmSync(file);
  mkdirSync(file);
  const log = keptLog();
  await writeSummary(step, outcome(), log);
  expect(log.infos).toEqual(['The job summary could not be written.']);
});
