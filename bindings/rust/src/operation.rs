use crate::error::{Error, Result};
use crate::ffi::*;
use crate::owned::{callback, status, Owned};
use crate::queue::Queue;
use std::fmt;
use std::future::Future;
use std::os::raw::c_void;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
#[cfg(not(target_arch = "wasm32"))]
use std::time::Duration;

/// Work that has been started. It goes on whether or not it is awaited; dropping it cancels it.
#[must_use = "dropping an operation cancels it"]
pub struct Operation<T> {
    state: State<T>,
}

enum State<T> {
    Started(Started<T>),
    /// It failed before there was an operation.
    Failed(Error),
    Taken,
}

struct Started<T> {
    op: Owned<safe_op>,
    /// Who is told of the end. Without a lent buffer nobody is, until somebody awaits it.
    told: Option<Arc<Told>>,
    take: Take<T>,
}

/// Moves the result out of an operation that has ended, and may keep the buffer that was lent to it.
pub(crate) type Take<T> = fn(*mut safe_op, Vec<u8>) -> Result<T>;

/// What the library's callback and the future share.
#[derive(Default)]
struct Told(Mutex<Shared>);

#[derive(Default)]
struct Shared {
    waker: Option<Waker>,
    /// A buffer that is lent to the operation, until it has ended: also when the future was dropped long before.
    lent: Vec<u8>,
}

impl<T> Unpin for Operation<T> {}

impl<T> Operation<T> {
    pub(crate) fn new(op: *mut safe_op, take: Take<T>) -> Operation<T> {
        let op = Owned::new(op);
        if op.raw().is_null() {
            return Operation::failed(Error::new(SAFE_TOO_MANY_HANDLES, "not even an operation could be made".into()));
        }
        Operation { state: State::Started(Started { op, told: None, take }) }
    }

    /// An operation that works on a buffer of its own.
    pub(crate) fn lending(
        mut lent: Vec<u8>,
        start: impl FnOnce(&mut Vec<u8>) -> *mut safe_op,
        take: Take<T>,
    ) -> Operation<T> {
        let mut operation = Operation::new(start(&mut lent), take);
        if let State::Started(started) = &mut operation.state {
            if let Err(error) = started.tell(Shared { waker: None, lent }) {
                return Operation::failed(error);
            }
        }
        operation
    }

    pub(crate) fn failed(error: Error) -> Operation<T> {
        Operation { state: State::Failed(error) }
    }

    /// The operation that `start` makes of prepared arguments, or the failure to prepare them.
    pub(crate) fn of<A>(prepared: Result<A>, start: impl FnOnce(A) -> *mut safe_op, take: Take<T>) -> Operation<T> {
        match prepared {
            Ok(arguments) => Operation::new(start(arguments), take),
            Err(error) => Operation::failed(error),
        }
    }

    /// Asks the operation to stop. Awaiting it then fails with `SAFE_CANCELLED`, unless its effect had already been made.
    pub fn cancel(&self) {
        if let State::Started(started) = &self.state {
            unsafe { safe_op_cancel(started.op.raw()) }
        }
    }

    /// What is done so far, and what there is in all if that is known: bytes, or objects where the call says so.
    pub fn progress(&self) -> (u64, Option<u64>) {
        let (mut done, mut total) = (0, SAFE_SIZE_UNKNOWN);
        if let State::Started(Started { op, .. }) = &self.state {
            let asked = status(|error| unsafe { safe_op_progress(op.raw(), &mut done, &mut total, error) });
            if asked.is_err() {
                return (0, None);
            }
        }
        (done, if total == SAFE_SIZE_UNKNOWN { None } else { Some(total) })
    }

    /// Whether it has ended: its result, or its failure, is there.
    pub fn is_ended(&self) -> bool {
        match &self.state {
            State::Started(started) => !started.is_pending(),
            _ => true,
        }
    }

    /// Has it delivered to a queue when it has ended; [`wait`](Operation::wait) then gives its result at once. Not for
    /// operations that use a buffer of the caller's ([`Reader::read_into`](crate::Reader::read_into),
    /// [`Writer::write`](crate::Writer::write)), nor for those that are awaited.
    pub fn to_queue(&self, queue: &Queue, tag: u64) -> Result<()> {
        match &self.state {
            State::Started(started) => {
                status(|error| unsafe { safe_op_to_queue(started.op.raw(), queue.raw(), tag, error) })
            }
            State::Failed(error) => Err(error.clone()),
            State::Taken => Err(Error::argument("the result of the operation has been taken".into())),
        }
    }

    /// Waits for the result on this thread. Fails with `SAFE_WOULD_DEADLOCK`, and cancels the operation, on the library's own.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn wait(mut self) -> Result<T> {
        match std::mem::replace(&mut self.state, State::Taken) {
            State::Started(started) => {
                let waited = status(|error| unsafe { safe_op_wait(started.op.raw(), SAFE_FOREVER, error) });
                if started.is_pending() {
                    return Err(waited.err().unwrap_or_else(|| Error::new(SAFE_UNEXPECTED, "it has not ended".into())));
                }
                started.finish()
            }
            State::Failed(error) => Err(error),
            State::Taken => panic!("{}", TAKEN),
        }
    }

    /// Waits on this thread for at most that long; whether it has ended.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn wait_for(&self, time: Duration) -> bool {
        if let State::Started(Started { op, .. }) = &self.state {
            let milliseconds = crate::owned::milliseconds(Some(time));
            unsafe { safe_op_wait(op.raw(), milliseconds, std::ptr::null_mut()) };
        }
        self.is_ended()
    }
}

const TAKEN: &str = "an operation was asked for its result again after that had been taken";

impl<T> Started<T> {
    fn is_pending(&self) -> bool {
        unsafe { safe_op_state(self.op.raw()) == SAFE_OP_PENDING }
    }

    /// Has the library's callback tell of the end.
    fn tell(&mut self, shared: Shared) -> Result<()> {
        let told = Arc::new(Told(Mutex::new(shared)));
        let given = Arc::into_raw(told.clone());
        let bound = status(|error| unsafe { safe_op_on_done(self.op.raw(), Some(on_done), given as *mut c_void, error) });
        if bound.is_err() {
            drop(unsafe { Arc::from_raw(given) }); // it will not be called
        }
        self.told = Some(told);
        bound
    }

    /// The result of what has ended.
    fn finish(self) -> Result<T> {
        let lent = self.told.map_or_else(Vec::new, |told| std::mem::take(&mut lock(&told).lent));
        (self.take)(self.op.raw(), lent)
    }
}

impl<T> fmt::Debug for Operation<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            State::Started(started) if started.is_pending() => "pending",
            State::Started(_) => "ended",
            State::Failed(_) => "failed",
            State::Taken => "taken",
        };
        write!(out, "Operation({})", state)
    }
}

impl<T> Future for Operation<T> {
    type Output = Result<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T>> {
        let own = self.get_mut();
        if let State::Started(started) = &mut own.state {
            if let Some(told) = &started.told {
                let mut shared = lock(told);
                // Under the lock: the callback, which comes after the end, then sees this waker or we see the end.
                if started.is_pending() {
                    shared.waker = Some(context.waker().clone());
                    return Poll::Pending;
                }
            } else if started.is_pending() {
                let shared = Shared { waker: Some(context.waker().clone()), lent: Vec::new() };
                match started.tell(shared) {
                    Ok(()) => return Poll::Pending, // if it ended meanwhile, it has been woken
                    Err(error) => own.state = State::Failed(error),
                }
            }
        }
        match std::mem::replace(&mut own.state, State::Taken) {
            State::Started(started) => Poll::Ready(started.finish()),
            State::Failed(error) => Poll::Ready(Err(error)),
            State::Taken => panic!("{}", TAKEN),
        }
    }
}

/// Called once, on a thread of the library (in a guest: by the host), in any case.
unsafe extern "C" fn on_done(user_data: *mut c_void, _op: *mut safe_op) {
    callback(|| {
        let told = Arc::from_raw(user_data as *const Told);
        let waker = lock(&told).waker.take();
        drop(told);
        if let Some(waker) = waker {
            waker.wake();
        }
    })
}

fn lock(told: &Told) -> std::sync::MutexGuard<'_, Shared> {
    // Nothing that holds it can panic; if it did all the same, what it guards is still whole.
    told.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
