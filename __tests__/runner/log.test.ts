import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Failure } from '../../src/core/failure.ts';
import { commandNames, parseCommand } from '../../tools/job-runner/commands.ts';
import { createLog, debugLine, reportFailure, warnOfInputs } from '../../src/runner/log.ts';
import { oneLine } from '../../src/core/text.ts';
import { printed } from './bench.ts';

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '::',
        '##[',
        'error',
        '::error::x',
        '##[error]',
        '\n',
        '\r\n',
        ' ',
        '%0A',
        ']',
      ),
      fc.string({ unit: 'binary', maxLength: 5 }),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''));

const log = createLog('create');

/** The lines that were printed; the last one is ended, too. */
function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n|\r/u);
  expect(lines.pop()).toBe('');
  return lines;
}

test('an information is one line, and no command, whatever is in it', () => {
  fc.assert(
    fc.property(hostile, (message) => {
      const lines = linesOf(
        printed(() => {
          log.info(message);
        }),
      );
      expect(lines).toEqual([oneLine(message, 3500)]);
      expect(lines.map((line) => parseCommand(line, commandNames))).toEqual([undefined]);
    }),
    { numRuns: 300 },
  );
});

test.each(['warning', 'notice'] as const)(
  'a %s is one command with a title, whatever is in it, and not said twice',
  (level) => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (operation, message, about) => {
        const lines = linesOf(
          printed(() => {
            const step = createLog(operation);
            step[level](message, about);
            step[level](message, about);
          }),
        );
        const title = `Coralogix API key: ${oneLine(operation, 40)} (${oneLine(about, 60)})`;
        expect(lines.map((line) => parseCommand(line, commandNames))).toEqual([
          { name: level, properties: { title }, text: oneLine(message, 3500) },
        ]);
      }),
      { numRuns: 300 },
    );
  },
);

test('a group is two commands, whatever is in its title', () => {
  fc.assert(
    fc.property(hostile, (title) => {
      const lines = linesOf(
        printed(() => {
          log.startGroup(title);
          log.info('x');
          log.endGroup();
        }),
      );
      expect(lines.map((line) => parseCommand(line, commandNames))).toEqual([
        { name: 'group', properties: {}, text: oneLine(title, 3500) },
        undefined,
        { name: 'endgroup', properties: {}, text: '' },
      ]);
    }),
    { numRuns: 300 },
  );
});

describe('what is to be known of the inputs', () => {
  test('is one annotation, so that it leaves room for what happens', () => {
    const told = (warnings: readonly string[]): unknown[] =>
      linesOf(
        printed(() => {
          warnOfInputs('create', warnings);
        }),
      ).map((line) => parseCommand(line, commandNames));
    const properties = { title: 'Coralogix API key: create (inputs)' };
    expect(told(['One.'])).toEqual([{ name: 'warning', properties, text: 'One.' }]);
    expect(told(['One.', 'Two\n::error::x'])).toEqual([
      {
        name: 'warning',
        properties,
        text: 'Some inputs are not as they seem:\n- One.\n- Two\\n::error::x',
      },
    ]);
    expect(printed(() => warnOfInputs('create', []))).toBe('');
  });
});

test('no line is longer than GitHub shows', () => {
  const long = 'x'.repeat(100_000);
  for (const work of [
    () => {
      log.info(long);
    },
    () => {
      log.warning(long, long);
    },
    () => {
      reportFailure(long, new Failure('internal', long, { hint: long }));
    },
  ]) {
    expect(printed(work).length).toBeLessThan(4096);
  }
});

describe('a failure', () => {
  afterEach(() => {
    delete process.env['RUNNER_DEBUG'];
  });

  test('is one annotation, with the sentence and the hint, and the kind in its title', () => {
    const failure = new Failure('auth', 'It failed.', { hint: 'Look.' });
    const lines = linesOf(
      printed(() => {
        reportFailure('create', failure);
      }),
    );
    expect(lines.map((line) => parseCommand(line, commandNames))).toEqual([
      {
        name: 'error',
        properties: { title: 'Coralogix API key: create failed (auth)' },
        text: 'It failed. Look.',
      },
    ]);
  });

  test('is one annotation, whatever is in it and in the operation', () => {
    fc.assert(
      fc.property(hostile, hostile, (operation, message) => {
        const failure = new Failure('rejected', message);
        const lines = linesOf(
          printed(() => {
            reportFailure(operation, failure);
          }),
        );
        expect(lines.map((line) => parseCommand(line, commandNames))).toMatchObject([
          { name: 'error', text: oneLine(message, 3500) },
        ]);
      }),
      { numRuns: 300 },
    );
  });

  test('of several things is one annotation with a line for each', () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 2, maxLength: 24 }), (items) => {
        const failure = new Failure('invalid_input', 'Several:', { items, hint: 'Look.' });
        const lines = linesOf(
          printed(() => {
            reportFailure('create', failure);
          }),
        );
        expect(lines.map((line) => parseCommand(line, commandNames))).toMatchObject([
          {
            name: 'error',
            text: ['Several:', ...items.map((item) => oneLine(`- ${item}`)), 'Look.'].join('\n'),
          },
        ]);
      }),
      { numRuns: 300 },
    );
  });

  test('of very much is cut in each line, and no line is left out', () => {
    const items = Array.from({ length: 24 }, (_, index) => `${index} ${'x'.repeat(3000)}`);
    const text = printed(() => {
      reportFailure('create', new Failure('invalid_input', 'Several:', { items }));
    });
    expect(text.length).toBeLessThan(4096);
    for (const index of items.keys()) expect(text).toContain(`%0A- ${index} x`);
  });

  test('with debug logging tells where it came from, and no message of a stranger', () => {
    process.env['RUNNER_DEBUG'] = '1';
    const secret = randomBytes(8).toString('hex');
    const failure = new Failure('internal', 'x', { cause: new TypeError(`header ${secret}\n x`) });
    const [annotation = '', ...frames] = linesOf(
      printed(() => {
        reportFailure('create', failure);
      }),
    );
    expect(annotation).toContain('::error ');
    expect(frames).toHaveLength(2);
    expect(frames[0]).toMatch(/^::debug::Failure: +at /u);
    expect(frames[1]).toMatch(/^::debug::TypeError: +at /u);
    expect(frames.join('').includes(secret)).toBe(false);
  });
});

describe('a line for whoever debugs', () => {
  afterEach(() => {
    delete process.env['RUNNER_DEBUG'];
  });

  test.each([undefined, '0', 'true'])('is not printed without debug logging: %s', (value) => {
    if (value !== undefined) process.env['RUNNER_DEBUG'] = value;
    expect(
      printed(() => {
        debugLine('GetApiKey, attempt 1: OK, 12 ms');
      }),
    ).toBe('');
  });

  test('is one command, whatever is in it', () => {
    process.env['RUNNER_DEBUG'] = '1';
    fc.assert(
      fc.property(hostile, (message) => {
        const lines = linesOf(
          printed(() => {
            debugLine(message);
          }),
        );
        expect(lines).toHaveLength(1);
        expect(parseCommand(lines[0] ?? '', commandNames)).toMatchObject({ name: 'debug' });
      }),
      { numRuns: 300 },
    );
  });
});
