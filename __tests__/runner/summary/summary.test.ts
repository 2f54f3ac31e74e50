import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Failure } from '../../../src/core/failure.ts';
import { withoutEntities } from '../../../tools/job-runner/index.ts';
import { Secret } from '../../../src/core/secret.ts';
import { writeFailureSummary, writeJobEndSummary, writeSummary } from '../../../src/runner/summary/summary.ts';
import { emptyFile, keeping, key, outcome } from '../bench.ts';

const file = emptyFile('summary');
process.env['GITHUB_STEP_SUMMARY'] = file;

beforeEach(() => {
  writeFileSync(file, '');
});

const head = { operation: 'list', dryRun: false };
const text = (): string => readFileSync(file, 'utf8').trimEnd();

/** Every tag that the summary is made of; what is left of a text without them must hold no `<`. */
const ours = /<\/?(?:h3|p|ul|li|table|tr|th|td|code)>/gu;

/** What a browser shows. */
function shown(html: string): string {
  return withoutEntities(html.replace(ours, ''));
}

test('says what was done, and shows the keys', async () => {
  const keys = [key({ name: "it's" }), key({ id: 'id-2', name: '', active: false, hashed: true })];
  await writeSummary(head, outcome({ sentence: 'Two keys.', keys }), keeping());
  expect(text()).toBe(
    '<h3>Coralogix API key: list</h3>\n<p>Two keys.</p>\n' +
      '<table><tr><th>Name</th><th>Id</th><th>Active</th><th>Hashed</th></tr>' +
      '<tr><td><code>it&apos;s</code></td><td><code>id-1</code></td><td>yes</td><td>no</td></tr>' +
      '<tr><td></td><td><code>id-2</code></td><td>no</td><td>yes</td></tr></table>',
  );
});

test('shows which keys have an access policy, where any has one', async () => {
  const keys = [key({ accessPolicy: '{}' }), key({ id: 'id-2' })];
  await writeSummary(head, outcome({ keys }), keeping());
  expect(text()).toContain('<th>Hashed</th><th>Access policy</th></tr>');
  expect(text()).toMatch(/<td>no<\/td><td>yes<\/td><\/tr>.*<td>no<\/td><td>no<\/td><\/tr>/u);
});

test('says what each key is, where a list tells, and takes it for text', async () => {
  const rows = [
    { id: 'id-1', name: 'a', is: 'of the branch "<b>::x", which is gone' },
    { id: 'id-2', name: 'b' },
  ];
  await writeSummary(head, outcome({ shown: rows }), keeping());
  expect(text()).toContain('<th>Hashed</th><th>State</th></tr>');
  expect(text()).toContain('<td>of the branch &quot;&lt;b&gt;::x&quot;, which is gone</td></tr>');
  expect(text()).toMatch(/<td><code>id-2<\/code><\/td><td><\/td><td><\/td><td><\/td><\/tr>/u);
});

test('shows the one key, or those that are to be shown, and marks a dry run', async () => {
  await writeSummary(
    { ...head, dryRun: true },
    outcome({ key: { id: 'a', name: 'one' } }),
    keeping(),
  );
  expect(text()).toContain('list (dry run)</h3>');
  expect(text()).toContain('<td><code>one</code></td><td><code>a</code></td><td></td><td></td>');
  writeFileSync(file, '');
  const many = outcome({ keys: [key({ name: 'read' })], shown: [{ id: 'b', name: 'shown' }] });
  await writeSummary(head, many, keeping());
  expect(text()).toContain('shown');
  expect(text()).not.toContain('read');
});

test('says why a step failed, and what the end of the job did', async () => {
  await writeFailureSummary(head, new Failure('auth', 'It failed.', { hint: 'Look.' }), keeping());
  expect(text()).toContain('list failed &#40;auth&#41;</h3>\n<p>It failed. Look.</p>');
  writeFileSync(file, '');
  await writeJobEndSummary(['One.', 'Two.'], keeping());
  expect(text()).toBe('<h3>Coralogix API key: end of job</h3>\n<p>One.</p>\n<p>Two.</p>');
});

test('says what is wrong with the inputs as a list', async () => {
  const items = ['`a` is <b>.', 'Second\nthing.'];
  const failure = new Failure('invalid_input', '2 things are wrong with the inputs:', { items });
  await writeFailureSummary(head, failure, keeping());
  expect(text()).toContain(
    '</h3>\n<p>2 things are wrong with the inputs:</p>\n' +
      '<ul><li>&#96;a&#96; is &lt;b&gt;.</li><li>Second&#92;nthing.</li></ul>',
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
  await writeSummary(head, all, keeping());
  expect(text()).not.toContain(value);
});

test('what the runner does not know as a secret, it still finds: in the forms that it looks for', async () => {
  // As somebody pasted it into the wrong input: this step does not know it for one.
  const token = 'cxup_Ab/Cd+Ef==.gh-IJ:kl_0123456789';
  await writeFailureSummary(head, new Failure('invalid_input', `It is "${token}".`), keeping());
  expect(text()).toContain(token);
  writeFileSync(file, '');
  await writeFailureSummary(head, new Failure('invalid_input', `<&>"'`), keeping());
  expect(text()).toContain('<p>&lt;&amp;&gt;&quot;&apos;</p>');
});

test('shows a hundred keys and counts the rest, far below what GitHub takes', async () => {
  const worst = '\u{e0041}'.repeat(1000);
  const keys = Array.from({ length: 20_000 }, () => key({ id: 'i'.repeat(128), name: worst }));
  await writeSummary(head, outcome({ sentence: worst, keys }), keeping());
  expect(text().match(/<tr>/gu)).toHaveLength(101);
  expect(text()).toMatch(/<p>And 19900 more\.<\/p>$/u);
  expect(Buffer.byteLength(text())).toBeLessThan(512 * 1024);
});

describe('text from outside', () => {
  const hostile = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '<',
          '>',
          '&',
          '"',
          "'",
          '`',
          '*',
          '_',
          '~',
          '|',
          '#',
          '@',
          '!',
          '\\',
          ':',
          '/',
        ),
        fc.constantFrom(
          '<script>',
          '</td>',
          '</code>',
          '<img src=x>',
          '&lt;',
          '&#60;',
          '<!--',
          ']]>',
        ),
        fc.constantFrom(
          '\n\n# title',
          '\r\n',
          '[a](b)',
          '![a](b)',
          'https://example.com',
          '@octocat',
          '#1',
        ),
        fc.string({ unit: 'binary', maxLength: 4 }),
      ),
      { maxLength: 20 },
    )
    .map((parts) => parts.join(''));

  test('makes no tag, no entity, no Markdown and no new line, and can be read', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, hostile, hostile, async (name, sentence, operation) => {
        writeFileSync(file, '');
        const one = outcome({ sentence, keys: [key({ name })] });
        await writeSummary({ operation, dryRun: false }, one, keeping());
        const bare = text().replace(ours, '');
        expect(bare).not.toMatch(/[<>"'`*~[\](){}@!|\\]/u);
        expect(bare.replace(/&(?:#\d+|amp|lt|gt|quot|apos);/gu, '')).not.toMatch(/[&#]/u);
        // A line that is empty would end the HTML, and let Markdown begin.
        expect(text().split('\n')).toHaveLength(3);
        for (const line of text().split('\n')) expect(line).toMatch(/^<(?:h3|p|table)>/u);
      }),
      { numRuns: 300 },
    );
  });

  test('is shown as it is, where it can be', async () => {
    const name = `a'b"c<d>&amp;\`*_~[](){}#1@x!|\\:/`;
    await writeSummary(head, outcome({ sentence: name, keys: [key({ name })] }), keeping());
    expect(shown(text()).split(name)).toHaveLength(3);
  });
});

test('a summary that cannot be written is no failure', async () => {
  rmSync(file);
  mkdirSync(file);
  const log = keeping();
  await writeSummary(head, outcome(), log);
  expect(log.infos).toEqual(['The job summary could not be written.']);
});
