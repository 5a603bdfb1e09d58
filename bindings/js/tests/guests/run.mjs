// Runs the demonstration of a notebook, in C or Rust, in Node and in pages alike.

/** `{ loadFfi, loadGuest }` of the package; the guest's file; how it hears of ends: 0 by callback, 1 by queue. */
export async function demonstration({ loadFfi, loadGuest }, wasm, driven) {
  const ffi = await loadFfi();
  const reports = [];
  const guest = await loadGuest(wasm, ffi, { report: (message) => reports.push(message) });
  const { demo_start, demo_step, demo_transcript, memory } = guest.exports;
  let state = demo_start(driven);
  while (state === 0) {
    await new Promise((resolve) => setTimeout(resolve));
    state = demo_step(0n);
  }
  const bytes = new Uint8Array(memory.buffer, demo_transcript());
  const transcript = new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0)));
  const left = guest.liveHandles();
  guest.dispose();
  return { state, transcript, reports, left, all: Number(ffi.safe_debug_live_handles()) };
}
