#include "store/memory.hpp"

#include "store/limits.hpp"

#include <map>
#include <set>

namespace safe {
namespace {

class MemoryStore : public Store {
  public:
    explicit MemoryStore(RuntimeRef runtime) : runtime_(std::move(runtime)) {}

    Awaitable<bool> create(std::string key, Blob value) override {
        check_store_entry(key, value);
        if (objects_.contains(key)) co_return false;
        Blob own = co_await copy(std::move(value));
        const bool is_new = objects_.try_emplace(std::move(key), Object{std::move(own), now()}).second;
        co_return is_new; // or somebody else was faster
    }

    Awaitable<void> replace(std::string key, Blob value) override {
        check_store_entry(key, value);
        Blob own = co_await copy(std::move(value));
        objects_.insert_or_assign(std::move(key), Object{std::move(own), now()});
    }

    Awaitable<std::optional<Blob>> get(std::string key, std::uint64_t offset, std::uint64_t length) override {
        check_store_key(key);
        const auto found = objects_.find(key);
        if (found == objects_.end()) co_return std::nullopt;
        const Blob &value = found->second.value;
        const StoreRange range = cut_range(value.size(), offset, length);
        co_return value.part(static_cast<std::size_t>(range.offset), range.length);
    }

    Awaitable<Page> list(std::string prefix, std::string after, std::size_t limit) override {
        Page page;
        auto at = after < prefix ? objects_.lower_bound(prefix) : objects_.upper_bound(after);
        for (; at != objects_.end() && at->first.starts_with(prefix); ++at) {
            if (page.entries.size() == limit) {
                page.more = true;
                break;
            }
            page.entries.push_back({at->first, at->second.value.size()});
        }
        co_return page;
    }

    Awaitable<bool> remove(std::string key) override {
        check_store_key(key);
        co_return objects_.erase(key) > 0;
    }

    Awaitable<bool> touch(std::string key) override {
        check_store_key(key);
        const auto found = objects_.find(key);
        if (found == objects_.end()) co_return false;
        found->second.used = now();
        co_return true;
    }

    Awaitable<std::shared_ptr<void>> hold() override {
        const auto since = holds_->insert(now());
        co_return std::shared_ptr<void>(nullptr, [holds = holds_, since](void *) { holds->erase(since); });
    }

    Awaitable<std::uint64_t> horizon() override { co_return oldest_hold(now()); }

    Awaitable<std::vector<std::string>> sweep(std::vector<std::string> keys, std::uint64_t horizon) override {
        const std::uint64_t before = oldest_hold(horizon);
        std::vector<std::string> removed;
        for (std::string &key : keys) {
            const auto found = objects_.find(key);
            if (found == objects_.end() || found->second.used >= before) continue;
            objects_.erase(found);
            removed.push_back(std::move(key));
        }
        co_return removed;
    }

    Awaitable<StoreFigures> figures(std::string prefix) override {
        StoreFigures figures;
        for (auto at = objects_.lower_bound(prefix); at != objects_.end() && at->first.starts_with(prefix); ++at) {
            ++figures.objects;
            figures.bytes += at->second.value.size();
        }
        co_return figures;
    }

  private:
    struct Object {
        Blob value;
        std::uint64_t used; // when it was created or last touched
    };

    // Of a large value, which new pages are made for while those before are still in the processor's cache: a fifth faster
    // than all at once.
    static constexpr std::size_t step = 128 * 1024;

    // Pages of its own for a large value, mapped for it and unmapped with it; exactly its size on the heap otherwise. That
    // the system makes pages takes longer than to fill them, and the loop has more to do.
    Awaitable<Blob> copy(Blob value) {
        if (value.size() < Buffer::pooled_from) co_return Blob(Bytes(value.view().begin(), value.view().end()));
        auto work = [pages = pages_, view = value.view()] {
            Buffer own(pages, view.size());
            for (std::size_t at = 0; at < view.size(); at += step) {
                const ByteView part = view.subspan(at, std::min(step, view.size() - at));
                write_soon(own.data() + at, whole_pages(part.size()));
                own.append(part);
            }
            return Blob(std::move(own));
        };
        co_return co_await runtime_->on_io(std::move(work));
    }

    std::uint64_t now() { return runtime_->clock().wall_ms(); }
    std::uint64_t oldest_hold(std::uint64_t limit) const {
        return holds_->empty() ? limit : std::min(limit, *holds_->begin());
    }

    RuntimeRef runtime_;
    BufferPoolRef pages_ = std::make_shared<BufferPool>(0); // keeps nothing that is freed
    std::map<std::string, Object> objects_;
    std::shared_ptr<std::multiset<std::uint64_t>> holds_ = std::make_shared<std::multiset<std::uint64_t>>();
};

} // namespace

StoreRef make_memory_store(RuntimeRef runtime) { return std::make_shared<MemoryStore>(std::move(runtime)); }

} // namespace safe
