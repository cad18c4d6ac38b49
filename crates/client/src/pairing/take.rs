//! The device that gets the key: goes where the code says, and believes only who knows the code as well. Not here: the
//! other device.

use std::io;
use std::net::{TcpStream, ToSocketAddrs as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use papo_proto::Address;
use rustls::ClientConnection;
use rustls::pki_types::ServerName;
use zeroize::Zeroizing;

use super::channel::{Channel, PROOF_BYTES, Side, taking};
use super::{KEPT, KEY_BYTES_MAX, PairingCode, PairingError};
use crate::identity;
use crate::protected::{Imported, ProtectedError, put_key};

/// How long a device may take that is there.
const WITHIN: Duration = Duration::from_secs(15);

/// Takes the key that waits under this code into this profile's folder. A key that is there stays, unless it may be
/// replaced; then it is kept beside the new one.
pub fn take(code: &PairingCode, folder: &Path, may_replace: bool) -> Result<Imported, PairingError> {
    take_while(code, folder, may_replace, || true)
}

/// The same for as long as the key is wanted: whoever gives up until it has come does not get it.
pub fn take_while(
    code: &PairingCode,
    folder: &Path,
    may_replace: bool,
    is_wanted: impl Fn() -> bool,
) -> Result<Imported, PairingError> {
    let path = identity::file_in(folder);
    // Before the code is used up.
    if path.exists() && !may_replace {
        return Err(ProtectedError::KeyThere { path }.into());
    }
    let address = code.address();
    let stranger = || PairingError::Stranger { address: address.clone() };
    let refused = || PairingError::Refused { address: address.clone() };
    let config = Arc::new(taking().map_err(|_| PairingError::NoRandomness)?);
    let name = ServerName::try_from(address.host.clone()).map_err(|_| PairingError::NoCode)?;
    let tls = ClientConnection::new(config, name).map_err(|_| PairingError::NoRandomness)?;
    let socket = connect(address)?;
    if !is_wanted() {
        return Err(PairingError::Withdrawn);
    }
    let mut channel = Channel::open(tls, socket, WITHIN).map_err(|_| stranger())?;
    let ours = channel.proof(code, Side::Takes);
    let mut theirs = [0; PROOF_BYTES];
    // Who closes at this point does not know the code, or knows it no more.
    channel.write(ours.as_ref()).and_then(|()| channel.read(&mut theirs)).map_err(|_| refused())?;
    if !channel.is_proof(code, Side::Offers, &theirs) {
        return Err(stranger());
    }
    let mut len = [0; 2];
    channel.read(&mut len).map_err(|_| refused())?;
    let len = usize::from(u16::from_be_bytes(len));
    if len > KEY_BYTES_MAX {
        return Err(stranger());
    }
    let mut pem = Zeroizing::new(vec![0; len]);
    channel.read(&mut pem).map_err(|_| refused())?;
    if !is_wanted() {
        return Err(PairingError::Withdrawn);
    }
    let imported = put_key(folder, &path, &pem, may_replace)?;
    // The key is here, whether or not the other device learns of it.
    let _ = channel.write(&[KEPT]);
    channel.close();
    Ok(imported)
}

/// Connects to the first of the host's addresses that answers.
fn connect(address: &Address) -> Result<TcpStream, PairingError> {
    let unreachable = |cause| PairingError::Unreachable { address: address.clone(), cause };
    let found = (address.host.as_str(), address.port).to_socket_addrs().map_err(unreachable)?;
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for one in found {
        match TcpStream::connect_timeout(&one, WITHIN) {
            Ok(socket) => return Ok(socket),
            Err(error) => last = error,
        }
    }
    Err(unreachable(last))
}
