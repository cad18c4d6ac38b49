//! What a server tells the service manager that has started it (`sd_notify(3)` of systemd). Not here: how the service
//! is set up, which `examples/papo.service` shows.

use std::env;
use std::io;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// Tells it a state: `READY=1` once connections are taken, `STOPPING=1` once they are not.
pub(crate) fn tell_service_manager(state: &str) {
    if let Err(error) = tell(state) {
        tracing::warn!("the service manager cannot be told {state}: {error}");
    }
}

fn tell(state: &str) -> io::Result<()> {
    let Some(name) = env::var_os("NOTIFY_SOCKET").filter(|name| !name.is_empty()) else { return Ok(()) };
    let address = match name.as_bytes() {
        [b'@', hidden @ ..] => SocketAddr::from_abstract_name(hidden)?,
        _ => SocketAddr::from_pathname(&name)?,
    };
    UnixDatagram::unbound()?.send_to_addr(state.as_bytes(), &address).map(drop)
}
