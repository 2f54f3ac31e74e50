// What happens to each file of the bundle after the bundler: smaller, and quicker to start.
import { minify, parseSync } from '@swc/core';

/**
 * Minifies a file of the bundle. Half the bytes to download and to compile at each start. Names of
 * functions stay, for stacks; all is ASCII, which the engine reads twice as fast.
 *
 * @param {string} code what the bundler made
 */
export async function minified(code) {
  const { code: small } = await minify(code, {
    module: true,
    ecma: 2022,
    compress: { module: true },
    mangle: { keep_fnames: true },
    format: { comments: false, asciiOnly: true },
  });
  // In a tagged template nothing can be written otherwise, and then places in the text are not those in bytes.
  if (/[^\0-\x7f]/u.test(small))
    throw new Error('The bundle is not ASCII: look for a tagged template.');
  return `${eager(small)}\n`;
}

/**
 * Puts parentheses around the functions that hold the bundled modules. The engine takes them as the
 * sign that a function is called at once, and compiles it in one go. The bundler writes them, the
 * minifier drops them, and without them every module is read twice.
 *
 * @param {string} code ASCII only, so that places are the same in bytes and characters
 */
function eager(code) {
  const program = parseSync(code, { syntax: 'ecmascript', target: 'es2022' });
  const functions = [];
  const visit = (node) => {
    if (typeof node !== 'object' || node === null) return;
    if (Array.isArray(node)) return node.forEach(visit);
    const found = node.type === 'ObjectExpression' ? moduleFunctions(node.properties) : [];
    functions.push(...found);
    if (found.length === 0) Object.values(node).forEach(visit);
  };
  visit(program.body);
  const pieces = [];
  let at = 0;
  for (const { span } of functions.sort((a, b) => a.span.start - b.span.start)) {
    const [start, end] = [span.start - program.span.start, span.end - program.span.start];
    pieces.push(code.slice(at, start), '(', code.slice(start, end), ')');
    at = end;
  }
  return [...pieces, code.slice(at)].join('');
}

/** A table of modules is an object whose keys are all numbers, and its values functions. */
function moduleFunctions(properties) {
  const functions = properties.filter(
    ({ type, key, value }) =>
      type === 'KeyValueProperty' &&
      key.type === 'NumericLiteral' &&
      ['FunctionExpression', 'ArrowFunctionExpression'].includes(value.type),
  );
  return functions.length === properties.length ? functions.map(({ value }) => value) : [];
}
