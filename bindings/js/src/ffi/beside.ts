/** Where libsafe.wasm usually is: beside the bundle that this becomes part of. */
export function beside(): URL {
  return new URL('./libsafe.wasm', import.meta.url);
}
