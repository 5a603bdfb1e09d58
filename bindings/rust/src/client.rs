use crate::bytes::Bytes;
use crate::error::Result;
use crate::ffi::*;
use crate::key::Key;
use crate::link::Link;
use crate::operation::{Operation, Take};
use crate::owned::{copied, handle, status, text, Owned};
use crate::reader::Reader;
use crate::Address;

/// A connection to a vault. Dropping it cancels what it still does.
#[derive(Debug)]
pub struct Client(Owned<safe_client>);

const CLIENT: Take<Client> = |op, _| Ok(Client(handle(|out, error| unsafe { safe_op_take_client(op, out, error) })?));

pub(crate) const NUMBER: Take<u64> = |op, _| {
    let mut number = 0;
    status(|error| unsafe { safe_op_take_u64(op, &mut number, error) })?;
    Ok(number)
};

const ADDRESS: Take<Address> = |op, lent| {
    let bytes = Bytes::TAKE(op, lent)?;
    let mut address = [0; 32];
    if bytes.len() != address.len() {
        return Err(crate::Error::new(SAFE_UNEXPECTED, format!("an address of {} bytes", bytes.len())));
    }
    address.copy_from_slice(&bytes);
    Ok(address)
};

/// Connects to a vault: "mem:" is a new one in memory, "file:DIR" one in a directory, which is made if it is missing,
/// "tcp://host:port#key" one that is served elsewhere.
pub fn connect(url: &str) -> Operation<Client> {
    connect_with(url, 0)
}

/// Connects to a vault that there is already (`SAFE_STORE_MISSING` if there is none).
pub fn connect_existing(url: &str) -> Operation<Client> {
    connect_with(url, SAFE_CONNECT_NO_CREATE)
}

/// Connects as whoever has the key, by which a vault elsewhere knows the client again: rates and quota are of one key. The
/// other functions make a new one for each client.
pub fn connect_as(key: &Key, url: &str) -> Operation<Client> {
    Operation::of(text(url), |url| unsafe { safe_connect_as(key.raw(), url.as_ptr(), 0) }, CLIENT)
}

/// Connects without saying who the client is to a vault elsewhere: it may then read, but not write.
pub fn connect_anonymous(url: &str) -> Operation<Client> {
    connect_with(url, SAFE_CONNECT_ANONYMOUS)
}

fn connect_with(url: &str, flags: u32) -> Operation<Client> {
    Operation::of(text(url), |url| unsafe { safe_connect(url.as_ptr(), flags) }, CLIENT)
}

impl Client {
    pub fn url(&self) -> String {
        copied(unsafe { safe_client_url(self.raw()) }).unwrap_or_default()
    }

    /// Whether there is a connection to the vault: one of the constants `SAFE_CLIENT_`.
    pub fn state(&self) -> i32 {
        unsafe { safe_client_state(self.raw()) }
    }

    /// Ends as soon as the state is another than `known`.
    pub fn next_state(&self, known: i32) -> Operation<()> {
        Operation::new(unsafe { safe_client_next_state(self.raw(), known) }, |op, _| nothing(op))
    }

    /// How long operations wait for the network before they fail; zero restores what is usual.
    pub fn set_timeout(&self, time: std::time::Duration) -> Result<()> {
        let milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        status(|error| unsafe { safe_client_set_timeout(self.raw(), milliseconds, error) })
    }

    /// Opens content for reading: at random, or in order.
    pub fn open(&self, link: &Link) -> Operation<Reader> {
        Operation::new(unsafe { safe_open(self.raw(), link.raw()) }, Reader::TAKE)
    }

    /// Opens content by its data map (MessagePack), of any number of chunks.
    pub fn open_datamap(&self, datamap: &[u8]) -> Operation<Reader> {
        let op = unsafe { safe_open_datamap(self.raw(), datamap.as_ptr(), datamap.len()) };
        Operation::new(op, Reader::TAKE)
    }

    /// The whole content, which may be `limit` bytes at most.
    pub fn get(&self, link: &Link, limit: u64) -> Operation<Bytes> {
        Operation::new(unsafe { safe_get_bytes(self.raw(), link.raw(), limit) }, Bytes::TAKE)
    }

    /// Writes the whole content to a local file, which never holds a part of it; gives the bytes written.
    pub fn get_file(&self, link: &Link, path: &str) -> Operation<u64> {
        Operation::of(text(path), |path| unsafe { safe_get_file(self.raw(), link.raw(), path.as_ptr()) }, NUMBER)
    }

    /// One chunk as it is stored.
    pub fn get_chunk(&self, address: &Address) -> Operation<Bytes> {
        Operation::new(unsafe { safe_chunk_get(self.raw(), address) }, Bytes::TAKE)
    }

    /// Stores bytes as they are, unencrypted, as one chunk.
    pub fn put_chunk(&self, data: &[u8]) -> Operation<Address> {
        Operation::new(unsafe { safe_chunk_put(self.raw(), data.as_ptr(), data.len()) }, ADDRESS)
    }

    /// Whether the vault says that it has the chunk.
    pub fn has_chunk(&self, address: &Address) -> Operation<bool> {
        let yes: Take<bool> = |op, lent| Ok(NUMBER(op, lent)? != 0);
        Operation::new(unsafe { safe_chunk_exists(self.raw(), address) }, yes)
    }

    pub(crate) fn raw(&self) -> *mut safe_client {
        self.0.raw()
    }
}

/// What an operation without a result ends with.
pub(crate) fn nothing(op: *mut safe_op) -> Result<()> {
    status(|error| unsafe { safe_op_wait(op, 0, error) })
}
