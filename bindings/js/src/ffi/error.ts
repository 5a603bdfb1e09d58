// What every failure of the library is.

export type Details = Readonly<Record<string, number | bigint | string>>;

const brand = Symbol.for('libsafe.SafeError');

/** A call that failed, with the code of the C interface. */
export class SafeError extends Error {
  override readonly name: string = 'SafeError';
  /** @internal */
  readonly [brand] = true;
  constructor(
    /** The number, e.g. -3101. */
    readonly code: number,
    /** The constant's name, e.g. "SAFE_STORE_FULL". */
    readonly codeName: string,
    message: string,
    /** Facts of the failure by name, e.g. current_version. Numbers are bigints in libsafe/ffi; elsewhere only those above 2^53. */
    readonly details: Details = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** Also true for those of another bundle of the package, which has a class of its own. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== SafeError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === 'object' && value !== null && brand in value;
  }
}
