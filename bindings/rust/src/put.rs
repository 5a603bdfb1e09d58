use crate::client::{nothing, Client};
use crate::error::Result;
use crate::ffi::*;
use crate::link::Link;
use crate::operation::{Operation, Take};
use crate::owned::{handle, status, text, Owned};
use crate::Address;
use std::ops::{Deref, DerefMut};
use std::ptr::{self, NonNull};

/// How content is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Put(u32);

impl Put {
    /// The data map goes to the vault too: anybody who learns the link can read.
    pub const PUBLIC: Put = Put(0);
    /// The data map stays in the link alone, which is then a secret.
    pub const PRIVATE: Put = Put(SAFE_PUT_PRIVATE);

    /// Every chunk is read back from the vault before the operation is done.
    pub const fn verified(self) -> Put {
        Put(self.0 | SAFE_PUT_VERIFY)
    }

    /// Chunks and link are computed, and nothing is stored.
    pub const fn dry_run(self) -> Put {
        Put(self.0 | SAFE_PUT_DRY_RUN)
    }

    /// For writers of a known size: none of the content is held until the end, and its first [`Writer::replay_size`] bytes are
    /// written once more after the last one.
    pub const fn replayed(self) -> Put {
        Put(self.0 | SAFE_PUT_REPLAY)
    }
}

impl Client {
    /// Stores bytes. They are copied before the call returns.
    pub fn put(&self, data: &[u8], how: Put) -> Operation<Receipt> {
        Operation::new(unsafe { safe_put(self.raw(), data.as_ptr(), data.len(), how.0) }, RECEIPT)
    }

    /// Stores a local file, whose name goes into the link.
    pub fn put_file(&self, path: &str, how: Put) -> Operation<Receipt> {
        Operation::of(text(path), |path| unsafe { safe_put_file(self.raw(), path.as_ptr(), how.0) }, RECEIPT)
    }

    /// Opens a stream to push content into, of a size that is known or not.
    pub fn writer(&self, size: Option<u64>, how: Put) -> Operation<Writer> {
        let take: Take<Writer> =
            |op, _| Ok(Writer(handle(|out, error| unsafe { safe_op_take_writer(op, out, error) })?));
        Operation::new(unsafe { safe_writer_open(self.raw(), size.unwrap_or(SAFE_SIZE_UNKNOWN), how.0) }, take)
    }
}

/// What a put has made.
#[derive(Debug)]
pub struct Receipt(Owned<safe_receipt>);

const RECEIPT: Take<Receipt> = |op, _| Ok(Receipt(handle(|out, error| unsafe { safe_op_take_receipt(op, out, error) })?));

impl Receipt {
    pub fn link(&self) -> Result<Link> {
        Ok(Link::new(handle(|out, error| unsafe { safe_receipt_link(self.0.raw(), out, error) })?))
    }

    /// Bytes of content.
    pub fn size(&self) -> u64 {
        unsafe { safe_receipt_size(self.0.raw()) }
    }

    pub fn chunk_count(&self) -> u64 {
        unsafe { safe_receipt_chunk_count(self.0.raw()) }
    }

    /// In the order in which they were made.
    pub fn chunks(&self) -> Result<Vec<Chunk>> {
        let chunk = |index| {
            let (mut address, mut size) = ([0; 32], 0);
            status(|error| unsafe { safe_receipt_chunk(self.0.raw(), index, &mut address, &mut size, error) })?;
            Ok(Chunk { address, size })
        };
        (0..self.chunk_count()).map(chunk).collect()
    }

    /// How many chunks the vault did not have yet, and their bytes.
    pub fn new_chunks(&self) -> (u64, u64) {
        unsafe { (safe_receipt_new_chunks(self.0.raw()), safe_receipt_new_bytes(self.0.raw())) }
    }
}

/// A chunk as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    pub address: Address,
    /// In bytes.
    pub size: u64,
}

/// Content that is pushed in. Dropped before [`Writer::close`], it is abandoned.
#[derive(Debug)]
pub struct Writer(Owned<safe_writer>);

impl Writer {
    /// Appends bytes; ends when the writer can take more. One write at a time; cancelling one ends the content.
    pub fn write(&self, data: Vec<u8>) -> Operation<()> {
        let start = |data: &mut Vec<u8>| unsafe { safe_writer_write(self.0.raw(), data.as_ptr(), data.len()) };
        Operation::lending(data, start, |op, _| nothing(op))
    }

    /// Like [`write`](Writer::write), and gives the memory back.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn write_and_return(&self, data: Vec<u8>) -> Operation<Vec<u8>> {
        let start = |data: &mut Vec<u8>| unsafe { safe_writer_write(self.0.raw(), data.as_ptr(), data.len()) };
        Operation::lending(data, start, |op, data| nothing(op).map(|()| data))
    }

    /// Memory of the writer (at most 4 MiB), to be filled in and handed in, so that nothing is copied.
    pub fn reserve(&mut self, size: usize) -> Result<Room<'_>> {
        let mut memory = ptr::null_mut();
        status(|error| unsafe { safe_writer_reserve(self.0.raw(), size, &mut memory, error) })?;
        let memory = NonNull::new(memory).unwrap_or_else(NonNull::dangling); // null if nothing was asked for
        unsafe { memory.as_ptr().write_bytes(0, size) };
        Ok(Room { writer: self, memory, size })
    }

    /// With [`Put::replayed`]: how many of the first bytes are to be written again after the last one.
    pub fn replay_size(&self) -> u64 {
        unsafe { safe_writer_replay_size(self.0.raw()) }
    }

    /// Finishes the content.
    pub fn close(&self) -> Operation<Receipt> {
        Operation::new(unsafe { safe_writer_close(self.0.raw()) }, RECEIPT)
    }
}

/// Memory of a writer that is being filled in.
#[derive(Debug)]
pub struct Room<'a> {
    writer: &'a mut Writer,
    memory: NonNull<u8>,
    size: usize,
}

impl Room<'_> {
    /// Hands in the first `size` bytes; ends when the writer can take more.
    pub fn commit(self, size: usize) -> Operation<()> {
        Operation::new(unsafe { safe_writer_commit(self.writer.0.raw(), size) }, |op, _| nothing(op))
    }
}

impl Deref for Room<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        unsafe { std::slice::from_raw_parts(self.memory.as_ptr(), self.size) }
    }
}

impl DerefMut for Room<'_> {
    fn deref_mut(&mut self) -> &mut [u8] {
        unsafe { std::slice::from_raw_parts_mut(self.memory.as_ptr(), self.size) }
    }
}
