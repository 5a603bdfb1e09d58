// What a browser's errors mean to the store's user.
import { SafeError } from '../../ffi/error.js';
import { failure } from '../store.js';

export const isNamed = (problem: unknown, name: string) => problem instanceof Error && problem.name === name;

export function storeFailure(problem: unknown): SafeError {
  if (problem instanceof SafeError) return problem;
  const message = problem instanceof Error ? `${problem.name}: ${problem.message}` : String(problem);
  if (isNamed(problem, 'QuotaExceededError'))
    return failure(
      'SAFE_STORE_FULL', `the browser gives this site no more room (${message}); free some space, here or on the disk`, problem,
    );
  if (isNamed(problem, 'InvalidStateError'))
    return failure('SAFE_STORE_IO', `the browser has closed the store, say because its data was cleared (${message}); connect again`, problem);
  return failure('SAFE_STORE_IO', `${message}; reload the page, or restart the browser`, problem);
}

export async function doing<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (problem) {
    throw storeFailure(problem);
  }
}

/** What the call gives; null if there is no such file. */
export async function ifThere<Result>(call: Promise<Result>): Promise<Result | null> {
  try {
    return await call;
  } catch (problem) {
    if (isNamed(problem, 'NotFoundError')) return null;
    throw problem;
  }
}
