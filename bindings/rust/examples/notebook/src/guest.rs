//! What the core library offers to programs of other languages, and to the page that it is a guest of: start the
//! demonstration, ask whether it has ended, read what happened.

use std::ffi::CString;
use std::os::raw::c_char;
use std::sync::{Mutex, MutexGuard};

const RUNS: i32 = 0;
const DONE: i32 = 1;
const FAILED: i32 = 2;

struct Demo {
    state: i32,
    transcript: CString,
}

static DEMO: Mutex<Option<Demo>> = Mutex::new(None);

fn demo() -> MutexGuard<'static, Option<Demo>> {
    DEMO.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Starts it. The argument says how other demonstrations hear of ends; this one is always called back.
#[no_mangle]
pub extern "C" fn demo_start(_driven: i32) -> i32 {
    *demo() = Some(Demo { state: RUNS, transcript: CString::default() });
    libsafe::spawn(async {
        let (worked, transcript) = crate::demo("mem:").await;
        let transcript = CString::new(transcript).unwrap_or_default();
        *demo() = Some(Demo { state: if worked { DONE } else { FAILED }, transcript });
    });
    RUNS
}

/// Whether it has ended: 0 while it goes on, then 1, or 2 if it failed. It goes on by itself.
#[no_mangle]
pub extern "C" fn demo_step(_timeout_ms: i64) -> i32 {
    demo().as_ref().map_or(FAILED, |demo| demo.state)
}

/// What happened, as text ending in NUL; valid until the next start.
#[no_mangle]
pub extern "C" fn demo_transcript() -> *const c_char {
    demo().as_ref().map_or(std::ptr::null(), |demo| demo.transcript.as_ptr())
}
