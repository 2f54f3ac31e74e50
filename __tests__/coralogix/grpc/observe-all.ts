import { situations } from './situations/index.ts';
import { observeAll } from './situations/situation.ts';

// A program: what grpc-js says of each situation, in whatever Node runs this.
process.stdout.write(JSON.stringify(await observeAll(situations)), () => process.exit(0));
