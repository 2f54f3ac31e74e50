import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { inputNames } from '../../src/inputs/declared.ts';
import { operationNames } from '../../src/operations/index.ts';
import { apiKey, base, problems, read } from './step-inputs.ts';

/**
 * A credential in the wrong place is no part of any message. The random part is looked for in any case,
 * in pieces, as a message might show it cut, in lower case or without what stands around it.
 */

const random = (): string => randomBytes(16).toString('hex');

/** What people have in their clipboard, each with the part that is secret. */
const credentials: Readonly<Record<string, () => readonly [text: string, secret: string]>> = {
  'a Send-Your-Data key': () => with_('cxtp_'),
  'a personal key': () => with_('cxup_'),
  'a classic token': () => with_('ghp_'),
  'a fine-grained token': () => with_('github_pat_'),
  "an App's token": () => with_('ghs_'),
  'an older key': () => {
    const id = randomUUID();
    return [id, id];
  },
  'a private key': () => {
    const body = random() + random();
    return [`-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----`, body];
  },
  'a token of no known kind': () => with_(''),
  'a JSON Web Token': () => with_('eyJhbGciOiJIUzI1NiJ9.eyJ'),
};

function with_(prefix: string): readonly [string, string] {
  const secret = random();
  return [prefix + secret, secret];
}

const elsewhere = inputNames.filter((name) => !['api_key', 'github_token'].includes(name));

describe.each(Object.entries(credentials))('%s', (_what, made) => {
  test.each(elsewhere)('in `%s` is in no message', async (input) => {
    for (const operation of operationNames) {
      for (const spoil of [
        (text: string) => text,
        (text: string) => `"${text}"`,
        (text: string) => `{${text}}`,
        (text: string) => `${text}\n${text}`,
      ]) {
        const [text, secret] = made();
        const found = await read({
          operation,
          api_key: apiKey,
          region: 'EU2',
          name: 'n',
          new_name: 'm',
          team_id: '1',
          [input]: spoil(text),
        });
        const told = (found.ok ? found.value.warnings : found.problems).join(' ').toLowerCase();
        for (let at = 0; at + 12 <= secret.length; at += 6) {
          expect(told.includes(secret.slice(at, at + 12).toLowerCase())).toBe(false);
        }
      }
    }
  });
});

test.each([
  ['create', 'name', { team_id: '1' }],
  ['update', 'new_name', { name: 'n' }],
] as const)('%s gives no key a credential as its `%s`', async (operation, input, others) => {
  for (const made of [() => with_('cxtp_'), () => with_('ghs_'), () => with_('{cxup_')]) {
    const [text] = made();
    expect(await problems({ ...base, operation, ...others, [input]: `my-${text}` })).toEqual([
      expect.stringContaining(`\`${input}\` holds what looks like a key or a token`),
    ]);
  }
});
