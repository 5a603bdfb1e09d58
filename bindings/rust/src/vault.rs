//! For the owner of a vault: what is in it, is it sound, clearing up, and serving it to others.
//!
//! ```
//! # let folder = std::env::temp_dir().join(format!("libsafe-doc-vault-{}", std::process::id()));
//! # let url = format!("file:{}", folder.display());
//! use libsafe::{vault, Put};
//!
//! let client = libsafe::connect(&url).wait()?;
//! let link = client.put(&[7; 100_000], Put::PUBLIC).wait()?.link()?;
//! assert_eq!(vault::verify(&url).wait()?.value("bad")?, 0);
//! let report = vault::gc(&url, &link.text(), false).wait()?;
//! assert_eq!(report.value("removed")?, 0);
//! # drop((client, report));
//! # std::fs::remove_dir_all(folder).unwrap();
//! # Ok::<(), libsafe::Error>(())
//! ```

use crate::client::nothing;
use crate::error::Result;
use crate::ffi::*;
use crate::operation::{Operation, Take};
use crate::owned::{copied, handle, status, text, Owned};
use crate::Address;
use std::ffi::CString;

/// Figures of a vault: `chunks`, `chunk_bytes`, `records`, `record_bytes`, `disk_bytes`, `free_bytes`, `format`. It is not
/// made if it is missing.
pub fn info(url: &str) -> Operation<Report> {
    Operation::of(text(url), |url| unsafe { safe_vault_info(url.as_ptr()) }, REPORT)
}

/// Reads and checks everything: `checked`, `checked_bytes`, `bad`; the items are what is damaged. Progress in objects.
pub fn verify(url: &str) -> Operation<Report> {
    Operation::of(text(url), |url| unsafe { safe_vault_verify(url.as_ptr()) }, REPORT)
}

/// Finds the chunks that none of the links (texts, one a line) needs, and removes them if told so: `kept`, `kept_bytes`,
/// `removed`, `removed_bytes`, `in_use`; the items are the chunks removed, or to be removed.
pub fn gc(url: &str, links: &str, remove: bool) -> Operation<Report> {
    let flags = if remove { SAFE_GC_REMOVE } else { 0 };
    Operation::of(two(url, links), |(url, links)| unsafe { safe_vault_gc(url.as_ptr(), links.as_ptr(), flags) }, REPORT)
}

/// Removes one chunk.
pub fn remove(url: &str, address: &Address) -> Operation<()> {
    Operation::of(text(url), |url| unsafe { safe_vault_remove(url.as_ptr(), address) }, |op, _| nothing(op))
}

/// Answers what a client on the other side of a transport ([`Port::transport`](crate::Port::transport)) asks, until it closes
/// the connection. Whoever is there may do everything that a client of the vault may do.
pub fn serve(vault_url: &str, transport_url: &str) -> Operation<()> {
    serve_with(vault_url, transport_url, 0)
}

/// Like [`serve`], with a vault that there is already.
pub fn serve_existing(vault_url: &str, transport_url: &str) -> Operation<()> {
    serve_with(vault_url, transport_url, SAFE_CONNECT_NO_CREATE)
}

fn serve_with(vault_url: &str, transport_url: &str, flags: u32) -> Operation<()> {
    let start = |(vault, transport): (CString, CString)| unsafe {
        safe_vault_serve(vault.as_ptr(), transport.as_ptr(), flags)
    };
    Operation::of(two(vault_url, transport_url), start, |op, _| nothing(op))
}

fn two(first: &str, second: &str) -> Result<(CString, CString)> {
    Ok((text(first)?, text(second)?))
}

/// Named figures, and objects.
#[derive(Debug)]
pub struct Report(Owned<safe_report>);

const REPORT: Take<Report> = |op, _| Ok(Report(handle(|out, error| unsafe { safe_op_take_report(op, out, error) })?));

/// A chunk or a record that a report speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportItem {
    pub address: Address,
    /// In bytes.
    pub size: u64,
    /// What is to be said of it, if there is anything.
    pub text: Option<String>,
}

impl Report {
    /// The figure of that name.
    pub fn value(&self, name: &str) -> Result<u64> {
        let name = text(name)?;
        let mut value = 0;
        status(|error| unsafe { safe_report_value(self.0.raw(), name.as_ptr(), &mut value, error) })?;
        Ok(value)
    }

    pub fn items(&self) -> Result<Vec<ReportItem>> {
        (0..unsafe { safe_report_item_count(self.0.raw()) }).map(|index| self.item(index)).collect()
    }

    fn item(&self, index: u64) -> Result<ReportItem> {
        let (mut address, mut size) = ([0; 32], 0);
        status(|error| unsafe { safe_report_item(self.0.raw(), index, &mut address, &mut size, error) })?;
        let text = copied(unsafe { safe_report_item_text(self.0.raw(), index) });
        Ok(ReportItem { address, size, text })
    }
}
