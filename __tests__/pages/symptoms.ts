import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

/** docs/troubleshooting.md, taken apart: what it says that a person sees, and its snippets. */

/** A snippet: the step or the whole job, as the page has it. */
export interface Snippet {
  readonly text: string;
  /** A job, without what is the same in all of them. */
  readonly job: { readonly steps: readonly Step[] };
}

/** A step of a snippet. */
export interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

/** A section of the page. */
export interface Symptom {
  readonly heading: string;
  /** What is quoted of the log, each as one line. */
  readonly messages: readonly string[];
  readonly wrong: readonly Snippet[];
  readonly right: readonly Snippet[];
}

/** What the snippets leave out, as the page shows it. */
export interface Page {
  readonly symptoms: readonly Symptom[];
  readonly env: Readonly<Record<string, string>>;
  /** What the first table leads to. */
  readonly contents: readonly string[];
}

/** Reads the page. */
export async function readPage(): Promise<Page> {
  const file = new URL('../../docs/troubleshooting.md', import.meta.url);
  const page = (await readFile(file, 'utf8')).replaceAll('\r\n', '\n');
  const [opening = '', ...sections] = page.split(/^### /mu);
  const [shared] = blocks(opening, 'yaml');
  return {
    env: (parse(shared?.text ?? '') as { readonly env: Readonly<Record<string, string>> }).env,
    contents: [...opening.matchAll(/\]\(#([^)]+)\)/gu)].map(([, anchor = '']) => anchor),
    symptoms: sections.map(symptom),
  };
}

function symptom(section: string): Symptom {
  const snippets = blocks(section, 'yaml');
  const marked = (mark: string): readonly Snippet[] =>
    snippets.filter(({ before }) => before.startsWith(mark)).map(({ text }) => snippet(text));
  const [wrong, right] = [marked('❌'), marked('✅')];
  if (wrong.length + right.length < snippets.length) throw new Error(`Unmarked: ${section}`);
  return {
    heading: section.slice(0, section.indexOf('\n')),
    messages: blocks(section, 'text').map(({ text }) => oneLine(text)),
    wrong,
    right,
  };
}

function snippet(text: string): Snippet {
  return { text, job: parse(text) as Snippet['job'] };
}

/** The fenced blocks of a kind, with the last paragraph before each. */
function blocks(
  section: string,
  kind: string,
): readonly { readonly text: string; readonly before: string }[] {
  const fence = new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)^\`\`\``, 'gmu');
  return [...section.matchAll(fence)].map((found) => {
    const before = section.slice(0, found.index).trimEnd().split('\n\n').at(-1) ?? '';
    return { text: found[1] ?? '', before };
  });
}

/** Quotes are broken into lines for the reader. */
export function oneLine(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}

/** Without what is another each time: as the page writes it. */
export function withoutIds(text: string): string {
  return oneLine(
    text
      .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gu, 'KEY')
      .replace(/localhost:\d+/gu, 'HOST')
      .replace(/~until-\d{8}T\d{4}Z/gu, '~until-END')
      .replace(/\b20\d\d-\d\d-\d\d\b/gu, 'DATE')
      .replace(/ For Coralogix support, the correlation id is \S+/gu, ''),
  );
}
