// Memory between JavaScript and the library. JavaScript may give its own away (to a worker), let it grow or shrink, at any
// moment: so no operation works on it, but on memory of the addon's, which is copied once.
#pragma once

#include <node_api.h>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace safe_addon {

class Call;

// The bytes that an array or view shows, for the time of a call.
struct View {
    std::uint8_t *data;
    std::size_t size;
};

// What `value` shows; false if it is no view of an ArrayBuffer, nor one itself.
bool view_of(napi_env env, napi_value value, View &view);

// A buffer that an operation keeps until it has ended.
class Lent {
  public:
    static std::unique_ptr<Lent> copy_of(const View &bytes);
    // Room for what the operation writes, which goes into argument `index` when it is done.
    static std::unique_ptr<Lent> room_for(Call &call, std::size_t index, const View &room);

    ~Lent();
    std::uint8_t *data() const { return memory_; }
    std::size_t size() const { return size_; }

    // The operation is done. An array that has gone elsewhere meanwhile is left alone.
    void fill(napi_env env) const;
    // JavaScript's array is of no concern any more.
    void forget(napi_env env);
    // Its memory stays taken for ever: an operation that does not end may still use it.
    void abandon() { memory_ = nullptr; }

  private:
    Lent(std::size_t size, bool zero);

    std::uint8_t *memory_;
    const std::size_t size_;
    napi_ref target_ = nullptr;
};

// Memory of the library's that JavaScript fills in (safe_writer_reserve): an array of JavaScript's own, which is copied there
// when the object is told to use it. One over the library's memory could be given away, and outlive it.
class Reserved {
  public:
    // The array for so many bytes. It is the same one as the last time, if that has the size.
    napi_value array(Call &call, std::uint8_t *memory, std::size_t size);
    // From now on the memory is the library's alone.
    void hand_in(napi_env env);
    void forget(napi_env env);

  private:
    std::uint8_t *memory_ = nullptr;
    napi_ref array_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace safe_addon
