import { getState, saveState } from '@actions/core';
import type { JobEnd, JobEndPlan } from '../ports.ts';

const startedState = 'main_started';
const planState = 'plan';

/** Says that main has begun: the same file runs again as the post step, and tells by this which. */
export function markStarted(): void {
  saveState(startedState, 'true');
}

/** Whether this process is the post step. */
export function isPost(): boolean {
  return getState(startedState) !== '';
}

/** Writes the plan for the post step to the runner's file. It holds names and ids, never a value. */
export const jobEnd: JobEnd = {
  plan: (plan) => {
    saveState(planState, JSON.stringify(plan));
  },
};

/** The plan that main wrote down last; undefined when there is none. */
export function readPlan(): JobEndPlan | undefined {
  const text = getState(planState);
  // Our own words, given back by the runner.
  return text === '' ? undefined : (JSON.parse(text) as JobEndPlan);
}
