import rehypeRaw from 'rehype-raw';
import rehypeSanitize from 'rehype-sanitize';
import rehypeStringify from 'rehype-stringify';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import { unified } from 'unified';
import type { Root } from 'hast';

// The default schema of rehype-sanitize is GitHub's: https://github.com/rehypejs/rehype-sanitize
const pipeline = unified()
  .use(remarkParse)
  .use(remarkGfm)
  .use(remarkRehype, { allowDangerousHtml: true })
  .use(rehypeRaw)
  .use(rehypeSanitize)
  .use(rehypeStringify);

/**
 * Renders Markdown as GitHub does: a job summary, for instance.
 *
 * @param markdown what a step wrote
 * @returns HTML of the tags and attributes that GitHub lets through
 */
export function renderMarkdown(markdown: string): string {
  return String(pipeline.processSync(markdown));
}

/**
 * The same as a tree of elements and texts.
 *
 * @param markdown what a step wrote
 */
export function markdownTree(markdown: string): Root {
  return pipeline.runSync(pipeline.parse(markdown));
}
