import { observeAll } from './situations.ts';

// A program: what grpc-js says of each situation, in whatever Node runs this.
process.stdout.write(JSON.stringify(await observeAll()), () => process.exit(0));
