import { Ajv } from 'ajv';

// What GitHub takes as an issue form, and as the configuration of the chooser. A file that breaks a rule is
// not shown to anybody. As its documentation tells:
// https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-issue-forms
// https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema
// https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/common-validation-errors-when-creating-issue-forms

/** Not empty, and not of blanks alone. */
const text = { type: 'string', pattern: '\\S' };
const flag = { type: 'boolean' };
const texts = { anyOf: [text, { type: 'array', minItems: 1, items: text }] };

interface Fields {
  readonly properties: Readonly<Record<string, object>>;
  readonly required: readonly string[];
}

function exactly(properties: Fields['properties'], ...required: readonly string[]): object {
  return { type: 'object', properties, required, additionalProperties: false };
}

/** A field that is filled in, with the attributes of its type beside its label. */
function field(type: string, attributes: Fields['properties'], ...required: string[]): object {
  const all = { label: text, description: text, ...attributes };
  const properties = {
    type: { const: type },
    id: { type: 'string', pattern: '^[A-Za-z0-9_-]+$' },
    attributes: exactly(all, 'label', ...required),
    ...(type === 'checkboxes' ? {} : { validations: exactly({ required: flag }) }),
  };
  return exactly(properties, 'type', 'attributes');
}

const options = {
  type: 'array',
  minItems: 1,
  uniqueItems: true,
  // The word is what GitHub shows where nothing is chosen.
  items: { ...text, not: { type: 'string', pattern: '^[Nn][Oo][Nn][Ee]$' } },
};

const body = {
  type: 'array',
  // A form asks for something.
  contains: { type: 'object', not: { properties: { type: { const: 'markdown' } } } },
  items: {
    oneOf: [
      exactly(
        { type: { const: 'markdown' }, attributes: exactly({ value: text }, 'value') },
        'type',
        'attributes',
      ),
      field('input', { placeholder: text, value: text }),
      field('textarea', { placeholder: text, value: text, render: text }),
      field('dropdown', { multiple: flag, options, default: { type: 'integer' } }, 'options'),
      field(
        'checkboxes',
        {
          options: {
            type: 'array',
            minItems: 1,
            items: exactly({ label: text, required: flag }, 'label'),
          },
        },
        'options',
      ),
    ],
  },
};

const ajv = new Ajv({ strict: false });

/** Whether something has the form of an issue form; that ids and labels are unique is left to see. */
export const isIssueForm = ajv.compile(
  exactly(
    {
      // "Template names must be more than 3 characters".
      ...{ name: { type: 'string', minLength: 4 }, description: text, title: text },
      ...{ labels: texts, assignees: texts, projects: texts, type: text, body },
    },
    ...['name', 'description', 'body'],
  ),
);

/** Whether something has the form of the chooser's configuration. */
export const isChooser = ajv.compile(
  exactly({
    blank_issues_enabled: flag,
    contact_links: {
      type: 'array',
      items: exactly(
        { name: text, about: text, url: { type: 'string', pattern: '^https://' } },
        ...['name', 'url', 'about'],
      ),
    },
  }),
);

/** An issue form, as far as a test looks at it. */
export interface IssueForm {
  readonly name: string;
  readonly body: readonly {
    readonly type: string;
    readonly id?: string;
    readonly attributes: {
      readonly label?: string;
      readonly description?: string;
      readonly value?: string;
      readonly options?: readonly (
        string | { readonly label: string; readonly required?: boolean }
      )[];
    };
    readonly validations?: { readonly required?: boolean };
  }[];
}
