// A file descriptor that other event loops can watch.
#pragma once

namespace safe {

// Readable while set. Not thread-safe.
class Notifier {
  public:
    Notifier();
    ~Notifier();
    Notifier(const Notifier &) = delete;
    Notifier &operator=(const Notifier &) = delete;

    // The descriptor; made when first asked for, because most queues need none. Throws IO.
    int descriptor();
    void set(bool readable) noexcept;

  private:
    int fd_ = -1;
    bool readable_ = false;
};

} // namespace safe
