use crate::bytes::borrowed;
use crate::error::{Error, Result};
use crate::ffi::*;
use crate::owned::{callback, copied, handle, milliseconds, status, text, Owned};
use std::os::raw::{c_char, c_void};
use std::ptr;
use std::time::Duration;

/// Serves the connection URLs of one scheme until it is closed or dropped: a store of the program's own, or a transport
/// (`safe/ports.h` says what each must promise). What is stored comes here encrypted, and is verified when it comes back.
#[derive(Debug)]
pub struct Port(Owned<safe_port>);

impl Port {
    /// A store: keeps what vaults are made of, values under keys.
    pub fn store(scheme: &str) -> Result<Port> {
        Port::new(SAFE_PORT_STORE, scheme)
    }

    /// A transport: moves bytes to and from another process, where [`vault::serve`](crate::vault::serve) answers.
    pub fn transport(scheme: &str) -> Result<Port> {
        Port::new(SAFE_PORT_TRANSPORT, scheme)
    }

    fn new(kind: i32, scheme: &str) -> Result<Port> {
        let scheme = text(scheme)?;
        Ok(Port(handle(|out, error| unsafe { safe_port_create(kind, scheme.as_ptr(), out, error) })?))
    }

    /// The next request; none after the time (no time: without limit), or when the port was closed. In a guest, which cannot
    /// wait, what there is at the moment.
    pub fn next(&self, time: Option<Duration>) -> Result<Option<Request>> {
        let mut request = ptr::null_mut();
        let next = status(|error| unsafe { safe_port_next(self.0.raw(), milliseconds(time), &mut request, error) });
        match next {
            Ok(()) => Ok(Some(Request(Owned::new(request)))),
            Err(error) if [SAFE_TIMEOUT, SAFE_CLOSED, SAFE_INVALID_HANDLE].contains(&error.code) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Calls the function once, when requests wait: fetch them without waiting until there is none, and set it again. On the
    /// library's thread, so it must not wait.
    pub fn on_request(&self, wake: impl FnOnce() + Send + 'static) -> Result<()> {
        let wake: Box<Wake> = Box::new(Box::new(wake));
        let given = Box::into_raw(wake);
        let set = status(|error| unsafe {
            safe_port_on_request(self.0.raw(), Some(on_request), given as *mut c_void, error)
        });
        if set.is_err() {
            drop(unsafe { Box::from_raw(given) }); // it will not be called
        }
        set
    }

    /// Frees its scheme. Whoever waits in [`next`](Port::next) gets none.
    pub fn close(&self) {
        unsafe { safe_port_free(self.0.raw()) } // that it is freed again when it is dropped does nothing
    }
}

type Wake = Box<dyn FnOnce() + Send>;

unsafe extern "C" fn on_request(user_data: *mut c_void, port: *mut safe_port) {
    callback(|| {
        let wake = Box::from_raw(user_data as *mut Wake);
        if !port.is_null() {
            wake();
        }
    })
}

/// What a request asks for: `safe/ports.h` says what each means, which getters say more, and which answer it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RequestKind {
    Open,
    Close,
    Create,
    Replace,
    Get,
    Exists,
    List,
    Remove,
    Figures,
    Send,
    Receive,
    /// Of a library that is newer than this crate: to be refused with `SAFE_UNSUPPORTED`.
    Unknown,
}

/// One thing that a port is asked. It is answered once, from any thread; dropped without an answer, it fails.
#[derive(Debug)]
pub struct Request(Owned<safe_request>);

impl Request {
    pub fn kind(&self) -> RequestKind {
        match unsafe { safe_request_kind(self.raw()) } {
            SAFE_REQUEST_OPEN => RequestKind::Open,
            SAFE_REQUEST_CLOSE => RequestKind::Close,
            SAFE_REQUEST_CREATE => RequestKind::Create,
            SAFE_REQUEST_REPLACE => RequestKind::Replace,
            SAFE_REQUEST_GET => RequestKind::Get,
            SAFE_REQUEST_EXISTS => RequestKind::Exists,
            SAFE_REQUEST_LIST => RequestKind::List,
            SAFE_REQUEST_REMOVE => RequestKind::Remove,
            SAFE_REQUEST_FIGURES => RequestKind::Figures,
            SAFE_REQUEST_SEND => RequestKind::Send,
            SAFE_REQUEST_RECEIVE => RequestKind::Receive,
            _ => RequestKind::Unknown,
        }
    }

    /// The URL that was connected to.
    pub fn url(&self) -> String {
        self.text(safe_request_url)
    }

    /// The connection that it belongs to.
    pub fn connection(&self) -> u64 {
        unsafe { safe_request_connection(self.raw()) }
    }

    pub fn key(&self) -> String {
        self.text(safe_request_key)
    }

    pub fn after(&self) -> String {
        self.text(safe_request_after)
    }

    pub fn offset(&self) -> u64 {
        unsafe { safe_request_offset(self.raw()) }
    }

    pub fn length(&self) -> u64 {
        unsafe { safe_request_length(self.raw()) }
    }

    pub fn limit(&self) -> u64 {
        unsafe { safe_request_limit(self.raw()) }
    }

    /// Whether an [`Open`](RequestKind::Open) may make what is missing.
    pub fn may_create(&self) -> bool {
        unsafe { safe_request_flags(self.raw()) & SAFE_CONNECT_NO_CREATE == 0 }
    }

    /// The value.
    pub fn data(&self) -> &[u8] {
        unsafe { borrowed(safe_request_data(self.raw()), safe_request_size(self.raw())) }
    }

    /// It is done; or, where the kind has a no, whether.
    pub fn done(&self, yes: bool) -> Result<()> {
        status(|error| unsafe { safe_request_done(self.raw(), yes.into(), error) })
    }

    /// The bytes that were asked for.
    pub fn give(&self, data: &[u8]) -> Result<()> {
        status(|error| unsafe { safe_request_give(self.raw(), data.as_ptr(), data.len(), error) })
    }

    /// There is no such value, or the other side has closed.
    pub fn none(&self) -> Result<()> {
        status(|error| unsafe { safe_request_none(self.raw(), error) })
    }

    /// One key of a [`List`](RequestKind::List), and the size of its value; more may follow.
    pub fn add(&self, key: &str, size: u64) -> Result<()> {
        let key = text(key)?;
        status(|error| unsafe { safe_request_add(self.raw(), key.as_ptr(), size, error) })
    }

    pub fn figures(&self, objects: u64, bytes: u64, used_bytes: u64, free_bytes: u64) -> Result<()> {
        status(|error| unsafe { safe_request_figures(self.raw(), objects, bytes, used_bytes, free_bytes, error) })
    }

    /// It cannot be done. The code is one of those that `safe/ports.h` names ([`ffi`](crate::ffi) has them); the message says
    /// why, and after a "; " what to do next.
    pub fn fail(&self, code: i32, message: &str) -> Result<()> {
        let message = text(message)?;
        status(|error| unsafe { safe_request_fail(self.raw(), code, message.as_ptr(), error) })
    }

    /// It cannot be done, because of an error.
    pub fn fail_with(&self, error: &Error) -> Result<()> {
        self.fail(error.code, &error.message)
    }

    fn text(&self, getter: unsafe extern "C" fn(*const safe_request) -> *const c_char) -> String {
        copied(unsafe { getter(self.raw()) }).unwrap_or_default()
    }

    fn raw(&self) -> *mut safe_request {
        self.0.raw()
    }
}
