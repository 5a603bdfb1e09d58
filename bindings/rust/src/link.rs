use crate::bytes::Bytes;
use crate::error::{Error, Result};
use crate::ffi::*;
use crate::owned::{array, copied, handle, text, Owned};
use crate::Address;
use std::fmt;
use std::ptr;
use std::str::FromStr;

/// One text that holds everything needed to read one piece of content. A private one is a secret.
pub struct Link(Owned<safe_link>);

impl Link {
    pub fn parse(link: &str) -> Result<Link> {
        let link = text(link)?;
        Ok(Link(handle(|out, error| unsafe { safe_link_parse(link.as_ptr(), out, error) })?))
    }

    /// The link to content whose public data map is stored under the address.
    pub fn from_address(address: &Address) -> Result<Link> {
        Ok(Link(handle(|out, error| unsafe { safe_link_from_address(address, out, error) })?))
    }

    /// The private link that holds this data map (MessagePack).
    pub fn from_datamap(datamap: &[u8]) -> Result<Link> {
        let link = handle(|out, error| unsafe { safe_link_from_datamap(datamap.as_ptr(), datamap.len(), out, error) })?;
        Ok(Link(link))
    }

    /// The same link with another name and media type, or without.
    pub fn with(&self, name: Option<&str>, media_type: Option<&str>) -> Result<Link> {
        let name = name.map(text).transpose()?;
        let media_type = media_type.map(text).transpose()?;
        let pointer = |text: &Option<std::ffi::CString>| text.as_ref().map_or(ptr::null(), |text| text.as_ptr());
        let link = handle(|out, error| unsafe {
            safe_link_with(self.raw(), pointer(&name), pointer(&media_type), out, error)
        })?;
        Ok(Link(link))
    }

    /// The canonical text. For a private link it is the secret itself, which is why a link is not shown by `{}`.
    pub fn text(&self) -> String {
        copied(unsafe { safe_link_text(self.raw()) }).unwrap_or_default()
    }

    pub fn is_private(&self) -> bool {
        unsafe { safe_link_is_private(self.raw()) != 0 }
    }

    /// The size of the content in bytes, if the link says it.
    pub fn size(&self) -> Option<u64> {
        match unsafe { safe_link_size(self.raw()) } {
            SAFE_SIZE_UNKNOWN => None,
            size => Some(size),
        }
    }

    pub fn name(&self) -> Option<String> {
        copied(unsafe { safe_link_name(self.raw()) })
    }

    pub fn media_type(&self) -> Option<String> {
        copied(unsafe { safe_link_media_type(self.raw()) })
    }

    /// The address of a public link's data map.
    pub fn address(&self) -> Result<Address> {
        array(|out, error| unsafe { safe_link_address(self.raw(), out, error) })
    }

    /// The data map of a private link (MessagePack).
    pub fn datamap(&self) -> Result<Bytes> {
        Ok(Bytes::new(handle(|out, error| unsafe { safe_link_datamap(self.raw(), out, error) })?))
    }

    pub(crate) fn new(owned: Owned<safe_link>) -> Link {
        Link(owned)
    }

    pub(crate) fn raw(&self) -> *mut safe_link {
        self.0.raw()
    }
}

impl FromStr for Link {
    type Err = Error;

    fn from_str(text: &str) -> Result<Link> {
        Link::parse(text)
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_private() { "private" } else { "public" };
        write!(out, "Link({}, size {:?}, text hidden)", kind, self.size())
    }
}
