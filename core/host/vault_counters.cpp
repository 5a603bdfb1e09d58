#include "host/vault_counters.hpp"

#include "protocol/messages.hpp"

#include <algorithm>
#include <cstdio>
#include <string_view>

namespace safe {
namespace {

constexpr std::array<std::string_view, std::variant_size_v<protocol::Request>> kinds{
    "get_chunk", "put_chunk", "has_chunk", "put_record", "get_record", "list_records", "hold", "release"};

// A figure without surplus digits, whatever the locale.
std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", value);
    std::replace(text, text + sizeof text, ',', '.');
    return text;
}

class Text {
  public:
    void family(const char *name, const char *type, const char *help) {
        name_ = std::string("safe_vault_") + name;
        out_ += "# HELP " + name_ + " " + help + "\n# TYPE " + name_ + " " + type + "\n";
    }
    // `labels`: with their braces, or empty.
    void sample(const std::string &labels, const std::string &value, const char *suffix = "") {
        out_ += name_ + suffix + labels + " " + value + "\n";
    }
    void single(const char *name, const char *type, const char *help, std::uint64_t value) {
        family(name, type, help);
        sample("", std::to_string(value));
    }
    std::string take() { return std::move(out_); }

  private:
    std::string name_, out_;
};

} // namespace

void VaultCounters::took(std::chrono::duration<double> time) {
    const auto bound = std::lower_bound(bounds.begin(), bounds.end(), time.count());
    ++latency[static_cast<std::size_t>(bound - bounds.begin())];
    latency_sum += time.count();
}

std::string prometheus_text(const VaultCounters &counters, const StoreDisk &disk) {
    Text text;
    text.single("connections", "gauge", "Connections that are open.", counters.connections);
    text.single("handshakes", "gauge", "Connections that have not said yet who they are.", counters.handshakes);
    text.single("requests_in_progress", "gauge", "Requests that are being answered.", counters.requests);
    text.single("in_flight_bytes", "gauge", "Payload bytes of requests being answered and replies being sent.",
                counters.in_flight);
    text.single("draining", "gauge", "1 while the vault takes no new connections and requests.", counters.draining);
    text.single("connections_accepted_total", "counter", "Connections that were accepted.", counters.accepted);
    text.family("handshakes_total", "counter", "Handshakes that were completed, by who is on the other side.");
    text.sample("{client=\"key\"}", std::to_string(counters.known));
    text.sample("{client=\"anonymous\"}", std::to_string(counters.anonymous));
    text.single("received_bytes_total", "counter", "Bytes that came in over connections.", counters.received);
    text.single("sent_bytes_total", "counter", "Bytes that went out over connections.", counters.sent);
    text.single("stored_bytes_total", "counter", "Bytes of chunks and records that were not there before.",
                counters.stored);
    text.family("requests_total", "counter", "Requests that were answered, by what they asked and how it ended.");
    for (const auto &[asked, count] : counters.answered) {
        const auto outcome = asked.outcome == Errc::ok ? std::string_view("OK") : name_of(asked.outcome);
        text.sample("{kind=\"" + std::string(kinds[asked.kind]) + "\",outcome=\"" + std::string(outcome) + "\"}",
                    std::to_string(count));
    }
    text.family("refusals_total", "counter", "Connections and requests that were refused, by the limit they met.");
    for (const auto &[reason, count] : counters.refused)
        text.sample("{reason=\"" + reason + "\"}", std::to_string(count));
    text.family("request_duration_seconds", "histogram", "From a whole request to its reply, before that is sent.");
    std::uint64_t all = 0;
    for (std::size_t i = 0; i < VaultCounters::bounds.size(); ++i) {
        all += counters.latency[i];
        text.sample("{le=\"" + number(VaultCounters::bounds[i]) + "\"}", std::to_string(all), "_bucket");
    }
    all += counters.latency.back();
    text.sample("{le=\"+Inf\"}", std::to_string(all), "_bucket");
    text.sample("", number(counters.latency_sum), "_sum");
    text.sample("", std::to_string(all), "_count");
    if (disk.used_bytes || disk.free_bytes) {
        text.single("store_used_bytes", "gauge", "Bytes that the store uses on its disk.", disk.used_bytes);
        text.single("store_free_bytes", "gauge", "Bytes that are free on the store's disk.", disk.free_bytes);
    }
    return text.take();
}

} // namespace safe
