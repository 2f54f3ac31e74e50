import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createMatcher, type NameMatcher } from '../../src/names/matcher.ts';
import { ok } from '../../src/core/result.ts';
import { comparable, isBranchName, isEnvironmentName } from '../../src/names/github-names.ts';
import { fill, type PlaceholderValues } from '../../src/names/template.ts';
import { looksStamped, nameWithEnd, provisionalName } from '../../src/names/stamp.ts';
import { parsed, values } from '../support/github-template.ts';

function reader(text: string, known: PlaceholderValues = values()): NameMatcher {
  const result = createMatcher(parsed(text), known);
  if (!result.ok) throw new Error(result.problems.join(' '));
  return result.value;
}

function problems(text: string, known: PlaceholderValues = values()): readonly string[] {
  const result = createMatcher(parsed(text), known);
  return result.ok ? [] : result.problems;
}

describe('a template read backwards', () => {
  test('gives what stands for the open placeholder', () => {
    const backwards = reader('{repository}/{branch}');
    expect(backwards).toMatchObject({ open: 'branch', text: '{repository}/{branch}' });
    expect(backwards.capture('acme/shop/feature/cart')).toBe('feature/cart');
  });

  test('leaves the placeholder open even where the event would fill it in', () => {
    expect(reader('my-app/{branch}').capture('my-app/other')).toBe('other');
  });

  test('does not need a value for what it leaves open', () => {
    const known = { ...values(), branch: { missing: 'a `schedule` event is about no branch' } };
    expect(reader('my-app/{branch}', known).capture('my-app/main')).toBe('main');
  });

  test('matches the whole name only', () => {
    const backwards = reader('app/{pull_request}/key');
    expect(backwards.capture('app/12/key')).toBe('12');
    for (const name of ['app/12/key2', 'my app/12/key', 'app/12', 'app/key', 'App/12/key']) {
      expect(backwards.capture(name)).toBeUndefined();
    }
  });

  test('does not let prefix and suffix overlap', () => {
    expect(reader('app/{branch}/key').capture('app/key')).toBeUndefined();
  });

  test('captures no pull request that is not a number as GitHub writes it', () => {
    const backwards = reader('app-pr-{pull_request}');
    expect(backwards.capture('app-pr-9')).toBe('9');
    for (const text of ['', '0', '07', '-1', '1.5', '1e3', '٣', '9 ', '12345678901', 'x']) {
      expect(backwards.capture(`app-pr-${text}`)).toBeUndefined();
    }
  });

  test.each([
    '',
    '@',
    'a b',
    'a~1',
    'a^',
    'a:b',
    'a?',
    'a*',
    'a[b',
    'a\\b',
    'a..b',
    'a@{b',
    'a//b',
    '/a',
    'a/',
    'a.',
    '.a',
    'a/.b',
    'a.lock',
    'a.lock/b',
    '-a',
    'a\nb',
    'a\u0000',
    'a\u007f',
    'a\ud800',
  ])('captures no branch that git forbids: %j', (branch) => {
    expect(isBranchName(branch)).toBe(false);
    expect(reader('my-app/{branch}').capture(`my-app/${branch}`)).toBeUndefined();
  });

  test.each([
    'main',
    'feature/cart',
    'a-b_c.d',
    '#1',
    'a@b',
    'käse/乳酪',
    '{x}',
    '%%error',
    'a\u202eb',
  ])('captures every branch that git allows: %s', (branch) => {
    expect(reader('my-app/{branch}').capture(`my-app/${branch}`)).toBe(branch);
  });

  test('captures an environment in lower case, because GitHub takes both for one', () => {
    const backwards = reader('my-app/{environment}');
    expect(backwards.capture('my-app/Production EU/1')).toBe('production eu/1');
    expect(backwards.capture('my-app/')).toBeUndefined();
    expect(backwards.capture(`my-app/${'x'.repeat(256)}`)).toBeUndefined();
    expect(backwards.capture('my-app/a\nb')).toBeUndefined();
  });

  test('never matches a name with a stamp', () => {
    for (const text of ['my-app/{branch}', 'my-app/{environment}', 'my-app/{pull_request}']) {
      const name = fill(parsed(text), values());
      if (!name.ok) throw new Error('not filled in');
      expect(reader(text).capture(name.value)).toBeDefined();
      const provisional = provisionalName(name.value, Date.UTC(2026, 0, 2), '0123456789abcdef');
      expect(reader(text).capture(provisional)).toBeUndefined();
      const withEnd = nameWithEnd(name.value, Date.UTC(2026, 0, 2));
      expect(reader(text).capture(withEnd)).toBeUndefined();
    }
  });

  test('gives back the branch that was filled in', () => {
    const branch = fc
      .string({
        unit: fc.constantFrom(...Array.from('ab/.-_@{}#é乳🙂:~ ')),
        minLength: 1,
        maxLength: 20,
      })
      .filter(isBranchName);
    const template = fc.constantFrom(
      'my-app/{branch}',
      '{repository}:{branch}',
      'app={branch} key',
    );
    fc.assert(
      fc.property(branch, template, (name, text) => {
        const known = { ...values(), branch: { value: name } };
        const filled = fill(parsed(text), known);
        expect(filled).toMatchObject({ ok: true });
        if (filled.ok) expect(reader(text, known).capture(filled.value)).toBe(name);
      }),
    );
  });

  test('gives back the environment that was filled in, in lower case', () => {
    const environment = fc.string({ unit: 'grapheme', minLength: 1 }).filter(isEnvironmentName);
    fc.assert(
      fc.property(environment, (name) => {
        fc.pre(!looksStamped(`my-app/${name}`));
        const known = { ...values(), environment: { value: name } };
        const captured = reader('my-app/{environment}', known).capture(`my-app/${name}`);
        expect(captured).toBe(comparable('environment', name));
      }),
    );
  });

  test('captures nothing that would not be filled in to the same name', () => {
    const text = 'my-app/{branch}/key';
    fc.assert(
      fc.property(fc.string(), fc.boolean(), (noise, isFramed) => {
        const name = isFramed ? `my-app/${noise}/key` : noise;
        const captured = reader(text).capture(name);
        if (captured === undefined) return;
        expect(fill(parsed(text), { ...values(), branch: { value: captured } })).toEqual(ok(name));
      }),
    );
  });
});

describe('a template with * in place of an open placeholder', () => {
  test('takes whatever stands there, and nothing else', () => {
    const backwards = reader('{repository}/test/* (key)');
    expect(backwards).toMatchObject({ open: undefined, text: '{repository}/test/* (key)' });
    for (const text of ['1', '4711', 'a/b', 'a b', '*', 'no..branch', '乳酪']) {
      expect(backwards.capture(`acme/shop/test/${text} (key)`)).toBe(text);
    }
    const others = [
      'test/1 (key)',
      'acme/shop/test/1',
      'acme/shop/test/ (key)',
      'acme/shop-2/test/1 (key)',
    ];
    for (const name of others) expect(backwards.capture(name)).toBeUndefined();
  });

  test.each([' ', ' 1', '1 ', '\u00a01', '1\t'])(
    'takes nothing with blanks around it: %j',
    (text) => {
      expect(reader('my-app/*').capture(`my-app/${text}`)).toBeUndefined();
    },
  );

  test('never takes a name with a stamp, which is given without it', () => {
    const any = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(any, (text) => {
        const time = Date.UTC(2026, 0, 2);
        const name = `my-app/${text}`;
        expect(reader('my-app/*').capture(nameWithEnd(name, time))).toBeUndefined();
        expect(
          reader('my-app/*').capture(provisionalName(name, time, '0123456789abcdef')),
        ).toBeUndefined();
      }),
    );
  });

  test('captures nothing that would not be the same name with it in the place of *', () => {
    fc.assert(
      fc.property(fc.string(), fc.boolean(), (noise, isFramed) => {
        const name = isFramed ? `my-app/${noise}:key` : noise;
        const captured = reader('my-app/*:key').capture(name);
        if (captured !== undefined) expect(`my-app/${captured}:key`).toBe(name);
      }),
    );
  });
});

describe('a template that prune refuses', () => {
  test.each([
    ['my-app', /nothing open/u],
    ['my-app/{repo}', /nothing open/u],
    ['my-app/{branch}/{environment}', /exactly one/u],
    ['my-app/{branch}/{branch}', /more than once/u],
    ['my-app/{run_id}/{branch}', /\{run_id\} differs/u],
    ['my-app/{branch}/{run_id}', /\{run_id\} differs/u],
    ['my-app/*/{branch}', /holds \* beside \{branch\}/u],
    ['my-app/{environment}/*', /holds \* beside \{environment\}/u],
    ['my-app/*/*', /holds \* more than once/u],
    ['my-app/**', /holds \* more than once/u],
  ])('does not leave one placeholder open: %s', (text, reason) => {
    expect(problems(text)).toEqual([expect.stringMatching(reason)]);
  });

  test.each([
    '{branch}',
    '-{branch}',
    '/{branch}',
    'ab/{branch}',
    '{branch}/my-app',
    '{owner}/{branch}',
    'acme/{branch}',
    'ACME/{environment}',
    '{owner}/a/{branch}',
    '{{}}///:::{branch}',
    '*',
    '/*',
    'ab/*',
    '*/my-app',
    '{owner}/*',
    'acme/*',
  ])('has too little fixed text in front: %s', (text) => {
    expect(problems(text).join()).toMatch(/could match keys of others/u);
  });

  test.each([
    'app{branch}',
    'my-app-{branch}',
    'my_app_{environment}',
    'my app {environment}',
    'my.app.{branch}',
    '{repository}-{branch}',
    '{repo}{branch}',
    'café\u0301{branch}',
    'my-app-*',
    'my-app*',
    'my app *',
    '{repository}*',
  ])('could take the key of another application for its own: %s', (text) => {
    expect(problems(text).join()).toMatch(/one of \/ : @ # = \|/u);
  });

  test.each([
    'my-app/*key',
    'my-app/{branch}key',
    'my-app/{branch}7',
    'my-app/{environment}{repo}',
  ])('runs on right after the placeholder: %s', (text) => {
    expect(problems(text)).toEqual([expect.stringMatching(/right after/u)]);
  });

  test('runs on right before a pull request', () => {
    expect(problems('my-app7{pull_request}')).toEqual([expect.stringMatching(/right before/u)]);
  });

  test.each([
    'my-app/{branch}',
    'my-app / {branch}',
    'my-app: {environment}',
    '{repo}/{branch}',
    '{repository}@{environment}',
    'acme-web/{branch}',
    'acmeweb/{branch}',
    'my-app-{pull_request}',
    'my-app/{branch} (key)',
    'my-app/*',
    '{repo}/test/*',
    '{repository}:*',
  ])('is not this one: %s', (text) => {
    expect(problems(text)).toEqual([]);
  });

  test('accepts the full name of a repository however short its own is', () => {
    const known = { ...values(), repository: { value: 'acme/ui' }, repo: { value: 'ui' } };
    expect(problems('{repository}/{branch}', known)).toEqual([]);
    expect(problems('{repo}/{branch}', known)).toHaveLength(1);
  });

  test('holds a stamp', () => {
    expect(problems('my-app/{branch} ~until-20261203T0210Z')).toEqual([
      expect.stringMatching(/holds a stamp/u),
    ]);
  });

  test('has a fixed placeholder without a value', () => {
    const known = { ...values(), repo: { missing: 'nobody knows' } };
    expect(problems('{repo}/{branch}', known)).toEqual([
      '{repo} cannot be filled in: nobody knows.',
    ]);
  });
});
