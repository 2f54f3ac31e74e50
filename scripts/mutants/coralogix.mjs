// What calling the service rests on.
export default [
  {
    name: 'a Create is sent twice',
    file: 'src/coralogix/retry.ts',
    find: 'CreateApiKey: { repeatable: false,',
    replace: 'CreateApiKey: { repeatable: true,',
    test: ['coralogix/keys', 'may have made a key, and is sent once'],
  },
  {
    name: 'an attempt whose answer was lost is forgotten',
    file: 'src/coralogix/retry.ts',
    find: "maybeDoneBefore ||= effectOf(facts) === 'unknown';",
    replace: "maybeDoneBefore = effectOf(facts) === 'unknown';",
    test: ['coralogix/retry', 'whether an attempt before the last may have arrived is told'],
  },
  {
    name: 'no time is kept to look into a lost Create',
    file: 'src/coralogix/retry.ts',
    find: 'Math.max(remaining - reserveMs, remaining / 2)',
    replace: 'remaining',
    test: ['coralogix/retry', 'CreateApiKey gets 15000, so that'],
  },
  {
    name: 'a call waits for as long as it is told to',
    file: 'src/coralogix/retry.ts',
    find: 'if (wait >= budget.remaining()) return false;',
    replace: '',
    test: ['coralogix/retry', 'longer than the budget lasts: all calls fail at once'],
  },
  {
    name: 'what must not be done twice is advised to be run again',
    file: 'src/coralogix/failure.ts',
    find: 'again === undefined || mustNotBeRepeated',
    replace: 'again === undefined',
    test: ['coralogix/failure', 'what may have been done is not said to be run again'],
  },
  {
    name: 'a rate limit is a quota',
    file: 'src/coralogix/quota.ts',
    find: 'return quota.test(words) && !rate.test(words);',
    replace: 'return quota.test(words);',
    test: ['coralogix/quota', 'a limit on the number of keys is told from one that passes'],
  },
  {
    name: 'a quota that says when it ends is one of keys',
    file: 'src/coralogix/quota.ts',
    find: 'if (retryAfterMs !== undefined) return false;',
    replace: 'void retryAfterMs;',
    test: ['coralogix/quota', 'a limit on the number of keys is told from one that passes'],
  },
];
