use crate::ffi::*;
use crate::operation::Take;
use crate::owned::{handle, Owned};
use std::fmt;
use std::ops::Deref;

/// Bytes of the library's own, to be read in place.
pub struct Bytes(Owned<safe_bytes>);

impl Bytes {
    pub(crate) const TAKE: Take<Bytes> = |op, _| Ok(Bytes(handle(|out, error| unsafe { safe_op_take_bytes(op, out, error) })?));

    pub(crate) fn new(owned: Owned<safe_bytes>) -> Bytes {
        Bytes(owned)
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        unsafe { borrowed(safe_bytes_data(self.0.raw()), safe_bytes_size(self.0.raw())) }
    }
}

/// Bytes that belong to an object of the library.
///
/// # Safety
/// They must live as long as whatever the result borrows from.
pub(crate) unsafe fn borrowed<'a>(data: *const u8, size: usize) -> &'a [u8] {
    if data.is_null() {
        return &[];
    }
    std::slice::from_raw_parts(data, size)
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Content may be secret.
        write!(out, "Bytes({})", self.len())
    }
}
