//! The chunk format of 2018 ("S1"). Its chunks are kept and found by the caller, under their names.
//!
//! ```
//! use libsafe::s1::{Encoder, Map};
//!
//! let mut encoder = Encoder::new()?;
//! encoder.write(&vec![5; 1_000_000])?;
//! let map = Map::parse(&encoder.finish()?)?;
//! let mut kept = std::collections::HashMap::new();
//! while let Some(chunk) = encoder.next_chunk()? {
//!     kept.insert(chunk.name, chunk.data);
//! }
//! let first = map.decrypt(0, &kept[&map.chunk_name(0)?])?;
//! assert_eq!(first[0], 5);
//! # Ok::<(), libsafe::Error>(())
//! ```

use crate::bytes::Bytes;
use crate::error::Result;
use crate::ffi::*;
use crate::owned::{array, handle, status, Owned};
use crate::Address;
use std::ptr;

/// A chunk as it is to be kept, under its name.
#[derive(Debug)]
pub struct Chunk {
    pub name: Address,
    pub data: Bytes,
}

#[derive(Debug)]
pub struct Encoder(Owned<safe_s1_encoder>);

impl Encoder {
    pub fn new() -> Result<Encoder> {
        Ok(Encoder(handle(|out, error| unsafe { safe_s1_encoder_create(out, error) })?))
    }

    /// Appends content, of at most 1 GiB in all.
    pub fn write(&mut self, data: &[u8]) -> Result<()> {
        status(|error| unsafe { safe_s1_encoder_write(self.0.raw(), data.as_ptr(), data.len(), error) })
    }

    /// No more content follows. Gives the data map.
    pub fn finish(&mut self) -> Result<Bytes> {
        Ok(Bytes::new(handle(|out, error| unsafe { safe_s1_encoder_finish(self.0.raw(), out, error) })?))
    }

    /// The next chunk that is ready, if there is one at the moment. Best asked for after each write, and to the end after
    /// [`finish`](Encoder::finish).
    pub fn next_chunk(&mut self) -> Result<Option<Chunk>> {
        let (mut name, mut data) = ([0; 32], ptr::null_mut());
        status(|error| unsafe { safe_s1_encoder_next(self.0.raw(), &mut name, &mut data, error) })?;
        Ok(if data.is_null() { None } else { Some(Chunk { name, data: Bytes::new(Owned::new(data)) }) })
    }
}

/// What is needed to read content from its chunks.
#[derive(Debug)]
pub struct Map(Owned<safe_s1_map>);

impl Map {
    pub fn parse(datamap: &[u8]) -> Result<Map> {
        let map = handle(|out, error| unsafe { safe_s1_map_parse(datamap.as_ptr(), datamap.len(), out, error) })?;
        Ok(Map(map))
    }

    /// Bytes of content.
    pub fn size(&self) -> u64 {
        unsafe { safe_s1_map_size(self.0.raw()) }
    }

    /// 0 for small content, which the map holds itself.
    pub fn chunk_count(&self) -> u64 {
        unsafe { safe_s1_map_chunk_count(self.0.raw()) }
    }

    /// What the map holds itself.
    pub fn content(&self) -> Result<Bytes> {
        Ok(Bytes::new(handle(|out, error| unsafe { safe_s1_map_content(self.0.raw(), out, error) })?))
    }

    pub fn chunk_name(&self, index: u64) -> Result<Address> {
        array(|out, error| unsafe { safe_s1_map_chunk_name(self.0.raw(), index, out, error) })
    }

    /// The content of one chunk from its stored bytes.
    pub fn decrypt(&self, index: u64, chunk: &[u8]) -> Result<Bytes> {
        let content = handle(|out, error| unsafe {
            safe_s1_map_decrypt(self.0.raw(), index, chunk.as_ptr(), chunk.len(), out, error)
        })?;
        Ok(Bytes::new(content))
    }
}
