use crate::bytes::Bytes;
use crate::client::Client;
use crate::error::Result;
use crate::ffi::*;
use crate::key::Key;
use crate::operation::{Operation, Take};
use crate::owned::{array, copied, handle, status, text, Owned};
use crate::Address;

/// Instead of a version: the newest.
pub const NEWEST: u64 = SAFE_VERSION_NEWEST;

/// The address of the owner's record of that label (1 to 255 bytes).
pub fn record_address(owner: &[u8; 32], label: &str) -> Result<Address> {
    let label = text(label)?;
    array(|out, error| unsafe { safe_record_address_of(owner, label.as_ptr(), out, error) })
}

impl Client {
    /// Makes version 0 of a record. Fails with `SAFE_DATA_EXISTS` and the detail `current_version` if there is one.
    pub fn create_record(&self, key: &Key, label: &str, value: &[u8]) -> Operation<Record> {
        let start = |label: std::ffi::CString| unsafe {
            safe_record_create(self.raw(), key.raw(), label.as_ptr(), value.as_ptr(), value.len())
        };
        Operation::of(text(label), start, RECORD)
    }

    /// Makes the next version. Fails with `SAFE_INVALID_SUCCESSOR` and the detail `current_version` if it is not the next.
    pub fn set_record(&self, key: &Key, label: &str, version: u64, value: &[u8]) -> Operation<Record> {
        let start = |label: std::ffi::CString| unsafe {
            safe_record_set(self.raw(), key.raw(), label.as_ptr(), version, value.as_ptr(), value.len())
        };
        Operation::of(text(label), start, RECORD)
    }

    /// Fetches one version, or the newest ([`NEWEST`]).
    pub fn record(&self, address: &Address, version: u64) -> Operation<Record> {
        Operation::new(unsafe { safe_record_get(self.raw(), address, version) }, RECORD)
    }

    /// Lists versions from the newest down: at most `limit` of those below `before` ([`NEWEST`]: all).
    pub fn records(&self, address: &Address, before: u64, limit: u32) -> Operation<RecordPage> {
        let take: Take<RecordPage> =
            |op, _| Ok(RecordPage(handle(|out, error| unsafe { safe_op_take_record_page(op, out, error) })?));
        Operation::new(unsafe { safe_record_list(self.raw(), address, before, limit) }, take)
    }
}

/// One version of a small signed value.
#[derive(Debug)]
pub struct Record(Owned<safe_record>);

const RECORD: Take<Record> = |op, _| Ok(Record(handle(|out, error| unsafe { safe_op_take_record(op, out, error) })?));

impl Record {
    pub fn address(&self) -> Result<Address> {
        array(|out, error| unsafe { safe_record_address(self.0.raw(), out, error) })
    }

    /// The public key of its owner.
    pub fn owner(&self) -> Result<[u8; 32]> {
        array(|out, error| unsafe { safe_record_owner(self.0.raw(), out, error) })
    }

    pub fn label(&self) -> String {
        copied(unsafe { safe_record_label(self.0.raw()) }).unwrap_or_default()
    }

    pub fn version(&self) -> u64 {
        unsafe { safe_record_version(self.0.raw()) }
    }

    pub fn value(&self) -> Result<Bytes> {
        Ok(Bytes::new(handle(|out, error| unsafe { safe_record_value(self.0.raw(), out, error) })?))
    }
}

/// Some versions of a record, the newest first.
#[derive(Debug)]
pub struct RecordPage(Owned<safe_record_page>);

impl RecordPage {
    pub fn records(&self) -> Result<Vec<Record>> {
        let count = unsafe { safe_record_page_count(self.0.raw()) };
        (0..count)
            .map(|index| {
                let record = handle(|out, error| unsafe { safe_record_page_get(self.0.raw(), index, out, error) })?;
                Ok(Record(record))
            })
            .collect()
    }

    /// The `before` of the next page, if there is more.
    pub fn next(&self) -> Result<Option<u64>> {
        let (mut more, mut before) = (0, 0);
        status(|error| unsafe { safe_record_page_next(self.0.raw(), &mut more, &mut before, error) })?;
        Ok(if more != 0 { Some(before) } else { None })
    }
}
