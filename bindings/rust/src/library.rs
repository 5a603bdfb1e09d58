use crate::error::Result;
use crate::ffi::*;
use crate::owned::{callback, copied, status, text};
use std::os::raw::{c_char, c_void};
use std::ptr;
use std::sync::Mutex;

/// The version of the library that runs, for example "1.0.0".
pub fn version() -> String {
    copied(unsafe { safe_version_string() }).unwrap_or_default()
}

/// The same as a number: major * 1000000 + minor * 1000 + patch.
pub fn version_number() -> u32 {
    unsafe { safe_version_number() }
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

/// What can be set for the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Setting {
    /// Threads that compress and encrypt.
    Workers,
    /// Bytes of working memory for all operations.
    Memory,
}

impl Setting {
    fn raw(self) -> i32 {
        match self {
            Setting::Workers => SAFE_SETTING_WORKERS,
            Setting::Memory => SAFE_SETTING_MEMORY,
        }
    }

    /// The value in force.
    pub fn get(self) -> u64 {
        unsafe { safe_get(self.raw()) }
    }

    /// Changes it; 0 restores the default. Fails with `SAFE_BUSY` while a client is connected or an operation is under way.
    pub fn set(self, value: u64) -> Result<()> {
        status(|error| unsafe { safe_set(self.raw(), value, error) })
    }
}

/// How much a line of the log matters. Each includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogLevel {
    Error,
    Warning,
    Info,
    Debug,
}

type Sink = Box<dyn Fn(LogLevel, &str) + Send + Sync>;

/// The sink that the library calls at the moment. Boxed once more, since what it is given is one pointer.
static SINK: Mutex<Option<Box<Sink>>> = Mutex::new(None);

/// Has the lines of the log up to a level told to a function, from any thread. It must not call the library. The former
/// function is gone when this returns.
pub fn log_to(level: LogLevel, sink: impl Fn(LogLevel, &str) + Send + Sync + 'static) {
    set_sink(level, Some(Box::new(Box::new(sink))));
}

/// Ends the log.
pub fn log_off() {
    set_sink(LogLevel::Error, None);
}

fn set_sink(level: LogLevel, sink: Option<Box<Sink>>) {
    let mut current = SINK.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let pointer = sink.as_ref().map_or(ptr::null(), |sink| &**sink as *const Sink);
    let function: safe_log_fn = tell;
    let level = match level {
        LogLevel::Error => SAFE_LOG_ERROR,
        LogLevel::Warning => SAFE_LOG_WARNING,
        LogLevel::Info => SAFE_LOG_INFO,
        LogLevel::Debug => SAFE_LOG_DEBUG,
    };
    unsafe { safe_log_to(level, sink.as_ref().map(|_| function), pointer as *mut c_void) }
    *current = sink; // only now, as the former one was called until that call had returned
}

unsafe extern "C" fn tell(user_data: *mut c_void, level: i32, message: *const c_char) {
    callback(|| {
        let level = match level {
            SAFE_LOG_ERROR => LogLevel::Error,
            SAFE_LOG_WARNING => LogLevel::Warning,
            SAFE_LOG_INFO => LogLevel::Info,
            _ => LogLevel::Debug,
        };
        (*(user_data as *const Sink))(level, &copied(message).unwrap_or_default());
    })
}
