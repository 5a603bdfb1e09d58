use crate::error::Result;
use crate::ffi::*;
use crate::owned::{array, handle, status, Owned};
use std::fmt;

/// A signing key (Ed25519). Its secret part stays in guarded memory of the library.
pub struct Key(Owned<safe_key>);

impl Key {
    pub fn generate() -> Result<Key> {
        Ok(Key(handle(|out, error| unsafe { safe_key_generate(out, error) })?))
    }

    /// The key of a seed that [`Key::export`] gave.
    pub fn import(seed: &[u8; 32]) -> Result<Key> {
        Ok(Key(handle(|out, error| unsafe { safe_key_import(seed, out, error) })?))
    }

    /// The seed: whoever has it can sign. The caller wipes it.
    pub fn export(&self) -> Result<[u8; 32]> {
        array(|out, error| unsafe { safe_key_export(self.raw(), out, error) })
    }

    pub fn public(&self) -> Result<[u8; 32]> {
        array(|out, error| unsafe { safe_key_public(self.raw(), out, error) })
    }

    pub fn sign(&self, data: &[u8]) -> Result<[u8; 64]> {
        array(|out, error| unsafe { safe_key_sign(self.raw(), data.as_ptr(), data.len(), out, error) })
    }

    pub(crate) fn raw(&self) -> *mut safe_key {
        self.0.raw()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Key(hidden)")
    }
}

/// Fails with `SAFE_BAD_SIGNATURE` unless the holder of the public key has signed these bytes.
pub fn verify(public_key: &[u8; 32], data: &[u8], signature: &[u8; 64]) -> Result<()> {
    status(|error| unsafe { safe_key_verify(public_key, data.as_ptr(), data.len(), signature, error) })
}
