import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ok, wrong } from '../../src/core/result.ts';
import {
  fill,
  goneProblems,
  openPlaceholders,
  parseTemplate,
  placeholders,
} from '../../src/names/template.ts';
import { parsed, values } from '../support/github-template.ts';

function problemsOf(text: string): readonly string[] {
  const result = parseTemplate(text);
  return result.ok ? [] : result.problems;
}

describe('a name template', () => {
  test('without braces is the name itself', () => {
    expect(fill(parsed('my app: 100 %'), values())).toEqual(ok('my app: 100 %'));
  });

  test('is filled in at every placeholder', () => {
    const all = placeholders.map((placeholder) => `{${placeholder}}`).join(' ');
    expect(fill(parsed(all), values())).toEqual(
      ok('acme/shop acme shop feature/cart 7 production 42'),
    );
  });

  test('takes doubled braces as literal ones', () => {
    expect(fill(parsed('{{{branch}}} {{branch}} }}{{'), values())).toEqual(
      ok('{feature/cart} {branch} }{'),
    );
  });

  test('names each of its placeholders once, in order', () => {
    expect(openPlaceholders(parsed('{repo}/{branch}-{repo}'))).toEqual(['repo', 'branch']);
  });

  test('with an unknown placeholder is refused, and all placeholders are listed', () => {
    const [problem, ...more] = problemsOf('app/{brunch}/{Branch}');
    expect(more).toEqual([]);
    expect(problem).toContain('"{brunch}", "{Branch}"');
    for (const placeholder of placeholders) expect(problem).toContain(`{${placeholder}}`);
    expect(problem).toContain('{{');
  });

  test.each(['app/{branch', 'app/branch}', 'app/{', '{a{branch}}', 'app/{branch}}', '{{{branch}}'])(
    'with a lone brace is refused, and told how to write a literal one: %s',
    (text) => {
      expect(problemsOf(text).join()).toMatch(/lone brace.*\{\{ and \}\}/u);
    },
  );

  test('with two kinds of mistakes is told both', () => {
    expect(problemsOf('{brunch}/{')).toHaveLength(2);
  });

  test('cannot make a line of its own in a message', () => {
    expect(problemsOf('{x\n::set-output name=a::b}').join('')).not.toContain('\n');
  });

  test('says of each placeholder without a value why it has none', () => {
    const missing = { missing: 'a `schedule` event is about no branch' };
    const result = fill(parsed('{branch}/{branch}/{environment}'), {
      ...values(),
      branch: missing,
      environment: { missing: 'the input environment is not given' },
    });
    expect(result).toEqual(
      wrong(
        '{branch} cannot be filled in: a `schedule` event is about no branch.',
        '{environment} cannot be filled in: the input environment is not given.',
      ),
    );
  });

  test('says what is gone, and how to leave it out', () => {
    const gone = { ...values(), branch: { value: 'feature/cart', gone: 'nobody wants it' } };
    expect(goneProblems(parsed('{repo}/{branch}/{branch}'), gone)).toEqual([
      expect.stringMatching(
        /^\{branch\} is "feature\/cart", but nobody wants it: .*!github\.event\.deleted/u,
      ),
    ]);
    expect(goneProblems(parsed('{repo}'), gone)).toEqual([]);
    expect(fill(parsed('{branch}'), gone)).toEqual(ok('feature/cart'));
  });

  test('holds any text once its braces are doubled', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const doubled = text.replace(/[{}]/gu, (brace) => brace + brace);
        expect(fill(parsed(doubled), values())).toEqual(ok(text));
      }),
    );
  });

  test('is understood or refused with sentences, whatever it is', () => {
    const pieces = fc.constantFrom('{', '}', '{{', '}}', 'branch', '{repo}', 'x', '/', '\n');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (chosen) => {
        const result = parseTemplate(chosen.join(''));
        if (!result.ok) expect(result.problems.length).toBeGreaterThan(0);
        else expect(fill(result.value, values())).toMatchObject({ ok: true });
      }),
    );
  });

  test('of a hundred thousand braces is read at once', () => {
    expect(problemsOf('{a'.repeat(100_000))).toHaveLength(1);
  });
});
