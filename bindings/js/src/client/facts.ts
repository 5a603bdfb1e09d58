// What objects of the library say, as plain data. The objects are freed.
import { SAFE_SIZE_UNKNOWN } from '../ffi/constants.js';
import type { safe_bytes, safe_link, safe_receipt, safe_record, safe_record_page } from '../ffi/functions.js';
import type { Ffi } from '../ffi/load.js';
import type { LinkFacts, ReceiptFacts, RecordFacts, RecordPage } from './engine.js';
import { narrow } from './failures.js';

export function bytesFacts(ffi: Ffi, bytes: safe_bytes): Uint8Array {
  try {
    return ffi.safe_bytes_data(bytes);
  } finally {
    ffi.safe_bytes_free(bytes);
  }
}

export function linkFacts(ffi: Ffi, link: safe_link): LinkFacts {
  try {
    const size = ffi.safe_link_size(link);
    const isPrivate = ffi.safe_link_is_private(link) !== 0;
    return {
      text: ffi.safe_link_text(link),
      isPrivate,
      size: size === SAFE_SIZE_UNKNOWN ? undefined : narrow(size),
      name: ffi.safe_link_name(link) ?? undefined,
      mediaType: ffi.safe_link_media_type(link) ?? undefined,
      address: isPrivate ? undefined : ffi.safe_link_address(link),
      datamap: isPrivate ? bytesFacts(ffi, ffi.safe_link_datamap(link)) : undefined,
    };
  } finally {
    ffi.safe_link_free(link);
  }
}

/** With the name and media type for the link, if there are any. */
export function receiptFacts(
  ffi: Ffi, receipt: safe_receipt, name: string | null, mediaType: string | null,
): ReceiptFacts {
  try {
    const chunks = [];
    const count = Number(ffi.safe_receipt_chunk_count(receipt));
    for (let index = 0; index < count; ++index) {
      const { address, size } = ffi.safe_receipt_chunk(receipt, index);
      chunks.push({ address, size: Number(size) });
    }
    return {
      link: withName(ffi, ffi.safe_receipt_link(receipt), name, mediaType),
      size: Number(ffi.safe_receipt_size(receipt)),
      chunks,
      newChunks: Number(ffi.safe_receipt_new_chunks(receipt)),
      newBytes: Number(ffi.safe_receipt_new_bytes(receipt)),
    };
  } finally {
    ffi.safe_receipt_free(receipt);
  }
}

/** The facts of the link with a name and media type. */
export function withName(ffi: Ffi, link: safe_link, name: string | null, mediaType: string | null): LinkFacts {
  if (name === null && mediaType === null) return linkFacts(ffi, link);
  try {
    return linkFacts(ffi, ffi.safe_link_with(link, name, mediaType));
  } finally {
    ffi.safe_link_free(link);
  }
}

export function recordFacts(ffi: Ffi, record: safe_record): RecordFacts {
  try {
    return {
      address: ffi.safe_record_address(record),
      owner: ffi.safe_record_owner(record),
      label: ffi.safe_record_label(record),
      version: narrow(ffi.safe_record_version(record)),
      value: bytesFacts(ffi, ffi.safe_record_value(record)),
    };
  } finally {
    ffi.safe_record_free(record);
  }
}

export function recordPage(ffi: Ffi, page: safe_record_page): RecordPage {
  try {
    const records = [];
    const count = Number(ffi.safe_record_page_count(page));
    for (let index = 0; index < count; ++index) records.push(recordFacts(ffi, ffi.safe_record_page_get(page, index)));
    const { more, before } = ffi.safe_record_page_next(page);
    return { records, before: more ? narrow(before) : undefined };
  } finally {
    ffi.safe_record_page_free(page);
  }
}
