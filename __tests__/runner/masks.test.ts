import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { InputName } from '../../src/inputs/declared.ts';
import { maskCredentials, readInputs } from '../../src/runner/inputs.ts';
import { mask } from '../../src/runner/masks.ts';
import { recordOf } from '../inputs/step-inputs.ts';
import { commandNames, parseCommand } from '../../tools/job-runner/commands.ts';
import { printed } from './bench.ts';

const fresh = (): string => randomBytes(12).toString('hex');

/** The masks that some work gives the runner; anything else that it prints is a mistake. */
function masksOf(work: () => void): string[] {
  return printed(work)
    .split(/\r?\n/u)
    .filter((line) => line !== '')
    .map((line) => {
      const command = parseCommand(line, commandNames);
      if (command?.name !== 'add-mask') throw new Error('something else was printed');
      return command.text;
    });
}

describe('mask', () => {
  test('tells the runner once', () => {
    const value = fresh();
    expect(
      masksOf(() => {
        mask(value);
      }),
    ).toEqual([value]);
    expect(
      masksOf(() => {
        mask(value);
        mask(value);
      }),
    ).toEqual([]);
  });

  test('passes over an empty value, of which the runner would warn', () => {
    expect(
      masksOf(() => {
        mask('');
      }),
    ).toEqual([]);
  });

  test("a value of several lines, or with the runner's own signs in it, arrives whole", () => {
    const value = `${fresh()}\r\n${fresh()}%0A::stop-commands::x\n`;
    expect(
      masksOf(() => {
        mask(value);
      }),
      // Whoever uses it may well leave out the line break at its end.
    ).toEqual([value, value.trimEnd()]);
  });

  test('what is blank is passed over, as the runner refuses it', () => {
    expect(
      masksOf(() => {
        mask(' \t ');
      }),
    ).toEqual([]);
  });
});

describe('maskCredentials', () => {
  const masked = (
    inputs: Partial<Record<InputName, string>>,
    environment: Record<string, string> = {},
  ): string[] =>
    masksOf(() => {
      maskCredentials(recordOf(inputs, environment));
    });

  test('masks the key, the key in the environment and the token, the key first', () => {
    const [one, two, three] = [fresh(), fresh(), fresh()];
    expect(
      masked({ github_token: three, api_key: one }, { CORALOGIX_API_KEY: ` ${two}\n` }),
    ).toEqual([one, two, three]);
  });

  test('masks what is malformed, too', () => {
    const broken = `Bearer ${fresh()}\n${fresh()}`;
    expect(masked({ api_key: broken })).toEqual([broken]);
  });

  test.each(['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY', 'grpc_proxy', 'GRPC_PROXY'])(
    'masks the password in %s, as it is written and as it is sent',
    (variable) => {
      const password = fresh();
      const url = `http://user:${password}%40x@proxy.example.com:3128`;
      expect(masked({}, { [variable]: url })).toEqual([`${password}%40x`, `${password}@x`]);
    },
  );

  test.each([
    ['no scheme', (password: string) => `user:${password}@proxy.example.com`],
    ['another scheme', (password: string) => `socks5://user:${password}@proxy.example.com`],
    ['no user', (password: string) => `http://:${password}@proxy.example.com`],
    ['a broken escape', (password: string) => `http://user:${password}@proxy.example.com/%zz`],
    ['blanks around it', (password: string) => ` http://user:${password}@proxy.example.com `],
  ])('masks the password of a proxy with %s', (_what, url) => {
    const password = fresh();
    expect(masked({}, { https_proxy: url(password) })).toEqual([password]);
  });

  test('a password with a broken escape, or with an @ in it, is masked as it is written', () => {
    const password = `${fresh()}%zz@${fresh()}`;
    const url = `http://user:${password}@proxy.example.com`;
    expect(masked({}, { https_proxy: url })).toEqual([password]);
  });

  test('a password so short that it is part of words is masked together with its user, and as it is sent', () => {
    const url = 'http://user:abc@proxy.example.com:3128';
    expect(masked({}, { https_proxy: url })).toEqual(['user:abc@', 'dXNlcjphYmM=']);
    expect(masked({}, { https_proxy: 'http://abd@proxy.example.com' })).toEqual([
      'abd@',
      'YWJkOg==',
    ]);
    const escaped = 'http://other:%41b@proxy.example.com:3128';
    expect(masked({}, { https_proxy: escaped })).toEqual([
      'other:%41b@',
      'b3RoZXI6JTQxYg==',
      'other:Ab@',
      'b3RoZXI6QWI=',
    ]);
  });

  test('a credential is masked also without the quotes around it', () => {
    const key = fresh();
    expect(masked({ api_key: `"${key}"` })).toEqual([`"${key}"`, key]);
  });

  test('masks what is surely a credential also where it does not belong', () => {
    const key = `cxtp_${fresh()}`;
    expect(masked({ name: key, region: 'EU2' })).toEqual([key]);
  });

  test('masks nothing where nothing is secret', () => {
    const environment = { https_proxy: 'http://proxy.example.com:3128', no_proxy: 'a:b@c' };
    expect(masked({ region: 'EU2' }, environment)).toEqual([]);
  });
});

test('the inputs are those that the runner hands over, without blanks around them', () => {
  process.env['INPUT_KEY_ID'] = ' a\nb \n';
  const { inputs, environment } = readInputs();
  expect(inputs.key_id).toBe('a\nb');
  expect(inputs.new_name).toBe('');
  expect(environment).toEqual(process.env);
  delete process.env['INPUT_KEY_ID'];
});
