//! Handles that are given back when they are dropped, and the shapes of calls that give them out.

use crate::error::{check, Result};
use crate::ffi::{safe_error, Handle, SAFE_FOREVER};
use std::ffi::{CStr, CString};
use std::fmt;
use std::os::raw::c_char;
use std::ptr;
use std::time::Duration;

pub(crate) struct Owned<T: Handle>(*mut T);

// Every function of the library may be called from any thread, and calls on one handle may overlap.
unsafe impl<T: Handle> Send for Owned<T> {}
unsafe impl<T: Handle> Sync for Owned<T> {}

impl<T: Handle> Owned<T> {
    pub(crate) fn new(handle: *mut T) -> Owned<T> {
        Owned(handle)
    }

    pub(crate) fn raw(&self) -> *mut T {
        self.0
    }
}

impl<T: Handle> fmt::Debug for Owned<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(std::any::type_name::<T>().rsplit(':').next().unwrap_or("handle"))
    }
}

impl<T: Handle> Drop for Owned<T> {
    fn drop(&mut self) {
        unsafe { T::free(self.0) }
    }
}

/// A call whose last argument is the error.
pub(crate) fn status(call: impl FnOnce(*mut *mut safe_error) -> i32) -> Result<()> {
    let mut error = ptr::null_mut();
    let status = call(&mut error);
    check(status, error)
}

/// A call whose one output is a handle.
pub(crate) fn handle<T: Handle>(call: impl FnOnce(*mut *mut T, *mut *mut safe_error) -> i32) -> Result<Owned<T>> {
    let mut out = ptr::null_mut();
    status(|error| call(&mut out, error))?;
    Ok(Owned::new(out))
}

/// A call whose one output is an array of bytes.
pub(crate) fn array<const N: usize>(
    call: impl FnOnce(*mut [u8; N], *mut *mut safe_error) -> i32,
) -> Result<[u8; N]> {
    let mut out = [0; N];
    status(|error| call(&mut out, error))?;
    Ok(out)
}

/// Text on its way in. A NUL in it would cut it short unseen.
pub(crate) fn text(text: &str) -> Result<CString> {
    CString::new(text).map_err(|_| crate::Error::argument(format!("a text holds a NUL character: {:?}", text)))
}

/// Text that the library has given out, copied.
pub(crate) fn copied(text: *const c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    Some(unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
}

/// A time to wait, as the library counts it: without limit if there is none.
pub(crate) fn milliseconds(time: Option<Duration>) -> i64 {
    let rounded_up = |time: Duration| time.as_millis() + u128::from(time.subsec_nanos() % 1_000_000 != 0);
    time.map_or(SAFE_FOREVER, |time| i64::try_from(rounded_up(time)).unwrap_or(i64::MAX))
}

/// What the library calls. It does not unwind, so a panic ends the process.
pub(crate) fn callback(body: impl FnOnce()) {
    if std::panic::catch_unwind(std::panic::AssertUnwindSafe(body)).is_err() {
        std::process::abort();
    }
}
