import fc from 'fast-check';

const pieces = [
  ...['<', '>', '&', '"', "'", '`', '*', '_', '~', '|', '#', '@', '!', '\\', ':', '/', ' '],
  ...['<script>', '</td>', '</code>', '</details>', '<img src=x>', '<a href="x">', '<!--', ']]>'],
  ...['&lt;', '&#60;', '\n\n# title', '\r\n', '[a](b)', '![a](b)', '[a]: b', '```'],
  ...['https://example.com', 'www.example.com', '@octocat', '@acme/team', '#1', 'acme/shop#1'],
  ...['\u202egnp.exe', '\u200b', '\u{e0041}', '\0', '\u001b[31m', '\ufe0f', '::error::x'],
];

/** Text of somebody who means harm. */
export const hostile: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...pieces),
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.constant('x'.repeat(60)),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''));
