// The one handle table of this copy of the library, and which C type stands for which object.
#pragma once

#include "handle_table.hpp"

#include "safe/error.h"

#include <string>
#include <type_traits>

namespace safe {

class Op;
class Queue;
class Session;
struct BytesObject;
struct LinkObject;
struct ReceiptObject;
class WriterObject;
class ReaderObject;
struct KeyObject;
struct RecordObject;
struct RecordPageObject;
struct ReportObject;
class S1EncoderObject;
struct S1MapObject;
class Port;
class PortRequest;
class ServedVault;

// Tags are part of no contract: handles do not outlive the process.
template <class T, unsigned Tag>
struct Kind {
    using Object = T;
    static constexpr unsigned tag = Tag;
};

template <class C>
struct HandleKind;
template <>
struct HandleKind<safe_error> : Kind<const Error, 1> {};
template <>
struct HandleKind<safe_bytes> : Kind<BytesObject, 2> {};
template <>
struct HandleKind<safe_op> : Kind<Op, 3> {};
template <>
struct HandleKind<safe_queue> : Kind<Queue, 4> {};
template <>
struct HandleKind<safe_client> : Kind<Session, 5> {};
template <>
struct HandleKind<safe_link> : Kind<LinkObject, 6> {};
template <>
struct HandleKind<safe_receipt> : Kind<ReceiptObject, 7> {};
template <>
struct HandleKind<safe_writer> : Kind<WriterObject, 8> {};
template <>
struct HandleKind<safe_reader> : Kind<ReaderObject, 9> {};
template <>
struct HandleKind<safe_key> : Kind<KeyObject, 10> {};
template <>
struct HandleKind<safe_record> : Kind<RecordObject, 11> {};
template <>
struct HandleKind<safe_record_page> : Kind<RecordPageObject, 12> {};
template <>
struct HandleKind<safe_report> : Kind<ReportObject, 13> {};
template <>
struct HandleKind<safe_s1_encoder> : Kind<S1EncoderObject, 14> {};
template <>
struct HandleKind<safe_s1_map> : Kind<S1MapObject, 15> {};
template <>
struct HandleKind<safe_port> : Kind<Port, 16> {};
template <>
struct HandleKind<safe_request> : Kind<PortRequest, 17> {};
template <>
struct HandleKind<safe_vault> : Kind<ServedVault, 18> {};

template <class C>
using ObjectOf = typename HandleKind<std::remove_const_t<C>>::Object;
template <class C>
constexpr unsigned tag_of = HandleKind<std::remove_const_t<C>>::tag;

// "safe_link" for tag_of<safe_link>; "handle" for what is no tag.
const char *name_of_tag(unsigned tag);

using Handles = HandleTable<std::conditional_t<sizeof(void *) == 8, Layout64, Layout32>>;

// Never destroyed: threads of the library and of others may use it until the process is gone.
Handles &handles();

template <class C>
Handles::Word word_of(C *handle) {
    return static_cast<Handles::Word>(reinterpret_cast<std::uintptr_t>(handle));
}

// Throws TOO_MANY_HANDLES.
template <class C>
C *new_handle(std::shared_ptr<ObjectOf<C>> object) {
    using Plain = std::remove_const_t<ObjectOf<C>>;
    return reinterpret_cast<C *>(
        static_cast<std::uintptr_t>(handles().insert(tag_of<C>, std::const_pointer_cast<Plain>(std::move(object)))));
}

} // namespace safe
