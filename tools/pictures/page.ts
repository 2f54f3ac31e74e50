import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { renderMarkdown } from './markdown.ts';

/** How GitHub looks to who reads. */
export type Theme = 'light' | 'dark';

/** As wide as a job summary is on a screen of 1280 pixels, or less. */
export const pageWidth = 960;

/**
 * A page that shows summaries as GitHub does. It says its own height in the attribute `data-height`.
 *
 * @param summaries Markdown, a block for each step
 */
export async function pageOf(summaries: string, theme: Theme): Promise<string> {
  const find = createRequire(import.meta.url);
  const css = await readFile(
    find.resolve(`github-markdown-css/github-markdown-${theme}.css`),
    'utf8',
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><style>${css}
html { background: ${theme === 'light' ? '#fff' : '#0d1117'}; }
body { margin: 0; width: ${pageWidth}px; }
article { box-sizing: border-box; padding: 16px 24px 8px; }
</style></head><body><article class="markdown-body">${renderMarkdown(summaries)}</article>
<script>document.documentElement.dataset.height = document.body.scrollHeight;</script>
</body></html>`;
}
