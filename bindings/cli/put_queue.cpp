#include "put_queue.hpp"

#include "files.hpp"
#include "signals.hpp"
#include "text.hpp"

#include <algorithm>
#include <array>

namespace safe::cli {
namespace {

constexpr std::size_t piece = 1 << 20;
// How many outcomes may wait for a slow input before them.
constexpr std::size_t max_undelivered = 1024;

} // namespace

PutQueue::PutQueue(Context &context, const Client &client, std::uint32_t flags, unsigned at_once,
                   std::function<void(Outcome)> deliver)
    : context_(context), client_(client), flags_(flags), at_once_(at_once), deliver_(std::move(deliver)) {
    if (context_.terminal.has_bar()) context_.loop().on_tick = [this] { context_.terminal.advance(progress()); };
}

PutQueue::~PutQueue() {
    context_.loop().on_tick = nullptr;
    for (const Job &job : jobs_) {
        if (job.tag) safe_op_cancel(job.op.get());
    }
    for (const Job &job : jobs_) {
        if (job.tag) stop(job.op);
    }
}

void PutQueue::run(const InputList &list) {
    for (const Input &input : list.inputs) {
        // A stream may take for ever: what is before it should not wait for it.
        const std::size_t room = input.kind == Input::Kind::stream ? 0 : at_once_ - 1;
        while (running_ > room || (running_ > 0 && jobs_.size() >= max_undelivered)) finish_one();
        start(input);
        deliver_ready();
    }
    while (running_ > 0) finish_one();
}

void PutQueue::start(const Input &input) {
    Job &job = jobs_.emplace_back();
    job.input = &input;
    context_.terminal.relabel("put " + printable(input.path));
    if (input.problem) {
        job.failure = input.problem;
        return;
    }
    try {
        if (input.kind == Input::Kind::file) {
            job.op = Op(safe_put_file(client_.get(), input.path.c_str(), flags_));
            job.tag = context_.loop().watch(job.op);
            ++running_;
        } else {
            job.receipt = put_stream(input);
        }
    } catch (const Failure &failure) {
        job.failure = failure;
    }
}

Receipt PutQueue::put_stream(const Input &input) {
    Loop &loop = context_.loop();
    const Op opening(safe_writer_open(client_.get(), SAFE_SIZE_UNKNOWN, flags_));
    Writer writer = loop.result<Writer>(opening, safe_op_take_writer);
    pump(writer, input);
    const Op closing(safe_writer_close(writer.get()));
    Receipt receipt = loop.result<Receipt>(closing, safe_op_take_receipt);
    finished_bytes_ += std::exchange(stream_bytes_, 0);
    return receipt;
}

// Reads into one buffer while the other one is being stored.
void PutQueue::pump(Writer &writer, const Input &input) {
    const OpenFile file(input.path);
    const std::string name = input.path == "-" ? "standard input" : input.path;
    std::array<std::vector<std::uint8_t>, 2> buffers{std::vector<std::uint8_t>(piece),
                                                     std::vector<std::uint8_t>(piece)};
    struct Guard {
        Op op;
        ~Guard() { stop(op); }
    } storing; // destroyed before the buffers that it reads
    for (std::size_t turn = 0;; turn = 1 - turn) {
        context_.loop().wait_readable(file.fd());
        const std::size_t got = read_some(file.fd(), buffers[turn].data(), piece, name);
        if (storing.op) context_.loop().await(storing.op);
        if (got == 0) return;
        storing.op = Op(safe_writer_write(writer.get(), buffers[turn].data(), got));
        stream_bytes_ += got;
        context_.terminal.advance(progress());
    }
}

void PutQueue::finish_one() {
    const std::uint64_t tag = context_.loop().next();
    const auto job = std::find_if(jobs_.begin(), jobs_.end(), [&](const Job &each) { return each.tag == tag; });
    if (job == jobs_.end()) return;
    job->tag = 0;
    --running_;
    try {
        check_done(job->op);
        check([&](safe_error **error) { return safe_op_take_receipt(job->op.get(), job->receipt.out(), error); });
    } catch (const Failure &failure) {
        job->failure = failure;
    }
    job->op = Op();
    if (job->input->size != SAFE_SIZE_UNKNOWN) finished_bytes_ += job->input->size;
    context_.terminal.advance(progress());
    deliver_ready();
}

void PutQueue::deliver_ready() {
    while (!jobs_.empty() && (jobs_.front().receipt || jobs_.front().failure)) {
        Job job = std::move(jobs_.front());
        jobs_.pop_front();
        deliver_({*job.input, std::move(job.receipt), std::move(job.failure)});
    }
}

std::uint64_t PutQueue::progress() const {
    std::uint64_t done = finished_bytes_ + stream_bytes_;
    for (const Job &job : jobs_) {
        std::uint64_t part = 0, total = 0;
        if (job.tag && safe_op_progress(job.op.get(), &part, &total, nullptr) == SAFE_OK) done += part;
    }
    return done;
}

} // namespace safe::cli
