import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nearest } from '../../src/core/nearest.ts';

const words = ['create', 'get', 'list', 'update', 'delete', 'activate', 'deactivate', 'prune'];

test.each([
  ['deactivte', 'deactivate'],
  ['de-activate', 'deactivate'],
  ['activaet', 'activate'],
  ['lsit', 'list'],
  ['DELETE', 'delete'],
  ['updte', 'update'],
  ['remove', undefined],
  ['', undefined],
  ['xget', 'get'],
])('%s is taken for %s', (text, word) => {
  expect(nearest(text, words)).toBe(word);
});

test('what is as near to one as to another is no guess', () => {
  expect(nearest('cat', ['car', 'can'])).toBeUndefined();
});

test('whatever it is, the answer is one of the words or none', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      expect([undefined, ...words]).toContain(nearest(text, words));
    }),
  );
});
