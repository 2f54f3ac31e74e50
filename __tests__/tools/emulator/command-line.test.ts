import { describe, expect, test } from '@jest/globals';
import { parseCommandLine } from '../../../tools/emulator/command-line.ts';

const fault = (json: object): string => JSON.stringify(json);

describe('the command line', () => {
  test('without options: any free port, TLS, no faults, no keys', () => {
    expect(parseCommandLine([])).toEqual({
      kind: 'start',
      options: {
        port: 0,
        tls: 'trusted',
        discloseValues: 'on_create',
        readLagMs: 0,
        writeLagMs: 0,
        uniqueNames: false,
        delayMs: 0,
        faults: [],
      },
      seed: 0,
      caFile: undefined,
      json: false,
      quiet: false,
    });
  });

  test('with every option', () => {
    const drop = { rpc: 'CreateApiKey', skip: 1, fault: { kind: 'commit-then-drop' } };
    const slow = { times: 'always', probability: 0.5, seed: 3, fault: { kind: 'delay', ms: 5 } };
    expect(
      parseCommandLine(
        [
          [
            '--port',
            '4443',
            '--plain',
            '--read-lag',
            '2000',
            '--write-lag',
            '100',
            '--rate-limit',
            '25',
            '--delay',
            '40',
          ],
          ['--disclose-values', 'always', '--unique-names'],
          ['--fault', fault(drop), '--fault', fault(slow)],
          ['--seed', '20000', '--ca-file', 'ca.pem', '--json', '--quiet'],
        ].flat(),
      ),
    ).toEqual({
      kind: 'start',
      options: {
        port: 4443,
        tls: 'plain',
        discloseValues: 'always',
        readLagMs: 2000,
        writeLagMs: 100,
        uniqueNames: true,
        delayMs: 40,
        rateLimit: 25,
        faults: [
          { ...drop, times: 1 },
          { ...slow, times: Infinity },
        ],
      },
      seed: 20_000,
      caFile: 'ca.pem',
      json: true,
      quiet: true,
    });
  });

  test('writes lag as reads do, unless told', () => {
    expect(parseCommandLine(['--read-lag', '70'])).toMatchObject({
      options: { readLagMs: 70, writeLagMs: 70 },
    });
  });

  test('asked for help, it does nothing else', () => {
    expect(parseCommandLine(['--port', 'x', '--help'])).toEqual({ kind: 'help' });
  });

  test.each([
    [['--port', '65536'], '--port must be a whole number from 0 to 65535.'],
    [['--delay', '1.5'], '--delay must be a whole number'],
    [['--read-lag', '-1'], /read-lag/u],
    [['--disclose-values', 'never'], '--disclose-values must be on_create or always.'],
    [['--fault', '{'], '--fault cannot be used. It is no JSON.'],
    [['--fault', '[]'], 'the rule must be a JSON object.'],
    [['--fault', fault({ rpc: 'GetApiKey' })], 'fault of the rule is missing.'],
    [['--fault', fault({ fault: { kind: 'explode' } })], 'one of status, delay, hang,'],
    [['--fault', fault({ rpc: 'Get', fault: { kind: 'hang' } })], '"*" or one of CreateApiKey,'],
    [['--fault', fault({ fault: { kind: 'delay' } })], 'ms of the fault delay is missing.'],
    [['--fault', fault({ fault: { kind: 'hang', ms: 1 } })], '"ms" is no field of the fault hang.'],
    [['--fault', fault({ fault: { kind: 'status', code: true } })], 'must be a number or a text.'],
    [['--fault', fault({ probability: 2, fault: { kind: 'hang' } })], 'a number from 0 to 1.'],
    [['--unknown'], '--unknown'],
    [['stray'], 'stray'],
  ])('%j is refused with a sentence', (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(message);
  });

  test('all that is wrong with a fault is said at once', () => {
    const json = fault({ rpc: 'Get', times: -1, fault: { kind: 'slow-drip', bytes: 1 } });
    expect(() => parseCommandLine(['--fault', json])).toThrow(
      /rpc of.*times of.*"bytes" is no field.*ms of/u,
    );
  });
});
