import { describe, expect, test } from '@jest/globals';
import { commandNames, parseCommand } from '../../../tools/job-runner/commands.ts';

const parse = (line: string): unknown => parseCommand(line, commandNames);

describe('a line is a command', () => {
  test('when it starts with `::name::`, after white space, in any case', () => {
    expect(parse('\t\u00a0 ::Error::x')).toEqual({ name: 'Error', properties: {}, text: 'x' });
  });

  test('with properties and text unescaped', () => {
    expect(parse('::error file=a%2Cb,endLine=3::x%0Ay%253A')).toEqual({
      name: 'error',
      properties: { file: 'a,b', endline: '3' },
      text: 'x\ny%3A',
    });
  });

  test('when `##[name]` stands anywhere in it', () => {
    expect(parse('before ##[set-output name=a%3Bb;]x%5D')).toEqual({
      name: 'set-output',
      properties: { name: 'a;b' },
      text: 'x]',
    });
  });
});

describe('a line is plain text', () => {
  test.each(['x ::error::y', '::nothing::x', '::error', '##[section]x', '##[error x', ''])(
    'such as %j',
    (line) => {
      expect(parse(line)).toBeUndefined();
    },
  );
});
