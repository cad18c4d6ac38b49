//! Elsewhere: a port on the loopback address, and a secret in a file that only its owner may read, which whoever
//! connects has to send first.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use papo_proto::id::base32;

use crate::files;

/// The file with port and secret, in the server's folder.
const FILE: &str = "control.txt";

/// How many characters the secret has.
const SECRET_CHARS: usize = 32;

/// How long whoever connects may take to send the secret.
const SECRET_TIMEOUT: Duration = Duration::from_secs(2);

pub(super) type Stream = TcpStream;

/// The listening end.
#[derive(Debug)]
pub(super) struct Door {
    path: PathBuf,
    secret: String,
    listener: TcpListener,
}

impl Door {
    pub(super) fn open(data: &Path) -> io::Result<Self> {
        let mut random = [0; 20];
        aws_lc_rs::rand::fill(&mut random)
            .map_err(|_| io::Error::other("the system gives no random numbers"))?;
        let (secret, path) = (base32().encode(&random), data.join(FILE));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let _ = fs::remove_file(&path);
        files::write_for_owner(&path, format!("{port} {secret}").as_bytes())?;
        Ok(Self { path, secret, listener })
    }

    pub(super) fn accept(&self) -> io::Result<Stream> {
        let (mut stream, _) = self.listener.accept()?;
        stream.set_read_timeout(Some(SECRET_TIMEOUT))?;
        let mut sent = [0; SECRET_CHARS];
        stream.read_exact(&mut sent)?;
        let same = aws_lc_rs::constant_time::verify_slices_are_equal(&sent, self.secret.as_bytes());
        same.map(|()| stream).map_err(|_| io::ErrorKind::PermissionDenied.into())
    }

    /// Has a waiting `accept` return.
    pub(super) fn wake(&self) {
        if let Ok(address) = self.listener.local_addr() {
            drop(TcpStream::connect(address));
        }
    }

    pub(super) fn close(&self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// The other end; nothing where nobody listens.
pub(super) fn connect(data: &Path) -> io::Result<Option<Stream>> {
    let Ok(text) = fs::read_to_string(data.join(FILE)) else { return Ok(None) };
    let found = text.split_once(' ').and_then(|(port, secret)| Some((port.parse::<u16>().ok()?, secret)));
    let Some((port, secret)) = found else { return Ok(None) };
    let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else { return Ok(None) };
    stream.write_all(secret.as_bytes())?;
    Ok(Some(stream))
}

pub(super) fn limit(stream: &Stream, timeout: Duration) -> io::Result<()> {
    stream.set_read_timeout(Some(timeout)).and_then(|()| stream.set_write_timeout(Some(timeout)))
}
