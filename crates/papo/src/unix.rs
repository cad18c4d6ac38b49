//! What the program asks of a Unix system for itself. Not here: the files of the libraries, which do the same.

use std::fs::OpenOptions;
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::OpenOptionsExt as _;

use listenfd::ListenFd;

/// The sockets that whoever has started this program has opened for it (`sd_listen_fds(3)`), in their order.
pub(crate) fn opened_sockets() -> io::Result<Vec<TcpListener>> {
    let mut opened = ListenFd::from_env();
    let indices = 0..opened.len();
    let socket = |index| opened.take_tcp_listener(index)?.ok_or_else(|| io::ErrorKind::NotFound.into());
    indices.map(socket).collect()
}

/// Has a file made for its owner only.
pub(crate) fn for_owner(options: &mut OpenOptions) {
    options.mode(0o600);
}

/// Has the system write no image of this process when it crashes: keys and what was said would be in it.
pub(crate) fn write_no_core_dumps() {
    // Where it is refused, a service manager has set its own limit.
    let _ = rlimit::Resource::CORE.set(0, 0);
}
