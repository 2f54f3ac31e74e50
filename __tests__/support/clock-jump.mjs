// Given to node with --import: after CLOCK_JUMPS_AFTER milliseconds the wall clock jumps by CLOCK_JUMP
// milliseconds, as it does when a machine wakes up or asks a time server. Other clocks go on.
import { setTimeout } from 'node:timers';

const RealDate = Date;
let offset = 0;

globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + offset);
    else super(...given);
  }

  static now() {
    return RealDate.now() + offset;
  }
};

setTimeout(() => {
  offset = Number(process.env['CLOCK_JUMP']);
}, Number(process.env['CLOCK_JUMPS_AFTER'])).unref();
