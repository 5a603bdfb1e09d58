// What stands behind the handles of plain values. None of them changes after it was made.
#pragma once

#include "base/blob.hpp"
#include "client/client.hpp"
#include "crypto/sign.hpp"
#include "encoding/link.hpp"
#include "host/maintenance.hpp"

#include <string>
#include <vector>

namespace safe {

struct BytesObject {
    explicit BytesObject(Blob b) : blob(std::move(b)) {}
    const Blob blob;
};

struct LinkObject {
    explicit LinkObject(Link l) : link(std::move(l)), text(to_text(link)) {}
    const Link link;
    const std::string text;
};

struct ReceiptObject {
    explicit ReceiptObject(Receipt r) : receipt(std::move(r)) {}
    const Receipt receipt;
};

struct KeyObject {
    explicit KeyObject(crypto::SigningKey k) : key(std::move(k)) {}
    const crypto::SigningKey key;
};

struct RecordObject {
    explicit RecordObject(Record r) : record(std::move(r)) {}
    const Record record;
};

struct RecordPageObject {
    explicit RecordPageObject(RecordPage p) : page(std::move(p)) {}
    const RecordPage page;
};

struct ReportObject {
    explicit ReportObject(Report r) : report(std::move(r)) {}
    const Report report;
};

} // namespace safe
