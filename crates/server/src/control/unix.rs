//! On Unix: a socket in a folder that only its owner may enter.

use std::fs;
use std::io;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::files;

/// The folder of the socket, in the server's folder.
const FOLDER: &str = "control";

/// The socket's name there.
const SOCKET: &str = "socket";

pub(super) type Stream = UnixStream;

/// The listening end.
#[derive(Debug)]
pub(super) struct Door {
    path: PathBuf,
    listener: UnixListener,
}

impl Door {
    pub(super) fn open(data: &Path) -> io::Result<Self> {
        let folder = data.join(FOLDER);
        files::make_folder_for_owner(&folder)?;
        files::close_to_others(&folder)?;
        let path = folder.join(SOCKET);
        if UnixStream::connect(&path).is_err() {
            // What a killed server has left behind answers nobody.
            let _ = fs::remove_file(&path);
        }
        let listener = UnixListener::bind(&path)?;
        Ok(Self { path, listener })
    }

    pub(super) fn accept(&self) -> io::Result<Stream> {
        self.listener.accept().map(|(stream, _)| stream)
    }

    /// Has a waiting `accept` return.
    pub(super) fn wake(&self) {
        drop(UnixStream::connect(&self.path));
    }

    pub(super) fn close(&self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// The other end; nothing where nobody listens.
pub(super) fn connect(data: &Path) -> io::Result<Option<Stream>> {
    match UnixStream::connect(data.join(FOLDER).join(SOCKET)) {
        Ok(stream) => Ok(Some(stream)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

pub(super) fn limit(stream: &Stream, timeout: Duration) -> io::Result<()> {
    stream.set_read_timeout(Some(timeout)).and_then(|()| stream.set_write_timeout(Some(timeout)))
}
