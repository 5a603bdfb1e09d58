// Loaded before the package: notes which exports of libsafe.wasm are called, and hands each call on. Of the addon, it has a copy
// loaded that is linked with libsafe.so, where calls are counted as those of all native programs.
const marks = (globalThis.safeReached = new Set());

function counted(functions) {
  const found = {};
  for (const [name, one] of Object.entries(functions)) {
    found[name] = name.startsWith('safe_') && typeof one === 'function'
      ? (...values) => {
          marks.add(name);
          return one(...values);
        }
      : one;
  }
  return found;
}

const instantiate = WebAssembly.instantiate.bind(WebAssembly);
WebAssembly.instantiate = async (source, imports) => {
  const made = await instantiate(source, imports);
  if (!(made instanceof WebAssembly.Instance)) return made; // bytes: not how the package does it
  return { exports: counted(made.exports) };
};

const { CONFORMANCE_ADDON } = globalThis.process?.env ?? {};
if (CONFORMANCE_ADDON) {
  const dlopen = process.dlopen.bind(process);
  process.dlopen = (module, file, ...more) => dlopen(module, file.endsWith('libsafe.node') ? CONFORMANCE_ADDON : file, ...more);
}
