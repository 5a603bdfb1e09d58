// What every failure of the library is.

export type Details = Readonly<Record<string, bigint | string>>;

/** A call that failed, with the code of the C interface. */
export class SafeError extends Error {
  override readonly name = 'SafeError';
  constructor(
    /** The number, e.g. -3101. */
    readonly code: number,
    /** The constant's name, e.g. "SAFE_STORE_FULL". */
    readonly codeName: string,
    message: string,
    /** Facts of the failure by name, e.g. current_version. */
    readonly details: Details = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
