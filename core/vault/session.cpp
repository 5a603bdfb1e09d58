// One connection's requests, from frame to frame.
#include "vault/vault.hpp"

#include <map>

namespace safe {
namespace {

using namespace protocol;

class Session : public net::Service {
  public:
    explicit Session(std::shared_ptr<Vault> vault) : vault_(std::move(vault)) {}

    Awaitable<net::Frame> serve(net::Frame frame) override {
        Reply reply;
        Blob payload;
        try {
            const Request request = decode_request(frame.header);
            reply = co_await answer(request, std::move(frame.payload), payload);
        } catch (...) {
            const Error error = current_error();
            reply = Failure{error.code(), error.message(), error.details()};
            payload = Blob();
        }
        co_return net::Frame{encode(reply), std::move(payload)};
    }

  private:
    // The references are to serve()'s frame, which waits for this.
    Awaitable<Reply> answer(const Request &request, Blob in, Blob &out) {
        if (const auto *get = std::get_if<GetChunk>(&request)) {
            out = co_await vault_->get_chunk(get->address);
            co_return Data{};
        }
        if (const auto *put = std::get_if<PutChunk>(&request)) {
            const bool is_new = co_await vault_->put_chunk(put->address, std::move(in));
            co_return Flag{is_new};
        }
        if (const auto *has = std::get_if<HasChunk>(&request)) {
            const bool there = co_await vault_->has_chunk(has->address);
            co_return Flag{there};
        }
        if (std::holds_alternative<PutRecord>(request)) {
            co_await vault_->put_record(std::move(in));
            co_return Flag{true};
        }
        if (const auto *get = std::get_if<GetRecord>(&request)) {
            out = co_await vault_->get_record(get->address, get->version);
            co_return Data{};
        }
        if (const auto *list = std::get_if<ListRecords>(&request)) {
            const Vault::Records found = co_await vault_->list_records(list->address, list->before, list->limit);
            co_return joined(found, out);
        }
        if (std::holds_alternative<Hold>(request)) {
            std::shared_ptr<void> held = co_await vault_->store()->hold();
            const std::uint64_t id = ++last_hold_;
            holds_.emplace(id, std::move(held));
            co_return Held{id};
        }
        const bool known = holds_.erase(std::get<Release>(request).id) > 0;
        co_return Flag{known};
    }

    static Reply joined(const Vault::Records &found, Blob &out) {
        Records reply;
        reply.more = found.more;
        Bytes all;
        for (const Blob &stored : found.stored) {
            reply.sizes.push_back(stored.size());
            all.insert(all.end(), stored.view().begin(), stored.view().end());
        }
        out = Blob(std::move(all));
        return reply;
    }

    std::shared_ptr<Vault> vault_;
    std::map<std::uint64_t, std::shared_ptr<void>> holds_;
    std::uint64_t last_hold_ = 0;
};

} // namespace

std::shared_ptr<net::Service> Vault::open_session() { return std::make_shared<Session>(shared_from_this()); }

} // namespace safe
