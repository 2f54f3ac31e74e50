// Makes src/coralogix/grpc/descriptor.generated.ts from proto/, so that the action parses no .proto file
// when it starts. `--check` writes nothing and exits 1 when the committed file differs.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const source = 'proto/com/coralogixapis/aaa/apikeys/v3/api_keys.proto';
const target = 'src/coralogix/grpc/descriptor.generated.ts';

const root = new protobuf.Root();
await root.load(at(source), { keepCase: true });
root.resolveAll();
const text = `// Made from ${source} by \`npm run build\`. Do not edit.
export const descriptor: object = ${JSON.stringify(root.toJSON({ keepComments: false }), null, 2)};
`;

if (!process.argv.includes('--check')) {
  await writeFile(at(target), text);
} else if ((await readFile(at(target), 'utf8').catch(() => '')) !== text) {
  console.error(
    `${target} is not what ${source} gives: run \`npm run build\` and commit the result.`,
  );
  process.exitCode = 1;
}
