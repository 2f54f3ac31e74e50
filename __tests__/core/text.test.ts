import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { commandNames, parseCommand } from '../../tools/job-runner/commands.ts';
import { codeOf, listed, messageOf, oneLine, plural, quote } from '../../src/core/text.ts';

/** Any text, rich in what a terminal, the runner or Markdown could obey. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '::',
        ':',
        '##[',
        '##',
        '#',
        '[',
        ']',
        '\n',
        '\r',
        '\t',
        ' ',
        '\u00a0',
        '\u0085',
      ),
      fc.constantFrom('error', 'add-mask', 'set-output name=value', 'stop-commands', '::error::'),
      fc.constantFrom(
        '\u0000',
        '\u001b[31m',
        '\u202e',
        '\u2028',
        '\ufeff',
        '\u200b',
        '\u3164',
        '\ud800',
        '\udfff',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));

const unseen = /(?![\ufe0e\ufe0f])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{DI}]/u;

describe('oneLine', () => {
  test.each([
    ['a\nb\r\n\tc', 'a\\nb\\r\\n\\tc'],
    ['\u0000\u001b[31m', '\\u0000\\u001b[31m'],
    ['a\u202eb', 'a\\u202eb'],
    ['\u2028\u2029\u0085', '\\u2028\\u2029\\u0085'],
    ['\ud83d', '\\ud83d'],
    ['\udc00\ud83d', '\\udc00\\ud83d'],
    ['\u{e0041}', '\\u{e0041}'],
    ['\u3164\u115f\u034f', '\\u3164\\u115f\\u034f'],
    ['::error::x', '\\::error::x'],
    ['  \u00a0::error::x', '  \u00a0\\::error::x'],
    [':::', '\\:::'],
    ['a ::error::x', 'a ::error::x'],
    ['\n::error::x', '\\n::error::x'],
    ['a ##[error]x ##[', 'a ##\\[error]x ##\\['],
    ['###[error]', '###\\[error]'],
    ['##\u200b[error]', '##\\u200b[error]'],
  ])('%j is printed as %j', (text, expected) => {
    expect(oneLine(text)).toBe(expected);
  });

  test('what a reader can see stays as it is', () => {
    for (const text of [
      '',
      'my-app/main',
      'café — “naïve”',
      '日本語',
      'שָׁלוֹם',
      '😀',
      '❤️',
      'a:b::c#[1]',
    ]) {
      expect(oneLine(text)).toBe(text);
    }
    const ordinary = fc.string({ unit: 'grapheme-composite', maxLength: 100 });
    fc.assert(
      fc.property(ordinary, (text) => {
        fc.pre(!unseen.test(text) && !/##\[|^\s*::/u.test(text));
        expect(oneLine(text)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  test('nothing in it is unseen, none of it is more than one line, and doing it twice changes nothing', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const line = oneLine(text, 1000);
        expect(line).not.toMatch(unseen);
        expect(oneLine(line, 100_000)).toBe(line);
      }),
      { numRuns: 500 },
    );
  });

  // actions/runner, ActionCommand.cs: `::name ...::` at the start of the line, blanks left out, or
  // `##[name ...]` anywhere in it.
  test('the runner takes none of it for a command', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 1, max: 60 }), (text, max) => {
        const line = oneLine(text, max);
        expect(line).not.toMatch(/^\s*::|##\[/u);
        expect(parseCommand(line, commandNames)).toBeUndefined();
        expect(parseCommand(`  ${line}`, commandNames)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  test('the generator does make commands: so the test above says something', () => {
    const isCommand = (text: string): boolean =>
      text.split(/[\r\n]/u).some((line) => parseCommand(line, commandNames) !== undefined);
    expect(fc.sample(hostile, { numRuns: 2000, seed: 1 }).some(isCommand)).toBe(true);
  });

  test('it is cut at so many characters, none of them in two, and the cut is shown', () => {
    expect(oneLine('abcdef', 3)).toBe('abc…');
    expect(oneLine('abc', 3)).toBe('abc');
    expect(oneLine('😀😀😀', 2)).toBe('😀😀…');
    expect(oneLine('a😀😀😀', 2)).toBe('a😀…');
    expect(oneLine('😀😀', 2)).toBe('😀😀');
    fc.assert(
      fc.property(hostile, fc.integer({ min: 1, max: 60 }), (text, max) => {
        const characters = Array.from(text).length;
        expect(oneLine(text, max).endsWith('…')).toBe(characters > max || text.endsWith('…'));
        // The longest escape, `\u{10ffff}`, for each, and the cut.
        expect(oneLine(text, max).length).toBeLessThanOrEqual(max * 10 + 1);
      }),
      { numRuns: 500 },
    );
  });

  test('a text of any length costs the same', () => {
    const long = '\n::'.repeat(10_000_000);
    expect(oneLine(long).length).toBeLessThan(2000);
    expect(oneLine('😀'.repeat(100_000))).toBe(`${'😀'.repeat(500)}…`);
  });
});

test('a quotation is one line in quotes', () => {
  expect(quote('a\nb')).toBe('"a\\nb"');
  expect(quote('x'.repeat(200))).toBe(`"${'x'.repeat(120)}…"`);
  expect(quote('abc', 2)).toBe('"ab…"');
});

test('a count has its noun', () => {
  expect([0, 1, 2].map((count) => plural(count, 'key'))).toEqual(['0 keys', '1 key', '2 keys']);
});

test('a list names the first few and counts the rest', () => {
  expect(listed([])).toBe('');
  expect(listed(['a', 'b'])).toBe('a, b');
  expect(listed(['a', 'b', 'c'], 2)).toBe('a, b and 1 more');
});

test('whatever is thrown has a message of one line, and a code', () => {
  expect(messageOf(new Error('a\nb'))).toContain('a\\nb');
  expect(messageOf('a\nb')).toBe('a\\nb');
  expect(messageOf(undefined)).toBe('undefined');
  expect(codeOf(Object.assign(new Error(), { code: 'ENOENT' }))).toBe('ENOENT');
  expect([undefined, null, 'ENOENT', new Error(), { code: 7 }].map(codeOf)).toEqual(
    Array(5).fill('unknown error'),
  );
});
