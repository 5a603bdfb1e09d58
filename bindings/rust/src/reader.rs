use crate::bytes::Bytes;
use crate::client::NUMBER;
use crate::ffi::*;
use crate::operation::{Operation, Take};
use crate::owned::{handle, Owned};

/// Content that is open for reading. Only the chunks that are needed are fetched.
#[derive(Debug)]
pub struct Reader(Owned<safe_reader>);

impl Reader {
    pub(crate) const TAKE: Take<Reader> =
        |op, _| Ok(Reader(handle(|out, error| unsafe { safe_op_take_reader(op, out, error) })?));

    /// The size of the content in bytes.
    pub fn size(&self) -> u64 {
        unsafe { safe_reader_size(self.0.raw()) }
    }

    /// Up to `length` bytes (16 MiB at most) from `offset`; fewer at the end, none at or after it.
    pub fn read(&self, offset: u64, length: u64) -> Operation<Bytes> {
        Operation::new(unsafe { safe_reader_read(self.0.raw(), offset, length) }, Bytes::TAKE)
    }

    /// Fills the buffer from `offset` and gives it back, shorter at the end of the content. If the operation is dropped,
    /// the buffer goes with it.
    pub fn read_into(&self, offset: u64, buffer: Vec<u8>) -> Operation<Vec<u8>> {
        let take: Take<Vec<u8>> = |op, mut buffer| {
            let read = NUMBER(op, Vec::new())?;
            buffer.truncate(read as usize);
            Ok(buffer)
        };
        let start = |buffer: &mut Vec<u8>| unsafe {
            safe_reader_read_into(self.0.raw(), offset, buffer.as_mut_ptr(), buffer.len())
        };
        Operation::lending(buffer, start, take)
    }
}
