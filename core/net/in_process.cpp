#include "net/channel.hpp"

#include "base/unless_cancelled.hpp"

namespace safe::net {
namespace {

class InProcessChannel : public Channel {
  public:
    explicit InProcessChannel(std::shared_ptr<Service> service) : service_(std::move(service)) {}

    Awaitable<Frame> call(Frame request, JobRef job) override {
        job->cancel.check();
        const auto service = service_; // outlives the call, whoever frees the channel meanwhile
        co_return co_await service->serve(std::move(request), std::move(job));
    }

  private:
    std::shared_ptr<Service> service_;
};

class PatientChannel : public Channel {
  public:
    PatientChannel(RuntimeRef runtime, std::shared_ptr<Service> service)
        : runtime_(std::move(runtime)), service_(std::move(service)) {}

    Awaitable<Frame> call(Frame request, JobRef job) override {
        Awaitable<Frame> serving = serve(service_, std::move(request), job);
        return unless_cancelled(runtime_, std::move(job), std::move(serving));
    }

  private:
    static Awaitable<Frame> serve(std::shared_ptr<Service> service, Frame request, JobRef job) {
        co_return co_await service->serve(std::move(request), std::move(job));
    }

    RuntimeRef runtime_;
    std::shared_ptr<Service> service_;
};

} // namespace

std::shared_ptr<Channel> make_in_process_channel(std::shared_ptr<Service> service) {
    return std::make_shared<InProcessChannel>(std::move(service));
}

std::shared_ptr<Channel> make_patient_channel(RuntimeRef runtime, std::shared_ptr<Service> service) {
    return std::make_shared<PatientChannel>(std::move(runtime), std::move(service));
}

} // namespace safe::net
