/**
 * The entry of the job's end: it says that the job is ending, and enters the one bundle. The entry
 * itself has to say so. What main saves cannot tell the two apart: a main that was cut off before it
 * saved anything would run once more at the job's end, and make another key.
 */
process.argv[2] = 'job-end';
await import('./index.ts');
