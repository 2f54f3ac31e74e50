// Given to node with --import: throws, where nobody catches it, when a process has been at work for a while.
import { setTimeout } from 'node:timers';

setTimeout(() => {
  throw new Error('thrown late');
}, 1500).unref();
