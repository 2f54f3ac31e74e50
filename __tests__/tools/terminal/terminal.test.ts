import { WriteStream } from 'node:tty';
import { describe, expect, test } from '@jest/globals';
import { parseDemoCommand, usage } from '../../../tools/demo/command-line.ts';
import { terminalOf, type Output } from '../../../tools/terminal/terminal.ts';

/** A terminal as Node has it; what it says of colours depends on the variables alone. */
const tty = (columns: number): Output => ({
  isTTY: true,
  columns,
  hasColors: (count, env) => WriteStream.prototype.hasColors(count, env),
});

describe('the place where the demo is printed', () => {
  test.each([
    [80, 80],
    [119, 119],
    [300, 120],
    [20, 60],
  ])('a terminal of %i columns gets lines of %i', (columns, width) => {
    expect(terminalOf(tty(columns), { TERM: 'xterm' }).width).toBe(width);
  });

  test.each([
    ['a terminal', tty(80), { TERM: 'xterm-256color' }, true],
    ['a terminal with NO_COLOR', tty(80), { TERM: 'xterm-256color', NO_COLOR: '1' }, false],
    ['a dumb terminal', tty(80), { TERM: 'dumb' }, false],
    ['a pipe', { columns: 80 }, { TERM: 'xterm-256color' }, false],
  ])('%s', (_what, output, env, hasColours) => {
    const { paint } = terminalOf(output, env);
    expect(paint('good', 'x') === 'x').toBe(!hasColours);
    expect(paint('good', 'x')).toContain('x');
    expect(paint('good', '')).toBe('');
  });

  test('without a terminal, lines are of the usual width', () => {
    expect(terminalOf({}, {}).width).toBe(100);
  });
});

describe('the command line of the demo', () => {
  test('shows the scenes, and with --all every operation, too', () => {
    expect(parseDemoCommand([])).toEqual({ kind: 'play', all: false });
    expect(parseDemoCommand(['--all'])).toEqual({ kind: 'play', all: true });
    expect(parseDemoCommand(['--all', '-h'])).toEqual({ kind: 'help' });
    expect(usage).toContain('--all ');
  });

  test('refuses what it does not know', () => {
    expect(() => parseDemoCommand(['--al'])).toThrow('--al');
  });
});
