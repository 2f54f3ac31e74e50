// A program: which of some texts, given as JSON of `[{ code, filePath }]` on the standard input, run
// into a wall. A process of its own, as ESLint loads in half the time
// outside of jest.
import { text } from 'node:stream/consumers';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import config, { walls } from '../../eslint.config.mjs';

// Without the rules that need types, so that a text can stand for a file that does not exist.
const eslint = new ESLint({
  overrideConfigFile: true,
  overrideConfig: [{ files: ['**/*.ts'], languageOptions: { parser: tseslint.parser } }, ...walls],
});
const snippets = [];
for (const { code, filePath } of JSON.parse(await text(process.stdin))) {
  const [result] = await eslint.lintText(code, { filePath });
  snippets.push(result.messages.map(({ message }) => message));
}

const isChecked = walls.every((wall) => config.includes(wall));
process.stdout.write(JSON.stringify({ snippets, isChecked }));
