use crate::bytes::Bytes;
use crate::client::nothing;
use crate::error::Result;
use crate::ffi::*;
use crate::key::Key;
use crate::operation::{Operation, Take};
use crate::owned::{copied, handle, status, text, Owned};
use std::time::Duration;

/// A vault of this process that is served to others. Dropped, it ends all listeners and connections at once.
///
/// ```
/// use libsafe::{Put, Vault};
///
/// let vault = Vault::open("mem:").wait()?;
/// vault.listen("tcp://127.0.0.1:0").wait()?;
/// let client = libsafe::connect(&vault.urls()[0]).wait()?;
/// client.put(b"over the network", Put::PUBLIC).wait()?;
/// # Ok::<(), libsafe::Error>(())
/// ```
#[derive(Debug)]
pub struct Vault(Owned<safe_vault>);

const VAULT: Take<Vault> = |op, _| Ok(Vault(handle(|out, error| unsafe { safe_op_take_vault(op, out, error) })?));

impl Vault {
    /// With the key that `file:` keeps in its directory, or a new one of `mem:`.
    pub fn open(url: &str) -> Operation<Vault> {
        let start = |url: std::ffi::CString| unsafe { safe_vault_open(std::ptr::null(), url.as_ptr(), 0) };
        Operation::of(text(url), start, VAULT)
    }

    /// With a key of one's own, which is part of the URLs that clients connect to.
    pub fn open_with(key: &Key, url: &str) -> Operation<Vault> {
        Operation::of(text(url), |url| unsafe { safe_vault_open(key.raw(), url.as_ptr(), 0) }, VAULT)
    }

    /// The vault's key, as it stands behind the # of its URLs.
    pub fn key(&self) -> String {
        copied(unsafe { safe_vault_key(self.0.raw()) }).unwrap_or_default()
    }

    /// What clients connect to: one for each listener.
    pub fn urls(&self) -> Vec<String> {
        let count = unsafe { safe_vault_url_count(self.0.raw()) };
        (0..count).filter_map(|index| copied(unsafe { safe_vault_url(self.0.raw(), index) })).collect()
    }

    /// `limit`: one of `ffi::SAFE_VAULT_LIMIT_*`.
    pub fn set_limit(&self, limit: i32, value: u64) -> Result<()> {
        status(|error| unsafe { safe_vault_set_limit(self.0.raw(), limit, value, error) })
    }

    /// For listeners of `wss:` that follow: files in PEM form.
    pub fn set_certificate(&self, certificate_file: &str, key_file: &str) -> Result<()> {
        let (certificate, key) = (text(certificate_file)?, text(key_file)?);
        status(|error| unsafe { safe_vault_set_certificate(self.0.raw(), certificate.as_ptr(), key.as_ptr(), error) })
    }

    /// Listens at `tcp://host:port` (port 0: any). There is one more of [`Vault::urls`] then.
    pub fn listen(&self, url: &str) -> Operation<()> {
        Operation::of(text(url), |url| unsafe { safe_vault_listen(self.0.raw(), url.as_ptr()) }, |op, _| nothing(op))
    }

    /// Serves one connection over a transport ([`Port::transport`](crate::Port::transport)), until it ends.
    pub fn accept(&self, transport_url: &str) -> Operation<()> {
        let start = |url: std::ffi::CString| unsafe { safe_vault_accept(self.0.raw(), url.as_ptr()) };
        Operation::of(text(transport_url), start, |op, _| nothing(op))
    }

    /// What was counted, as Prometheus reads it.
    pub fn metrics(&self) -> Operation<Bytes> {
        Operation::new(unsafe { safe_vault_metrics(self.0.raw()) }, Bytes::TAKE)
    }

    /// Takes nothing new, waits for what runs, and closes all connections.
    pub fn drain(&self, time: Duration) -> Operation<()> {
        let time = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        Operation::new(unsafe { safe_vault_drain(self.0.raw(), time) }, |op, _| nothing(op))
    }
}
