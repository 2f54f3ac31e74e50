// Given to node with --import: tells what the program did where nobody else can see it. Writes one line of
// JSON for each, in their order, to the file that WITNESS_FILE names:
//   { sent, to }   a bearer token that went out over HTTP/2, and the host that it was for
//   { masked }     a text that the runner was told to mask, as printed
//   { written }    what was added to the file of the outputs
import { subscribe } from 'node:diagnostics_channel';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { appendFileSync } = fs;

function tell(what) {
  appendFileSync(process.env['WITNESS_FILE'], `${JSON.stringify(what)}\n`);
}

subscribe('http2.client.stream.created', ({ headers }) => {
  const [, sent] = /^Bearer (.*)$/u.exec(headers.authorization ?? '') ?? [];
  if (sent !== undefined) tell({ sent, to: headers[':authority'] });
});

const write = process.stdout.write.bind(process.stdout);
process.stdout.write = (text, ...others) => {
  for (const [, masked] of String(text).matchAll(/^::add-mask::(.*)$/gmu)) tell({ masked });
  return write(text, ...others);
};

fs.appendFileSync = (path, text, ...others) => {
  if (path === process.env['GITHUB_OUTPUT']) tell({ written: String(text) });
  return appendFileSync(path, text, ...others);
};
syncBuiltinESMExports();
