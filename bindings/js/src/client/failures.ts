// Failures as the classes throw them.
import { SAFE_CANCELLED, SAFE_CLOSED, SAFE_INVALID_ARGUMENT, SAFE_UNEXPECTED } from '../ffi/constants.js';
import { SafeError, type Details } from '../ffi/error.js';
import type { Whole } from './engine.js';

export function invalid(message: string): SafeError {
  return new SafeError(SAFE_INVALID_ARGUMENT, 'SAFE_INVALID_ARGUMENT', message);
}

export function closed(message: string): SafeError {
  return new SafeError(SAFE_CLOSED, 'SAFE_CLOSED', message);
}

export function broken(message: string, cause?: unknown): SafeError {
  return new SafeError(SAFE_UNEXPECTED, 'SAFE_UNEXPECTED', message, {}, { cause });
}

/**
 * What was aborted fails with SAFE_CANCELLED. As everywhere on the platform the error's name says AbortError, or
 * TimeoutError for a signal of AbortSignal.timeout, and the signal's reason is its cause.
 */
export function aborted(reason: unknown): SafeError {
  const late = reason instanceof DOMException && reason.name === 'TimeoutError';
  const message = late ? 'cancelled: the time of the AbortSignal is over' : 'cancelled by the AbortSignal';
  const error = new SafeError(SAFE_CANCELLED, 'SAFE_CANCELLED', message, {}, { cause: reason });
  Object.defineProperty(error, 'name', { value: late ? 'TimeoutError' : 'AbortError' });
  return error;
}

/** A number where 53 bits are enough. */
export function narrow(value: bigint): Whole {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER) ? Number(value) : value;
}

/** The same failure, its details as these classes give numbers. */
export function narrowed(problem: unknown): unknown {
  if (!(problem instanceof SafeError)) return problem;
  const entries = Object.entries(problem.details);
  if (!entries.some(([, value]) => typeof value === 'bigint')) return problem;
  const details = Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'bigint' ? narrow(value) : value]),
  );
  return new SafeError(problem.code, problem.codeName, problem.message, details, { cause: problem.cause });
}

/** A failure as it crosses to another thread. */
export type Crossing =
  | { kind: 'safe'; code: number; codeName: string; message: string; details: Details }
  | { kind: 'type' | 'range' | 'other'; message: string };

export function crossing(problem: unknown): Crossing {
  if (problem instanceof SafeError) {
    const { code, codeName, message, details } = problem;
    return { kind: 'safe', code, codeName, message, details };
  }
  const message = problem instanceof Error ? problem.message : String(problem);
  if (problem instanceof TypeError) return { kind: 'type', message };
  if (problem instanceof RangeError) return { kind: 'range', message };
  return { kind: 'other', message: problem instanceof Error ? `${problem.name}: ${message}` : message };
}

export function arrived(failure: Crossing): Error {
  switch (failure.kind) {
    case 'safe':
      return new SafeError(failure.code, failure.codeName, failure.message, failure.details);
    case 'type':
      return new TypeError(failure.message);
    case 'range':
      return new RangeError(failure.message);
    default:
      return broken(failure.message);
  }
}
