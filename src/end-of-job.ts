/**
 * The door of the post step: it says that the job is ending, and enters the one bundle. The door
 * itself has to say so. What main saves cannot tell the two apart: a main that was cut off before it
 * saved anything would run once more as the post step, and make another key.
 */
process.argv[2] = 'end-of-job';
await import('./index.ts');
