/* Included before libsodium's randombytes.c. */
#ifndef SAFE_RANDOMBYTES_WASM_H
#define SAFE_RANDOMBYTES_WASM_H

#include "randombytes.h"

extern randombytes_implementation randombytes_wasm_implementation;
#define RANDOMBYTES_CUSTOM_IMPLEMENTATION
#define RANDOMBYTES_DEFAULT_IMPLEMENTATION &randombytes_wasm_implementation

#endif
