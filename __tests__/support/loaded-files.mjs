// Given to node with --import: writes the paths of all files that the program loads, one a line, to
// the file that LOADED_FILES names.
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

registerHooks({
  load(url, context, nextLoad) {
    if (url.startsWith('file:')) {
      appendFileSync(process.env['LOADED_FILES'], `${fileURLToPath(url)}\n`);
    }
    return nextLoad(url, context);
  },
});
