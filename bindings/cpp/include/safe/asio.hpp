// Futures in Asio: safe::async_get(future, token) with any completion token, so that
//
//     auto bytes = co_await safe::async_get(client.get(link), asio::use_awaitable);
//
// goes on on the caller's executor, may block there, and is cancelled by cancellation slots. Standalone Asio 1.22 or later; with
// SAFE_BOOST_ASIO defined, that of Boost (1.80 or later).
#pragma once

#include "safe/cpp/future.hpp"

#include <memory>
#include <type_traits>
#if defined(SAFE_BOOST_ASIO)
#include <boost/asio.hpp>
#else
#include <asio.hpp>
#endif

namespace safe {
inline namespace v1 {

namespace detail {

#if defined(SAFE_BOOST_ASIO)
namespace net = boost::asio;
#else
namespace net = ::asio;
#endif

template <class Result>
struct Signature {
    using type = void(std::exception_ptr, Result);
};
template <>
struct Signature<void> {
    using type = void(std::exception_ptr);
};

// Hands the result of an ended future to a handler, on the handler's own executor.
template <class Result, class Handler>
void complete(Future<Result> future, Handler &handler) {
    std::exception_ptr problem;
    if constexpr (std::is_void_v<Result>) {
        try {
            future.get();
        } catch (...) {
            problem = std::current_exception();
        }
        std::move(handler)(problem);
    } else {
        Result result{};
        try {
            result = future.get();
        } catch (...) {
            problem = std::current_exception();
        }
        std::move(handler)(problem, std::move(result));
    }
}

struct Initiate {
    template <class Handler, class Result>
    void operator()(Handler handler, Future<Result> future) const {
        // Keeps the executor's context running until then.
        auto executor = net::prefer(net::get_associated_executor(handler), net::execution::outstanding_work.tracked);
        auto slot = net::get_associated_cancellation_slot(handler);
        if (slot.is_connected()) {
            // A handle is a value: when the operation has been freed, this does nothing.
            safe_op *const op = future.op();
            slot.assign([op](net::cancellation_type) { safe_op_cancel(op); });
        }
        std::move(future).then([executor, handler = std::move(handler)](Future<Result> ended) mutable {
            net::post(executor, [handler = std::move(handler), ended = std::move(ended)]() mutable {
                net::get_associated_cancellation_slot(handler).clear();
                complete(std::move(ended), handler);
            });
        });
    }
};

} // namespace detail

// Completes with (std::exception_ptr, Result), or with (std::exception_ptr) for a Future<void>.
template <class Result, class Token>
auto async_get(Future<Result> future, Token &&token) {
    return detail::net::async_initiate<Token, typename detail::Signature<Result>::type>(detail::Initiate{}, token,
                                                                                        std::move(future));
}

} // namespace v1
} // namespace safe
