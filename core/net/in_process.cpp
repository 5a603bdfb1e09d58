#include "net/channel.hpp"

namespace safe::net {
namespace {

class InProcessChannel : public Channel {
  public:
    explicit InProcessChannel(std::shared_ptr<Service> service) : service_(std::move(service)) {}

    Awaitable<Frame> call(Frame request, JobRef job) override {
        job->cancel.check();
        const auto service = service_; // outlives the call, whoever frees the channel meanwhile
        co_return co_await service->serve(std::move(request));
    }

  private:
    std::shared_ptr<Service> service_;
};

} // namespace

std::shared_ptr<Channel> make_in_process_channel(std::shared_ptr<Service> service) {
    return std::make_shared<InProcessChannel>(std::move(service));
}

} // namespace safe::net
