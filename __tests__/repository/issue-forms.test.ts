import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { failureKinds } from '../../src/core/failure.ts';
import { regions } from '../../src/network/regions.ts';
import { operationNames } from '../../src/operations/index.ts';
import { isChooser, isIssueForm, type IssueForm } from '../support/issue-form.ts';

/** What a person meets who has something to say: the forms for issues, by GitHub's rules and by ours. */

const folder = '.github/ISSUE_TEMPLATE/';
const { homepage } = JSON.parse(readFileSync('package.json', 'utf8')) as { homepage: string };
const home = homepage.replace(/#.*$/u, '');

const texts = readdirSync(folder).map(
  (name) => [name, readFileSync(`${folder}${name}`, 'utf8')] as const,
);
const forms = texts
  .filter(([name]) => name !== 'config.yml')
  .map(([name, text]) => [name, parse(text) as IssueForm] as const);

function formOf(name: string): IssueForm {
  const [, form] = forms.find(([each]) => each === name) ?? [];
  if (form === undefined) throw new Error(`There is no form ${name}.`);
  return form;
}

function optionsOf(name: string, id: string): readonly unknown[] {
  return formOf(name).body.find((field) => field.id === id)?.attributes.options ?? [];
}

describe.each(forms)('%s', (_name, form) => {
  test('is of the form that GitHub takes', () => {
    isIssueForm(form);
    expect(isIssueForm.errors).toBeNull();
  });

  test('has ids and labels that tell one field from another', () => {
    const ids = form.body.flatMap(({ id }) => id?.toLowerCase() ?? []);
    const labels = form.body.flatMap(({ attributes }) => attributes.label?.toLowerCase() ?? []);
    expect([ids, labels]).toEqual([[...new Set(ids)], [...new Set(labels)]]);
    expect(form.body.filter(({ type, id }) => type !== 'markdown' && id === undefined)).toEqual([]);
  });

  test('warns of keys before it asks for anything that could hold one', () => {
    const [first] = form.body;
    const { value = '', description = '' } = first?.attributes ?? {};
    expect(value + description).toMatch(/\*\*Paste no key(?: and no|, no) token/u);
  });
});

describe('the forms', () => {
  test('have names of their own', () => {
    const names = forms.map(([, { name }]) => name);
    expect(names).toEqual([...new Set(names)]);
    expect(names).toHaveLength(3);
  });

  test('have the sender say that no key is in it, where logs and replies are asked for', () => {
    for (const name of ['bug.yml', 'observation.yml']) {
      const boxes = formOf(name).body.filter(({ type }) => type === 'checkboxes');
      expect(boxes.flatMap(({ attributes }) => attributes.options)).toEqual([
        { label: expect.stringContaining('no key, no token'), required: true },
      ]);
    }
  });

  test('ask of what is wrong all that is needed to look into it', () => {
    const { body } = formOf('bug.yml');
    const needed = body.flatMap(({ id, validations }) => (validations?.required ? id : []));
    expect(needed).toEqual(['version', 'operation', 'step', 'told', 'expected']);
    // Not everything that is wrong has them.
    const asked = ['error-kind', 'region', 'runner', 'runner-version', 'github'];
    expect(body.map(({ id }) => id)).toEqual(expect.arrayContaining(asked));
  });

  test('offer the operations, the kinds of failure and the regions that there are', () => {
    expect(optionsOf('bug.yml', 'operation')).toEqual([
      ...operationNames,
      'none: a page, the demo or the emulator',
    ]);
    expect(optionsOf('bug.yml', 'error-kind').slice(0, -1)).toEqual(failureKinds);
    const names = regions.map(({ name }) => name);
    for (const name of ['bug.yml', 'observation.yml']) {
      expect(optionsOf(name, 'region').slice(0, names.length)).toEqual(names);
    }
  });

  test('lead to pages of this repository that there are', () => {
    const links = texts.flatMap(([, text]) => [...text.matchAll(/https:[^\s)]+/gu)].map(String));
    expect(links.filter((link) => !link.startsWith(`${home}/`))).toEqual([]);
    const pages = links.flatMap((link) => link.split('/blob/main/')[1]?.split('#') ?? []);
    const files = pages.filter((each) => each.endsWith('.md'));
    expect(files).not.toEqual([]);
    expect(files.filter((path) => !existsSync(path))).toEqual([]);
  });
});

describe('the chooser', () => {
  const config: unknown = parse(readFileSync(`${folder}config.yml`, 'utf8'));

  test('is of the form that GitHub takes', () => {
    isChooser(config);
    expect(isChooser.errors).toBeNull();
  });

  test('offers no blank issue, and sends a weakness where nobody else reads it', () => {
    expect(config).toMatchObject({ blank_issues_enabled: false });
    const urls = (config as { contact_links: { url: string }[] }).contact_links.map(
      ({ url }) => url,
    );
    expect(urls).toContain(`${home}/security/advisories/new`);
    expect(urls).toContain(`${home}/blob/main/docs/troubleshooting.md`);
  });
});

describe('the rules for forms', () => {
  const input = { type: 'input', attributes: { label: 'One' } };
  const form = { name: 'Some form', description: 'For a test', body: [input] };

  test('take a plain form', () => {
    expect(isIssueForm(form)).toBe(true);
  });

  test.each([
    ['no name', { ...form, name: undefined }],
    ['a short name', { ...form, name: 'Bug' }],
    ['a blank description', { ...form, description: ' ' }],
    ['a key that there is not', { ...form, hello: 'world' }],
    ['nothing to fill in', { ...form, body: [{ type: 'markdown', attributes: { value: 'Hi' } }] }],
    ['an id of other characters', { ...form, body: [{ ...input, id: 'a b' }] }],
    [
      'an id on a text',
      { ...form, body: [input, { type: 'markdown', id: 'a', attributes: { value: 'Hi' } }] },
    ],
    ['a field without a label', { ...form, body: [{ type: 'input', attributes: {} }] }],
    [
      'a choice of nothing',
      { ...form, body: [{ type: 'dropdown', attributes: { label: 'One', options: [] } }] },
    ],
    [
      'a choice of the reserved word',
      { ...form, body: [{ type: 'dropdown', attributes: { label: 'One', options: ['None'] } }] },
    ],
    [
      'a choice of true or false',
      { ...form, body: [{ type: 'dropdown', attributes: { label: 'One', options: [true] } }] },
    ],
    [
      'the same choice twice',
      { ...form, body: [{ type: 'dropdown', attributes: { label: 'One', options: ['a', 'a'] } }] },
    ],
    ['a rule in the wrong place', { ...form, body: [{ ...input, required: true }] }],
  ])('refuse one with %s', (_what, wrong) => {
    expect(isIssueForm(JSON.parse(JSON.stringify(wrong)))).toBe(false);
  });
});
