// libsafe for C++17 and up: the C interface (safe/safe.h) as move-only classes, futures that are awaitable from C++20 on, and
// exceptions with codes. Header-only; link with libsafe as from C. safe/asio.hpp joins it to Asio.
//
// Whatever takes time gives a Future: `get()` waits for it, `then()` is called with it, `co_await` is resumed by it. All other
// functions are immediate. Failures are safe::Error.
#pragma once

#include "safe/cpp/bytes.hpp"
#include "safe/cpp/client.hpp"
#include "safe/cpp/error.hpp"
#include "safe/cpp/future.hpp"
#include "safe/cpp/handle.hpp"
#include "safe/cpp/key.hpp"
#include "safe/cpp/library.hpp"
#include "safe/cpp/link.hpp"
#include "safe/cpp/ports.hpp"
#include "safe/cpp/put.hpp"
#include "safe/cpp/queue.hpp"
#include "safe/cpp/reader.hpp"
#include "safe/cpp/record.hpp"
#include "safe/cpp/s1.hpp"
#include "safe/cpp/serve.hpp"
#include "safe/cpp/vault.hpp"
