import { styleText } from 'node:util';

/** What a piece of text is, and how it looks where there are colours. */
const styles = {
  title: ['bold', 'cyan'],
  label: ['dim'],
  good: ['green'],
  bad: ['red'],
  notice: ['cyan'],
  warning: ['yellow'],
  see: ['italic'],
} as const;

/** One of {@link styles}. */
export type Style = keyof typeof styles;

/** Where the demo is printed. */
export interface Terminal {
  /** In characters. */
  readonly width: number;
  /** The text in the style's colours, or as it is where there are none. */
  readonly paint: (style: Style, text: string) => string;
}

/** As much as is asked of a stream: those of Node's `tty.WriteStream` are there only where it is one. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly hasColors?: (
    count: number,
    env: Readonly<Record<string, string | undefined>>,
  ) => boolean;
}

/** Lines that are longer are hard to read; in narrower ones, an id does not fit. */
const widest = 120;
const narrowest = 60;

/** Without a terminal, as in the log of CI. */
const usual = 100;

/**
 * What is known of the place where the demo is printed. NO_COLOR (https://no-color.org), FORCE_COLOR and
 * TERM count as Node has them; without a terminal all is plain.
 *
 * @param output standard output
 * @param env    the environment's variables
 */
export function terminalOf(
  output: Output,
  env: Readonly<Record<string, string | undefined>>,
): Terminal {
  const { isTTY = false, columns = usual } = output;
  const hasColours = isTTY && output.hasColors?.(16, env) === true;
  return {
    width: isTTY ? Math.min(widest, Math.max(narrowest, columns)) : usual,
    paint: (style, text) =>
      hasColours && text !== ''
        ? styleText([...styles[style]], text, { validateStream: false })
        : text,
  };
}
