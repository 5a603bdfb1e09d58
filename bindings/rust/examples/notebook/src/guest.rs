//! What the core library offers to programs of other languages: start the story, ask whether it has ended, read its text.
//! Natively these are functions of a shared object, in a guest exports of the module.

use std::ffi::CStr;
use std::os::raw::c_char;
use std::sync::{Mutex, MutexGuard};

struct Story {
    state: i32,
    text: String,
}

static STORY: Mutex<Story> = Mutex::new(Story { state: 0, text: String::new() });

fn story() -> MutexGuard<'static, Story> {
    STORY.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Starts the story on the vault of the URL.
///
/// # Safety
/// The URL is text ending in NUL.
#[no_mangle]
pub unsafe extern "C" fn notebook_start(url: *const c_char) {
    let url = CStr::from_ptr(url).to_string_lossy().into_owned();
    story().state = 0;
    libsafe::spawn(async move {
        let result = crate::story(&url).await;
        let mut story = story();
        story.state = if result.is_ok() { 1 } else { -1 };
        story.text = result.unwrap_or_else(|error| error.to_string());
    });
}

/// 0 while the story goes on, then 1, or -1 if it failed.
#[no_mangle]
pub extern "C" fn notebook_state() -> i32 {
    story().state
}

/// The story's lines, or the error; valid until the next start.
#[no_mangle]
pub extern "C" fn notebook_text() -> *const u8 {
    story().text.as_ptr()
}

/// The bytes of the text.
#[no_mangle]
pub extern "C" fn notebook_text_size() -> usize {
    story().text.len()
}
