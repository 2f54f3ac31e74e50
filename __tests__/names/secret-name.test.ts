import { describe, expect, test } from '@jest/globals';
import { secretNameProblem } from '../../src/names/secret-name.ts';

describe('the name of a secret', () => {
  test.each(['CX_KEY', '_', 'a1', 'GITHUB', 'MY_GITHUB_KEY'])('may be %s', (name) => {
    expect(secretNameProblem(name)).toBeUndefined();
  });

  test.each(['', '1A', 'A-B', 'A B', 'Ä', 'A\n', 'GITHUB_X', 'github_x', '../x', 'public-key'])(
    'may not be %j',
    (name) => {
      expect(secretNameProblem(name)).toMatch(/^"[^\n]*no name of a secret: /u);
    },
  );
});
