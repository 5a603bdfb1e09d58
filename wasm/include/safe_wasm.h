/* What libsafe.a for wasm has besides the C interface (safe/safe.h): how a program gives it turns. wasm/README.md says when
 * a program needs this at all. */
#ifndef SAFE_WASM_H
#define SAFE_WASM_H

#ifdef __cplusplus
extern "C" {
#endif

/* Does what is to be done now: one piece of CPU work, and what is ready. Returns at once when there is nothing, and when it
 * is called inside a callback of the library. Completion callbacks are called from here and from nowhere else. */
void safe_wasm_pump(void);

/* Wanted of the program: a call of safe_wasm_pump after so many milliseconds, from its event loop and never from inside this
 * function. libsafe-host.js has one for JavaScript's event loop. */
void safe_wasm_wake(double milliseconds);

#ifdef __cplusplus
}
#endif

#endif
