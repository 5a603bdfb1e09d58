#include "host/wasm/pump.hpp"

extern "C" __attribute__((visibility("default"))) void safe_wasm_pump(void) { safe::pump(); }
