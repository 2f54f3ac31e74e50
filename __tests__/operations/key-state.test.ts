import { describe, expect, test } from '@jest/globals';
import {
  afterDeleting,
  enter,
  noTask,
  pendingOf,
  taskOf,
  type JobEndTask,
  type RunKey,
} from '../../src/operations/key-state.ts';

const name = 'shop ~pending-1';
const id = 'k';
const forJob: JobEndTask = { lifetimeKeyId: id, rotation: undefined };
const rotation: JobEndTask = {
  lifetimeKeyId: undefined,
  rotation: { newKeyId: id, previousKeyIds: ['o'], secretStored: false, valueDelivered: false },
};
const other: RunKey = { state: 'identified', name: 'shop ~pending-0', id: 'o' };

describe('what is written down for the job’s end of a key that is', () => {
  test.each<[RunKey, 'by its name' | 'by its id' | 'not', JobEndTask]>([
    [{ state: 'announced', name }, 'by its name', noTask],
    [{ state: 'lost', name }, 'by its name', noTask],
    [{ state: 'identified', name, id }, 'by its id', noTask],
    [{ state: 'undeleted', name, id }, 'by its id', noTask],
    [{ state: 'prepared', name, id, task: noTask }, 'not', noTask],
    [{ state: 'prepared', name, id, task: rotation }, 'not', rotation],
    [{ state: 'prepared', name, id, task: forJob }, 'by its id', forJob],
    [{ state: 'committed', name, id, task: forJob }, 'not', forJob],
    [{ state: 'committed', name, id, task: noTask }, 'not', noTask],
    [{ state: 'rolled_back', name }, 'not', noTask],
  ])('%j: to be deleted %s', (key, how, task) => {
    const expected = {
      'by its name': [{ name, id: undefined }],
      'by its id': [{ name, id }],
      not: [],
    };
    expect(pendingOf([key])).toEqual(expected[how]);
    expect(taskOf([key])).toEqual(task);
  });
});

describe('a key that gets into a state', () => {
  test('takes the place of itself, and of no other', () => {
    const announced = enter([other], { state: 'announced', name });
    expect(announced).toEqual([other, { state: 'announced', name }]);
    const identified: RunKey = { state: 'identified', name, id };
    expect(enter(announced, identified)).toEqual([other, identified]);
  });
});

describe('deleting a key that is', () => {
  test.each<RunKey>([
    { state: 'identified', name, id },
    { state: 'prepared', name, id, task: forJob },
    { state: 'prepared', name, id, task: rotation },
  ])('%j leaves nothing to do', (key) => {
    const keys = afterDeleting([key], { name, id }, true);
    expect(keys).toEqual([{ state: 'rolled_back', name }]);
    expect([pendingOf(keys), taskOf(keys)]).toEqual([[], noTask]);
  });

  test.each<[RunKey, RunKey['state']]>([
    [{ state: 'identified', name, id }, 'undeleted'],
    [{ state: 'prepared', name, id, task: noTask }, 'undeleted'],
    [{ state: 'prepared', name, id, task: forJob }, 'prepared'],
    [{ state: 'committed', name, id, task: rotation }, 'committed'],
  ])('%j fails, and makes it %s', (key, state) => {
    expect(afterDeleting([key], { name, id }, false)).toMatchObject([{ state }]);
  });
});
