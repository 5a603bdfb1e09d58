// What the module imports from its host, besides the runtime of Emscripten. emcc links it with --js-library.
// None of it throws: an exception would pass through C++ without running destructors.
mergeInto(LibraryManager.library, {
  // Asks for a call of _safe_wasm_pump() after that time: from Module.safeWake, or else by the host's own event loop.
  safe_wasm_wake: function (milliseconds) {
    if (Module['safeWake']) {
      Module['safeWake'](milliseconds);
    } else {
      setTimeout(Module['_safe_wasm_pump'], milliseconds);
    }
  },

  // Fills from the platform's CSPRNG. 0: done.
  safe_wasm_entropy: function (out, size) {
    try {
      // 65536 bytes are the most that one call gives (Web Cryptography API, 10.1.1).
      for (var at = 0; at < size; at += 65536) {
        globalThis.crypto.getRandomValues(HEAPU8.subarray(out + at, out + Math.min(at + 65536, size)));
      }
      return 0;
    } catch (error) {
      return -1;
    }
  },
});
