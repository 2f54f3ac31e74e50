import { page as textOf, pathsEndingWith } from '../support/pages.ts';

/** A command that a page tells its reader to give. */
export interface ShownCommand {
  readonly page: string;
  /** On one line, without comment and prompt. */
  readonly command: string;
  /** In a block of its own, or in the middle of a sentence. */
  readonly place: 'block' | 'sentence';
  /** What the page shows under it, in a block with a prompt. */
  readonly output: readonly string[];
}

/** Every Markdown page that is for people: all but the tests' own. */
export async function pages(): Promise<readonly string[]> {
  return (await pathsEndingWith('.md')).filter((path) => !path.startsWith('__tests__/'));
}

/** All commands of a page, in their order. */
export async function commandsOf(page: string): Promise<readonly ShownCommand[]> {
  const text = await textOf(page);
  const blocks = [
    ...text.matchAll(/^ *```(?:sh|bash|shell|console|terminal)\n([\s\S]*?)^ *```/gmu),
  ];
  const prose = text.replace(/^ *```[\s\S]*?^ *```/gmu, '');
  const inSentences = [...prose.matchAll(/`((?:npm|npx|node|bash|act|gh|git) [^`]+)`/gu)];
  return [
    ...blocks.flatMap(([, block = '']) =>
      parsed(block).map((shown) => ({ page, place: 'block' as const, ...shown })),
    ),
    ...inSentences.map(([, command = '']) => ({
      ...{ page, place: 'sentence' as const, output: [] },
      command: command.replaceAll(/\s+/gu, ' '),
    })),
  ];
}

/** Of a block with prompts, each line without one is output; of any other, each is a command. */
function parsed(block: string): readonly Pick<ShownCommand, 'command' | 'output'>[] {
  const lines = block.replaceAll(/ *\\\n\s*/gu, ' ').split('\n');
  const hasPrompts = lines.some((line) => line.startsWith('$ '));
  const found: { command: string; output: string[] }[] = [];
  for (const line of lines) {
    if (hasPrompts && !line.startsWith('$ ')) found.at(-1)?.output.push(line);
    else if (bare(line) !== '') found.push({ command: bare(line), output: [] });
  }
  return found;
}

function bare(line: string): string {
  return line
    .replace(/^\$ /u, '')
    .replace(/(?:^|\s+)# .*$/u, '')
    .trim();
}
