//! Encrypted storage on vaults that need not be trusted: files and records go in, links come out, and every byte that is
//! read back was verified.
//!
//! ```no_run
//! # async fn example() -> libsafe::Result<()> {
//! let client = libsafe::connect("mem:").await?;
//! let link = client.put(b"hello", libsafe::Put::PUBLIC).await?.link()?;
//! assert_eq!(&*client.get(&link, 1000).await?, b"hello");
//! # Ok(())
//! # }
//! ```
//!
//! Work is started by the call and awaited as a [`Future`](std::future::Future) in any executor; dropping it cancels.
//! [`block_on`] is enough for programs without one. The same crate serves programs that are linked with `libsafe.so` and
//! guests: WebAssembly modules that use the library of the page or of Node, whose only imports are from `safe_ffi`.
//! [`spawn`] runs a future in both.

mod bytes;
mod client;
mod error;
pub mod ffi;
mod key;
mod library;
mod link;
mod operation;
mod owned;
mod put;
mod reader;
mod record;
#[cfg_attr(target_arch = "wasm32", path = "run_guest.rs")]
mod run;

pub use bytes::Bytes;
pub use client::{connect, connect_existing, Client};
pub use error::{Detail, Error, Result};
pub use key::{verify, Key};
pub use library::{abi_version, feature, live_handles, version};
pub use link::Link;
pub use operation::Operation;
pub use put::{Put, Receipt, Writer};
pub use reader::Reader;
pub use record::{record_address, Record, RecordPage, NEWEST};
#[cfg(not(target_arch = "wasm32"))]
pub use run::block_on;
pub use run::spawn;

/// The address of a chunk or of a record.
pub type Address = [u8; 32];
