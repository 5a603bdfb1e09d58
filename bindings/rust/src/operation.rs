use crate::error::{Error, Result};
use crate::ffi::*;
use crate::owned::{status, Owned};
use std::fmt;
use std::future::Future;
use std::os::raw::c_void;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

/// Work that has been started. It goes on whether or not it is awaited; dropping it cancels it.
#[must_use = "dropping an operation cancels it"]
pub struct Operation<T> {
    state: State<T>,
}

enum State<T> {
    Started { op: Owned<safe_op>, told: Arc<Told>, take: Take<T> },
    /// It failed before there was an operation.
    Failed(Error),
    Taken,
}

/// Moves the result out of an operation that has ended, and may keep the buffer that was lent to it.
pub(crate) type Take<T> = fn(*mut safe_op, Vec<u8>) -> Result<T>;

/// What the library's callback and the future share.
struct Told {
    progress: Mutex<Progress>,
}

struct Progress {
    ended: bool,
    waker: Option<Waker>,
    /// A buffer that is lent to the operation, until it has ended: also when the future was dropped long before.
    lent: Vec<u8>,
}

impl<T> Unpin for Operation<T> {}

impl<T> Operation<T> {
    pub(crate) fn new(op: *mut safe_op, take: Take<T>) -> Operation<T> {
        Operation::lending(Vec::new(), |_| op, take)
    }

    /// An operation that works on a buffer of its own.
    pub(crate) fn lending(
        mut lent: Vec<u8>,
        start: impl FnOnce(&mut Vec<u8>) -> *mut safe_op,
        take: Take<T>,
    ) -> Operation<T> {
        let op = Owned::new(start(&mut lent));
        if op.raw().is_null() {
            return Operation::failed(Error::new(SAFE_TOO_MANY_HANDLES, "not even an operation could be made".into()));
        }
        let told = Arc::new(Told { progress: Mutex::new(Progress { ended: false, waker: None, lent }) });
        let given = Arc::into_raw(told.clone());
        let bound = status(|error| unsafe { safe_op_on_done(op.raw(), Some(on_done), given as *mut c_void, error) });
        match bound {
            Ok(()) => Operation { state: State::Started { op, told, take } },
            Err(error) => {
                drop(unsafe { Arc::from_raw(given) }); // it will not be called
                Operation::failed(error)
            }
        }
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
        if let State::Started { op, .. } = &self.state {
            unsafe { safe_op_cancel(op.raw()) }
        }
    }

    /// What is done so far, and what there is in all if that is known: bytes, or objects where the call says so.
    pub fn progress(&self) -> (u64, Option<u64>) {
        let (mut done, mut total) = (0, SAFE_SIZE_UNKNOWN);
        if let State::Started { op, .. } = &self.state {
            let asked = status(|error| unsafe { safe_op_progress(op.raw(), &mut done, &mut total, error) });
            if asked.is_err() {
                return (0, None);
            }
        }
        (done, if total == SAFE_SIZE_UNKNOWN { None } else { Some(total) })
    }
}

impl<T> fmt::Debug for Operation<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            State::Started { told, .. } if lock(told).ended => "ended",
            State::Started { .. } => "pending",
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
        if let State::Started { op, told, take } = &own.state {
            let mut progress = lock(told);
            if !progress.ended {
                progress.waker = Some(context.waker().clone());
                return Poll::Pending;
            }
            let lent = std::mem::take(&mut progress.lent);
            drop(progress);
            let result = take(op.raw(), lent);
            own.state = State::Taken;
            return Poll::Ready(result);
        }
        match std::mem::replace(&mut own.state, State::Taken) {
            State::Failed(error) => Poll::Ready(Err(error)),
            _ => panic!("an operation was polled after its result had been taken"),
        }
    }
}

/// Called once, on a thread of the library (in a guest: by the host), in any case.
unsafe extern "C" fn on_done(user_data: *mut c_void, _op: *mut safe_op) {
    let told = Arc::from_raw(user_data as *const Told);
    let waker = {
        let mut progress = lock(&told);
        progress.ended = true;
        progress.waker.take()
    };
    drop(told);
    if let Some(waker) = waker {
        waker.wake();
    }
}

fn lock(told: &Told) -> std::sync::MutexGuard<'_, Progress> {
    // Nothing that holds it can panic; if it did all the same, what it guards is still whole.
    told.progress.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
