import { markdownTree } from '../../../tools/pictures/markdown.ts';

/** A summary as a reader sees it on GitHub. */
export interface Rendered {
  /** Each element with its attributes, in order: `a href="…"`. */
  readonly elements: readonly string[];
  /** The pieces of text that may become links: those that no code and no link holds. */
  readonly open: readonly string[];
  /** The text of each `<code>`. */
  readonly codes: readonly string[];
  /** All text, in order. */
  readonly text: string;
}

interface Node {
  readonly type: string;
  readonly value?: string;
  readonly tagName?: string;
  readonly properties?: object;
  readonly children?: readonly Node[];
}

/** Renders a summary with GitHub's pipeline. */
export function rendered(summary: string): Rendered {
  const elements: string[] = [];
  const open: string[] = [];
  const codes: string[] = [];
  const textOf = (node: Node): string =>
    node.value ?? (node.children ?? []).map((child) => textOf(child)).join('');
  const visit = (node: Node, isOpen: boolean): void => {
    if (node.type === 'text' && isOpen) open.push(node.value ?? '');
    if (node.tagName !== undefined) {
      elements.push(`${node.tagName} ${JSON.stringify(node.properties ?? {})}`);
    }
    if (node.tagName === 'code') codes.push(textOf(node));
    const isInside = isOpen && !['code', 'pre', 'a'].includes(node.tagName ?? '');
    for (const child of node.children ?? []) visit(child, isInside);
  };
  const tree: Node = markdownTree(summary);
  visit(tree, true);
  return { elements, open, codes, text: textOf(tree) };
}
