import { parseTemplate, type PlaceholderValues, type Template } from '../../src/names/template.ts';

/** A template that is known to be right. */
export function parsed(text: string): Template {
  const result = parseTemplate(text);
  if (!result.ok) throw new Error(result.problems.join(' '));
  return result.value;
}

/** A value for each placeholder. */
export function values(): PlaceholderValues {
  return {
    repository: { value: 'acme/shop' },
    owner: { value: 'acme' },
    repo: { value: 'shop' },
    branch: { value: 'feature/cart' },
    pull_request: { value: '7' },
    environment: { value: 'production' },
    run_id: { value: '42' },
  };
}
