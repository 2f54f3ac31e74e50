import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

/** A row of what `npm run mutants` goes through. */
interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  readonly test: readonly [file: string, name: string];
}

const list = new URL('../scripts/mutants/list.mjs', import.meta.url).href;
const { mutants } = (await import(list)) as { readonly mutants: readonly Mutant[] };

describe('what `npm run mutants` takes out of the action', () => {
  test.each(mutants.map((mutant) => [mutant.name, mutant] as const))(
    'is there, once, and so is the test that notices: %s',
    (_name, { file, find, replace, test: [testFile] }) => {
      expect(readFileSync(file, 'utf8').split(find)).toHaveLength(2);
      expect(replace).not.toBe(find);
      expect(existsSync(`__tests__/${testFile}.test.ts`)).toBe(true);
    },
  );

  test('has names that tell one from another', () => {
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  });
});
