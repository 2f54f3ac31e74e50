import { expect, test } from '@jest/globals';
import { missing } from './output.ts';

const [one, two] = ['0d3f1f6e-7d0c-4c53-9d11-8f5b8a1f0c01', '77777777-7d0c-4c53-9d11-8f5b8a1f0c02'];
const [three, four] = [one.replace('0d', 'aa'), two.replace('77', 'bb')];

test.each([
  { shown: ['a', 'b'], printed: 'a\nb\n' },
  { shown: ['a', '…'], printed: 'a\nb\nc\n' },
  { shown: ['…', 'b', '…', 'd'], printed: 'a\nb\nc\nd\n' },
  {
    shown: [`key ${one}`, `key ${two}`, `key ${one}`],
    printed: `key ${three}\nkey ${four}\nkey ${three}`,
  },
  { shown: ['https://localhost:1'], printed: 'https://localhost:22222' },
])('$shown is what was printed', ({ shown, printed }) => {
  expect(missing(shown, printed)).toEqual([]);
});

test.each([
  { shown: ['a', 'b'], printed: 'a\nc\n', lacks: ['b'] },
  { shown: ['a'], printed: 'a\nb\n', lacks: ['not shown: b'] },
  { shown: ['b'], printed: 'a\nb\n', lacks: ['b'] },
  { shown: ['…', 'c', '…', 'b'], printed: 'a\nb\nc\n', lacks: ['b'] },
  { shown: [`key ${one}`, `key ${one}`], printed: `key ${three}\nkey ${four}`, lacks: ['key ID1'] },
])('$shown is not what was printed', ({ shown, printed, lacks }) => {
  expect(missing(shown, printed)).toEqual(lacks);
});
