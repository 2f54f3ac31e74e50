import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { findLeaks, runAction, type StepRun } from '../../../tools/job-runner/index.ts';
import { fixtureAction } from './fixture-action.ts';

const secret = randomUUID();

async function run(main: string, debug = false): Promise<StepRun> {
  const actionFolder = await fixtureAction({ main: `const v = process.env.VALUE;\n${main}` });
  return runAction({ actionFolder, env: { VALUE: secret }, debug });
}

describe('no leak', () => {
  test.each([false, true])(
    'is a mask and the output `value`, with debug logging %s',
    async (debug) => {
      const ran = await run(
        `say('::add-mask::' + v); tell('OUTPUT', 'value=' + v + '\\n'); say(v.slice(9))`,
        debug,
      );
      expect(findLeaks([ran], [secret])).toEqual([]);
    },
  );

  test('is a longer secret that holds it, in its own mask and output', async () => {
    const header = `Authorization=Bearer%20${secret}`;
    const ran = await run(
      `const h = 'Authorization=Bearer%20' + v; say('::add-mask::' + v); say('::add-mask::' + h);
       tell('OUTPUT', 'value=' + v + '\\n'); tell('OUTPUT', 'otlp_headers=' + h + '\\n')`,
    );
    expect(findLeaks([ran], [secret, header])).toEqual([]);
    expect(findLeaks([ran], [secret]).map(({ where }) => where)).toEqual([
      'stdout',
      'output otlp_headers',
      'output file',
    ]);
  });
});

describe('a leak', () => {
  test.each([
    ['a line of stdout before the mask', `say('x ' + v)`, ['stdout', 'log']],
    ['a line of stdout after the mask', `say('::add-mask::' + v); say('x ' + v)`, ['stdout']],
    ['a mask with more in it', `say('::add-mask::Bearer ' + v)`, ['stdout']],
    ['a line of stderr', `say('::add-mask::' + v); console.error(v)`, ['stderr']],
    [
      'another output',
      `say('::add-mask::' + v); tell('OUTPUT', 'key_id=' + v + '\\n')`,
      ['output key_id', 'output file'],
    ],
    [
      'more in the output',
      `tell('OUTPUT', 'value=' + v + '.\\n')`,
      ['output value', 'output file'],
    ],
    [
      'the output written twice',
      `tell('OUTPUT', 'value=' + v + '\\nvalue=' + v + '\\n')`,
      ['output file'],
    ],
    [
      'the header for senders in another output',
      `say('::add-mask::' + v); tell('OUTPUT', 'domain=Authorization=Bearer%20' + v + '\\n')`,
      ['output domain', 'output file'],
    ],
    [
      'more in the header for senders',
      `say('::add-mask::' + v); tell('OUTPUT', 'otlp_headers=Authorization=Bearer%20' + v + ',\\n')`,
      ['output otlp_headers', 'output file'],
    ],
    ['the state', `tell('STATE', 'made=' + v + '\\n')`, ['state file']],
    ['the summary', `tell('STEP_SUMMARY', '# ' + v)`, ['summary file']],
    ['a variable', `tell('ENV', 'K=' + v + '\\n')`, ['environment file']],
    ['the path', `tell('PATH', '/' + v + '\\n')`, ['path file']],
    [
      'a temporary file',
      `appendFileSync(process.env.RUNNER_TEMP + '/keys.json', v)`,
      ['temp keys.json'],
    ],
    ['base64', `say(Buffer.from('ab' + v + 'c').toString('base64'))`, ['stdout', 'log']],
    ['hexadecimal', `say(Buffer.from(v).toString('hex'))`, ['stdout', 'log']],
  ])('is %s', async (_, main, places) => {
    const leaks = findLeaks([await run(main)], [secret]);
    expect(leaks.map(({ where }) => where)).toEqual(places);
    expect(JSON.stringify(leaks)).not.toContain(secret);
  });

  test('is a credential in the output `value`', async () => {
    const ran = await run(`tell('OUTPUT', 'value=' + v + '\\n')`);
    const leaks = findLeaks([ran], [{ value: secret, outputs: [] }]);
    expect(leaks.map(({ where }) => where)).toEqual(['output value', 'output file']);
  });

  test('is told by run and line', async () => {
    const clean = await run(`say('clean')`);
    const leaking = await run(`say('one'); say(v)`);
    expect(findLeaks([clean, leaking], ['absent-secret', secret])[0]).toEqual({
      run: 1,
      secret: 1,
      where: 'stdout',
      line: 2,
      form: 'in clear',
      text: '***',
    });
  });
});
