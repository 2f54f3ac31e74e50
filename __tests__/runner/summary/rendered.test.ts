import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Failure } from '../../../src/core/failure.ts';
import { oneLine } from '../../../src/core/text.ts';
import type { StepFacts } from '../../../src/runner/summary/step-facts.ts';
import {
  writeFailureSummary,
  writeJobEndFailureSummary,
  writeJobEndSummary,
  writeSummary,
} from '../../../src/runner/summary/summary.ts';
import { keptLog } from '../../support/log.ts';
import { emptyFile, key, outcome } from '../bench.ts';
import { hostile } from './hostile.ts';
import { rendered, type Rendered } from './rendered.ts';

/** What text from outside becomes on GitHub: rendered by the same pipeline. */

const file = emptyFile('rendered');
process.env['GITHUB_STEP_SUMMARY'] = file;

const step: StepFacts = {
  operation: 'ensure',
  dryRun: false,
  place: { region: 'EU2', host: 'eu2.coralogix.com' },
  site: { server: 'https://github.com', repository: 'acme/shop' },
};

async function read(write: () => Promise<void>): Promise<Rendered> {
  writeFileSync(file, '');
  await write();
  const text = readFileSync(file, 'utf8').trimEnd();
  // An empty line would end the HTML, and what follows would be read as Markdown.
  expect(text).not.toMatch(/\n\s*\n/u);
  return rendered(text);
}

/** What GitHub would make of a text: a mention, a reference to an issue, a link. */
const linkable = /@[a-z\d]|#\d|:\/\//iu;

function expectNoLinks({ open, elements }: Rendered, known: readonly string[] = []): void {
  expect(open.filter((text) => linkable.test(text))).toEqual([]);
  const links = elements.filter((each) => /^(?:a|img|input|picture|source) /u.test(each));
  expect(links.filter((each) => !known.some((url) => each.includes(url)))).toEqual([]);
}

/** A name that shows something: an empty one is left out. */
const name = hostile.filter((text) => oneLine(text) !== '');
const runs = { numRuns: 200 };

describe('whatever a name is', () => {
  test('of one key: the summary has the same elements, and shows it', async () => {
    const of = async (text: string): Promise<Rendered> =>
      read(() => writeSummary(step, outcome({ key: key({ name: text }) }), keptLog()));
    const plain = await of('plain');
    await fc.assert(
      fc.asyncProperty(name, async (text) => {
        const found = await of(text);
        expect(found.elements).toEqual(plain.elements);
        // In the headline and in the details.
        expect(found.codes.filter((each) => each === oneLine(text, 120))).toHaveLength(2);
        expectNoLinks(found);
      }),
      runs,
    );
  });

  test('of many keys, and of what they are: the same rows, each with its name', async () => {
    const of = async (text: string): Promise<Rendered> => {
      const row = { id: text, name: text, state: 'gone', is: 'gone' } as const;
      const shown = [row, { ...row, state: 'active' } as const];
      return read(() => writeSummary(step, outcome({ shown }), keptLog()));
    };
    const plain = await of('plain');
    await fc.assert(
      fc.asyncProperty(name, async (text) => {
        const found = await of(text);
        expect(found.elements).toEqual(plain.elements);
        expect(found.codes.filter((each) => each === oneLine(text, 72)).length).toBeGreaterThan(1);
        expectNoLinks(found);
      }),
      runs,
    );
  });

  test('of a secret, an environment and a repository: one link, to GitHub’s settings', async () => {
    const of = async (text: string): Promise<Rendered> => {
      const secret = { secretName: text, environment: text, repository: `acme/${text}` };
      const valuePlace = { kind: 'secret', secret } as const;
      const made = outcome({ key: key(), valuePlace });
      return read(() => writeSummary(step, made, keptLog()));
    };
    await fc.assert(
      fc.asyncProperty(name, async (text) => {
        const found = await of(text);
        expectNoLinks(found, ['{"href":"https://github.com/acme/']);
        expect(found.codes).toContain(oneLine(text, 120));
      }),
      runs,
    );
  });
});

/** The names of inputs look as in a workflow, without their ticks. */
const withoutTicks = (text: string): string =>
  text.replace(/`([a-z][a-z_]*(?:: [a-z0-9_]+)?)`/gu, '$1');

describe('whatever a sentence quotes', () => {
  test('a failure shows it, and nothing in it does anything', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, hostile, hostile, async (message, hint, item) => {
        const failure = new Failure('rejected', `Said ${message}`, {
          hint: `Do ${hint}`,
          items: [`Item ${item}`],
        });
        const found = await read(() => writeFailureSummary(step, failure, keptLog()));
        for (const text of [`Said ${message}`, `Do ${hint}`, `Item ${item}`]) {
          expect(found.text).toContain(withoutTicks(oneLine(text, 1000)));
        }
        expectNoLinks(found);
      }),
      runs,
    );
  });

  test('so do a refused step and the end of a job', async () => {
    await fc.assert(
      fc.asyncProperty(name, hostile, async (text, said) => {
        const is = `Did ${said}`;
        const refused = new Failure('unsafe', 'Too many.', {
          keys: [{ id: 'id-1', name: text, is }],
        });
        const deed = { sentence: `Did ${said}`, gist: 'done' };
        for (const write of [
          () => writeFailureSummary({ ...step, subject: text }, refused, keptLog()),
          () => writeJobEndSummary(text, [deed], keptLog()),
          () =>
            writeJobEndFailureSummary(text, refused.with({ sentence: `Did ${said}` }), keptLog()),
        ]) {
          const found = await read(write);
          expect(found.codes).toContain(oneLine(text, 120));
          expect(found.text).toContain(withoutTicks(oneLine(`Did ${said}`)));
          expectNoLinks(found);
        }
      }),
      runs,
    );
  });
});
