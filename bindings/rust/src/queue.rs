use crate::error::Result;
use crate::ffi::*;
use crate::owned::{handle, milliseconds, status, Owned};
use std::ptr;
use std::time::Duration;

/// Where ended operations are fetched, for programs that have a loop of their own.
///
/// ```
/// let queue = libsafe::Queue::new()?;
/// let connecting = libsafe::connect("mem:");
/// connecting.to_queue(&queue, 7)?;
/// assert_eq!(queue.next(None)?, Some(7));
/// let client = connecting.wait()?;
/// # drop(client);
/// # Ok::<(), libsafe::Error>(())
/// ```
#[derive(Debug)]
pub struct Queue(Owned<safe_queue>);

impl Queue {
    pub fn new() -> Result<Queue> {
        Ok(Queue(handle(|out, error| unsafe { safe_queue_create(out, error) })?))
    }

    /// The tag of the next operation that has ended; none after the time (no time: without limit), or after
    /// [`wake`](Queue::wake). In a guest, which cannot wait, what there is at the moment.
    pub fn next(&self, time: Option<Duration>) -> Result<Option<u64>> {
        let (mut op, mut tag) = (ptr::null_mut(), 0); // the operation belongs to whoever has started it
        let next = status(|error| unsafe { safe_queue_next(self.raw(), milliseconds(time), &mut op, &mut tag, error) });
        match next {
            Ok(()) => Ok(Some(tag)),
            Err(error) if error.code == SAFE_TIMEOUT || error.code == SAFE_WOKEN => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A file descriptor that can be read while the queue holds something. It is the queue's.
    pub fn fd(&self) -> Result<i32> {
        let mut descriptor = -1;
        status(|error| unsafe { safe_queue_fd(self.raw(), &mut descriptor, error) })?;
        Ok(descriptor)
    }

    /// Makes one present or future [`next`](Queue::next) give nothing.
    pub fn wake(&self) {
        unsafe { safe_queue_wake(self.raw()) }
    }

    pub(crate) fn raw(&self) -> *mut safe_queue {
        self.0.raw()
    }
}
