#![doc = include_str!("../README.md")]

mod bytes;
mod client;
mod error;
pub mod ffi;
mod key;
mod kind;
mod library;
mod link;
mod operation;
mod owned;
mod port;
mod put;
mod queue;
mod reader;
mod record;
#[cfg_attr(target_arch = "wasm32", path = "run_guest.rs")]
mod run;
pub mod s1;
mod serve;
#[cfg(not(target_arch = "wasm32"))]
mod stream;
pub mod vault;

pub use bytes::Bytes;
pub use client::{connect, connect_anonymous, connect_as, connect_existing, Client};
pub use error::{Detail, Error, Result};
pub use key::{verify, Key};
pub use kind::ErrorKind;
pub use library::{abi_version, feature, live_handles, log_off, log_to, version, version_number, LogLevel, Setting};
pub use link::Link;
pub use operation::Operation;
pub use port::{Port, Request, RequestKind};
pub use put::{Chunk, Put, Receipt, Room, Writer};
pub use queue::Queue;
pub use reader::Reader;
pub use record::{record_address, Record, RecordPage, NEWEST};
#[cfg(not(target_arch = "wasm32"))]
pub use run::block_on;
pub use run::spawn;
pub use serve::Vault;
#[cfg(not(target_arch = "wasm32"))]
pub use stream::{ReadStream, WriteStream};

/// The address of a chunk or of a record.
pub type Address = [u8; 32];
