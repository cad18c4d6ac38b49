//! Marks for addresses: a ban of a guest has to be in the room's log, which members read and other servers share, but
//! an address must not be. Not here: what an address is banned from.

use std::fs;
use std::io;
use std::path::Path;

use aws_lc_rs::{hmac, rand};
use papo_proto::AddressTag;

use crate::files;
use crate::guard::Origin;

/// The key's file in the server's folder.
const KEY_FILE: &str = "address.key";

/// How many random bytes the key has.
const KEY_BYTES: usize = 32;

/// Makes the mark of an address with a key that never leaves this server. Without the key nobody can find the address,
/// although there are few enough to try them all.
pub(crate) struct AddressTags {
    key: hmac::Key,
}

impl AddressTags {
    /// The key in the server's folder; made where there is none.
    pub(crate) fn load_or_make(folder: &Path) -> io::Result<Self> {
        let path = folder.join(KEY_FILE);
        let bytes = match fs::read(&path) {
            Ok(bytes) if bytes.len() == KEY_BYTES => bytes,
            Ok(_) => {
                let text =
                    format!("{} is damaged: remove it, and bans of guests' addresses end", path.display());
                return Err(io::Error::new(io::ErrorKind::InvalidData, text));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut bytes = vec![0; KEY_BYTES];
                rand::fill(&mut bytes).map_err(|_| io::Error::other("the system gives no random numbers"))?;
                files::write_for_owner(&path, &bytes)?;
                bytes
            }
            Err(error) => return Err(error),
        };
        Ok(Self::new(&bytes))
    }

    /// Marks made with this key.
    pub(crate) fn new(key: &[u8]) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, key) }
    }

    /// The mark of an address.
    pub(crate) fn tag(&self, origin: Origin) -> AddressTag {
        let whole = hmac::sign(&self.key, origin.address().to_string().as_bytes());
        let mut tag = [0; 16];
        tag.copy_from_slice(&whole.as_ref()[..16]);
        AddressTag(tag)
    }
}
