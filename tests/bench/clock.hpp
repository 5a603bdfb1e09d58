// The processor time that this program has taken so far, in seconds: what the clock says depends on what else the machine
// does. Native: clock.cpp, of this thread; wasm: wasm/bench/clock.js, of Node.
#pragma once

extern "C" double safe_bench_now();
