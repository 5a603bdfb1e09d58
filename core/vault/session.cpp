// One connection's requests, from frame to frame.
#include "vault/vault.hpp"

#include <map>

namespace safe {
namespace {

using namespace protocol;

bool changes_something(const Request &request) {
    return std::holds_alternative<PutChunk>(request) || std::holds_alternative<PutRecord>(request) ||
           std::holds_alternative<Hold>(request);
}

class Session : public net::Service {
  public:
    Session(std::shared_ptr<Vault> vault, Access access, std::shared_ptr<Guard> guard)
        : vault_(std::move(vault)), access_(access), guard_(std::move(guard)) {}

    Awaitable<net::Frame> serve(net::Frame frame, JobRef job) override {
        Reply reply;
        Blob payload;
        std::shared_ptr<Visit> visit;
        try {
            job->cancel.check();
            const Request request = decode_request(frame.header);
            if (guard_) visit = guard_->admit(request, frame.payload.size());
            check_access(request);
            reply = co_await answer(request, std::move(frame.payload), payload);
            if (visit) payload = visit->carry(std::move(payload));
        } catch (...) {
            const Error error = current_error();
            reply = failure_of(error);
            payload = Blob();
        }
        if (visit) visit->ended(reply);
        co_return net::Frame{encode(reply), std::move(payload)};
    }

    net::Frame failure(const Error &error) override { return {encode(Reply(failure_of(error))), Blob()}; }

    std::size_t reply_room(const net::Frame &frame) const override {
        try {
            const Request request = decode_request(frame.header);
            const bool reads = std::holds_alternative<GetChunk>(request) ||
                               std::holds_alternative<GetRecord>(request) ||
                               std::holds_alternative<ListRecords>(request);
            return reads ? limits::max_stored_chunk : 0;
        } catch (const Error &) {
            return 0; // it is answered with that
        }
    }

  private:
    void check_access(const Request &request) const {
        if (access_ == Access::full || !changes_something(request)) return;
        throw Error(Errc::access_denied,
                    "this vault stores nothing for clients that do not say who they are; connect with a "
                    "signing key to store something");
    }

    static Failure failure_of(const Error &error) { return {error.code(), error.message(), error.details()}; }

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
            const bool there = co_await vault_->has_chunk(has->address, access_ == Access::full);
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

    const std::shared_ptr<Vault> vault_;
    const Access access_;
    const std::shared_ptr<Guard> guard_;
    std::map<std::uint64_t, std::shared_ptr<void>> holds_;
    std::uint64_t last_hold_ = 0;
};

} // namespace

std::shared_ptr<net::Service> Vault::open_session(Access access, std::shared_ptr<Guard> guard) {
    return std::make_shared<Session>(shared_from_this(), access, std::move(guard));
}

} // namespace safe
