// A port from the inside: its callback is called exactly once, and knows when the port is no more (safe/ports.h).
#include "port.hpp"

#include <gtest/gtest.h>

namespace safe {
namespace {

struct Told {
    int calls = 0;
    safe_port *port = nullptr;
};

void tell(void *user_data, safe_port *port) {
    auto *told = static_cast<Told *>(user_data);
    ++told->calls;
    told->port = port;
}

std::shared_ptr<PortRequest> request_of(const std::shared_ptr<Port> &port) {
    return std::make_shared<PortRequest>(port, PortQuestion(), "inside:", 1, nullptr);
}

// Never looked at: what is called back gets it as it is.
safe_port *const handle = reinterpret_cast<safe_port *>(std::uintptr_t{0x1234});

TEST(Port, CallsBackWhenARequestComesAndOnlyOnce) {
    const auto port = Port::open_scheme("inside");
    Told told;
    port->call_back(tell, &told, handle);
    EXPECT_EQ(0, told.calls);
    port->push(request_of(port));
    port->push(request_of(port));
    EXPECT_EQ(1, told.calls);
    EXPECT_EQ(handle, told.port);
    port->close();
    EXPECT_EQ(1, told.calls);
}

TEST(Port, CallsBackAtOnceIfRequestsWait) {
    const auto port = Port::open_scheme("inside");
    port->push(request_of(port));
    Told told;
    port->call_back(tell, &told, handle);
    EXPECT_EQ(1, told.calls);
    EXPECT_EQ(handle, told.port);
    port->close();
}

TEST(Port, CallsBackWithoutAPortWhenItIsFreed) {
    const auto port = Port::open_scheme("inside");
    Told told;
    port->call_back(tell, &told, handle);
    port->close();
    EXPECT_EQ(1, told.calls);
    EXPECT_EQ(nullptr, told.port);
}

// A thread that had found the port's handle when another one freed it.
TEST(Port, ACallbackSetWhileThePortIsFreedIsCalledWithoutAPort) {
    const auto port = Port::open_scheme("inside");
    port->push(request_of(port));
    port->close();
    Told told;
    port->call_back(tell, &told, handle);
    EXPECT_EQ(1, told.calls);
    EXPECT_EQ(nullptr, told.port);
}

TEST(Port, OneCallbackAtATime) {
    const auto port = Port::open_scheme("inside");
    Told told;
    port->call_back(tell, &told, handle);
    EXPECT_THROW(port->call_back(tell, &told, handle), Error);
    port->close();
    EXPECT_EQ(1, told.calls);
}

} // namespace
} // namespace safe
