//! Running futures in a guest, where the host calls in when an operation has ended; and memory for what it hands over.

use std::alloc::{alloc, dealloc, Layout};
use std::future::Future;
use std::pin::Pin;
use std::ptr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Wake, Waker};

type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A future that is polled by whoever wakes it: in a guest there is one thread, and it is the host's.
struct Task(Mutex<State>);

enum State {
    Waiting(Work),
    /// It is being polled further up on the stack; true if it was woken meanwhile.
    Polled(bool),
    Done,
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        while let Some(mut work) = self.begin() {
            let waker = Waker::from(self.clone());
            let ended = work.as_mut().poll(&mut Context::from_waker(&waker)).is_ready();
            if !self.pause(if ended { None } else { Some(work) }) {
                return;
            }
        }
    }
}

impl Task {
    /// The work, to be polled; none if there is nothing left, or whoever polls it at the moment will do so once more.
    fn begin(&self) -> Option<Work> {
        let mut state = self.state();
        match std::mem::replace(&mut *state, State::Polled(true)) {
            State::Waiting(work) => {
                *state = State::Polled(false);
                Some(work)
            }
            State::Polled(_) => None,
            State::Done => {
                *state = State::Done;
                None
            }
        }
    }

    /// Puts back what is left; whether it is to be polled again.
    fn pause(&self, left: Option<Work>) -> bool {
        let mut state = self.state();
        let woken = matches!(*state, State::Polled(true));
        let more = left.is_some();
        *state = left.map_or(State::Done, State::Waiting);
        woken && more
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// Runs a future to its end, by itself: natively on a thread of its own, here whenever the host has news for it.
pub fn spawn(future: impl Future<Output = ()> + Send + 'static) {
    Waker::from(Arc::new(Task(Mutex::new(State::Waiting(Box::pin(future)))))).wake();
}

/// The size of a block stands before it, since whoever frees it does not say.
const HEADER: usize = 16;

/// Memory of the guest, for texts and bytes that the host hands over. Null if there is none left.
#[no_mangle]
pub extern "C" fn safe_guest_alloc(size: usize) -> *mut u8 {
    let layout = size.checked_add(HEADER).and_then(|whole| Layout::from_size_align(whole, HEADER).ok());
    let layout = match layout {
        Some(layout) => layout,
        None => return ptr::null_mut(),
    };
    unsafe {
        let block = alloc(layout);
        if block.is_null() {
            return block;
        }
        block.cast::<usize>().write(layout.size());
        block.add(HEADER)
    }
}

/// Gives back what [`safe_guest_alloc`] gave; null does nothing.
///
/// # Safety
/// For the host alone, once for each block.
#[no_mangle]
pub unsafe extern "C" fn safe_guest_free(memory: *mut u8) {
    if memory.is_null() {
        return;
    }
    let block = memory.sub(HEADER);
    let size = block.cast::<usize>().read();
    dealloc(block, Layout::from_size_align_unchecked(size, HEADER));
}
