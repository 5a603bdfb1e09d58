use crate::ffi::*;
use crate::owned::{copied, Owned};
use std::ffi::CString;
use std::fmt;

/// What can go wrong, with the number and the name of its code (`safe/error.h`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    pub code: i32,
    /// The code's constant, for example "SAFE_NO_SUCH_DATA".
    pub name: String,
    /// What failed, on what, why, and what to do next.
    pub message: String,
    /// Named facts, for example `current_version`.
    pub details: Vec<(String, Detail)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    Number(u64),
    Text(String),
}

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A detail that is a number.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.details.iter().find_map(|(own, detail)| match detail {
            Detail::Number(number) if own == name => Some(*number),
            _ => None,
        })
    }

    /// Whether the same call may succeed later without a change by the caller.
    pub fn is_retryable(&self) -> bool {
        unsafe { safe_code_is_retryable(self.code) != 0 }
    }

    pub(crate) fn new(code: i32, message: String) -> Error {
        let name = copied(unsafe { safe_code_name(code) }).unwrap_or_default();
        Error { code, name, message, details: Vec::new() }
    }

    pub(crate) fn argument(message: String) -> Error {
        Error::new(SAFE_INVALID_ARGUMENT, message)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({} {})", self.message, self.name, self.code)
    }
}

impl std::error::Error for Error {}

/// What a call has returned, and the error object that it may have made, as a result.
pub(crate) fn check(status: i32, error: *mut safe_error) -> Result<()> {
    let error = Owned::new(error);
    if status == SAFE_OK {
        return Ok(());
    }
    let message = copied(unsafe { safe_error_message(error.raw()) }).unwrap_or_default();
    Err(Error { details: details(&error), ..Error::new(status, message) })
}

fn details(error: &Owned<safe_error>) -> Vec<(String, Detail)> {
    let count = unsafe { safe_error_detail_count(error.raw()) };
    (0..count).filter_map(|index| detail(error, index)).collect()
}

fn detail(error: &Owned<safe_error>, index: u64) -> Option<(String, Detail)> {
    let name = copied(unsafe { safe_error_detail_name(error.raw(), index) })?;
    let asked = CString::new(name.as_str()).ok()?;
    let mut number = 0;
    if unsafe { safe_error_detail_u64(error.raw(), asked.as_ptr(), &mut number) } == SAFE_OK {
        return Some((name, Detail::Number(number)));
    }
    let text = copied(unsafe { safe_error_detail_text(error.raw(), asked.as_ptr()) })?;
    Some((name, Detail::Text(text)))
}
