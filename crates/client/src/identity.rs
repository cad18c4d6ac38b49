//! The key that a member is: made on first use, kept in one file that only its owner may read. Not here:
//! what is signed with it, which is the protocol's business.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use data_encoding::BASE64;
use papo_proto::{MemberId, PublicKey, Signature};
use papo_words::{system, t};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use zeroize::Zeroizing;

use crate::private_file;

/// The name of the file in the profile's folder.
const FILE_NAME: &str = "identity.key";

/// An Ed25519 key pair (RFC 8032): who holds it, is the member.
pub struct Identity {
    pair: Ed25519KeyPair,
    public_key: PublicKey,
}

impl Identity {
    /// The identity in this folder (`identity.key`, PKCS#8 as PEM, RFC 5958 and RFC 7468); where there is
    /// none, it is made. Of several processes that make one at the same time, all get the same.
    pub fn load_or_make(folder: &Path) -> Result<Self, IdentityError> {
        let path = file_in(folder);
        match private_file::read(&path) {
            Ok(pem) => Self::from_pem(&path, &pem),
            Err(private_file::ReadError::Io(error)) if error.kind() == io::ErrorKind::NotFound => {
                make_file(folder, &path)?;
                // Read back rather than kept: another process may have been faster.
                let pem = private_file::read(&path).map_err(|error| unreadable(&path, error))?;
                Self::from_pem(&path, &pem)
            }
            Err(error) => Err(unreadable(&path, error)),
        }
    }

    /// The public key.
    pub fn public_key(&self) -> PublicKey {
        self.public_key
    }

    /// The id that servers derive from the key.
    pub fn member_id(&self) -> MemberId {
        MemberId::of_key(&self.public_key)
    }

    /// Signs a message.
    pub fn sign(&self, message: &[u8]) -> Signature {
        let mut bytes = [0; 64];
        // Always 64 bytes (RFC 8032, section 5.1.6); were it not so, the proof would be refused, not forged.
        let signature = self.pair.sign(message);
        if signature.as_ref().len() == bytes.len() {
            bytes.copy_from_slice(signature.as_ref());
        }
        Signature(bytes)
    }

    /// The identity in this file, and the file's bytes.
    pub(crate) fn read(path: &Path) -> Result<(Self, Zeroizing<Vec<u8>>), IdentityError> {
        let pem = Zeroizing::new(private_file::read(path).map_err(|error| unreadable(path, error))?);
        Ok((Self::from_pem(path, &pem)?, pem))
    }

    pub(crate) fn from_pem(path: &Path, pem: &[u8]) -> Result<Self, IdentityError> {
        let damaged = || IdentityError::Damaged { path: path.to_owned() };
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem).map_err(|_| damaged())?;
        let pair = Ed25519KeyPair::from_pkcs8(der.secret_pkcs8_der()).map_err(|_| damaged())?;
        let public_key = PublicKey(pair.public_key().as_ref().try_into().map_err(|_| damaged())?);
        Ok(Self { pair, public_key })
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The private half must not get into a log by way of `{:?}`.
        f.debug_struct("Identity").field("public_key", &self.public_key).finish_non_exhaustive()
    }
}

/// Where the key of a profile is.
pub(crate) fn file_in(folder: &Path) -> PathBuf {
    folder.join(FILE_NAME)
}

/// Makes a key and puts its file into place, unless another process has done so meanwhile.
fn make_file(folder: &Path, path: &Path) -> Result<(), IdentityError> {
    let unwritable = |cause: io::Error| IdentityError::Unwritable { path: path.to_owned(), cause };
    private_file::make_folder(folder).map_err(unwritable)?;
    let pair = Ed25519KeyPair::generate()
        .map_err(|_| unwritable(io::Error::other(t!("client-key-no-randomness"))))?;
    let pkcs8 = pair.to_pkcs8().map_err(|_| unwritable(io::Error::other(t!("client-key-no-encoding"))))?;
    let pem = pem_of_pkcs8(pkcs8.as_ref());
    private_file::create_whole(path, |part| fs::write(part, &pem)).map_err(unwritable)
}

/// The textual encoding of a private key (RFC 7468, section 10), which other programs read as well.
fn pem_of_pkcs8(der: &[u8]) -> String {
    let text = BASE64.encode(der);
    let mut pem = "-----BEGIN PRIVATE KEY-----\n".to_owned();
    for line in text.as_bytes().chunks(64) {
        pem.extend(line.iter().map(|&byte| char::from(byte)));
        pem.push('\n');
    }
    pem + "-----END PRIVATE KEY-----\n"
}

fn unreadable(path: &Path, error: private_file::ReadError) -> IdentityError {
    let path = path.to_owned();
    match error {
        private_file::ReadError::Io(cause) => IdentityError::Unreadable { path, cause },
        private_file::ReadError::Exposed { mode } => IdentityError::Exposed { path, mode },
    }
}

/// Why there is no identity.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// Others may read the key.
    #[error("{}", t!("client-key-exposed", file = %path.display(), mode = format!("{mode:03o}")))]
    Exposed {
        /// The key's file.
        path: PathBuf,
        /// Its permissions, as Unix writes them.
        mode: u32,
    },
    /// The file is no key.
    #[error("{}", t!("client-key-damaged", file = %path.display()))]
    Damaged {
        /// The key's file.
        path: PathBuf,
    },
    /// The file cannot be read.
    #[error("{}", t!("client-key-unreadable", file = %path.display(), cause = system(cause)))]
    Unreadable {
        /// The key's file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The file cannot be written.
    #[error("{}", t!("client-key-unwritable", file = %path.display(), cause = system(cause)))]
    Unwritable {
        /// The key's file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pem_reads_back() {
        for len in [0, 1, 47, 48, 49, 85] {
            let der: Vec<u8> = (0..len).collect();
            let pem = pem_of_pkcs8(&der);
            assert!(pem.lines().all(|line| line.len() <= 64));
            let read = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).unwrap();
            assert_eq!(read.secret_pkcs8_der(), der);
        }
    }
}
