use crate::error::Result;
use crate::ffi::*;
use crate::owned::{copied, text};

/// The version of the library that runs, for example "1.0.0".
pub fn version() -> String {
    copied(unsafe { safe_version_string() }).unwrap_or_default()
}

/// The ABI of the library that runs; this crate was made for [`ffi::SAFE_ABI_VERSION`](SAFE_ABI_VERSION).
pub fn abi_version() -> u32 {
    unsafe { safe_abi_version() }
}

/// Whether the library that runs has a feature, for example "file" (`safe/library.h` names them).
pub fn feature(name: &str) -> Result<bool> {
    let name = text(name)?;
    Ok(unsafe { safe_feature(name.as_ptr()) } != 0)
}

/// Handles that are not given back yet. 0 at the end of a program without leaks.
pub fn live_handles() -> u64 {
    unsafe { safe_debug_live_handles() }
}
