//! One window for each profile: whoever starts a second one hands over what it was to open, and ends. Not here: what
//! follows from what is handed over.
//!
//! The first window holds a lock on a file in the profile's folder, listens on a port of this computer alone, and
//! leaves port and a random word in a second file. The folder is its owner's only, so that nobody else who has an
//! account on this computer knows the word, without which nothing is taken.

use std::fs::{self, File, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use papo_client::transport::new_message_id;

/// The file that is locked while there is a window.
const LOCK: &str = "window.lock";
/// The file that says how to reach it.
const DOOR: &str = "window.door";

/// More is no link: invites have some 200 bytes.
const HANDED_BYTES_MAX: u64 = 8 * 1024;

/// How long a hand-over may take on either side, lest a program that hangs holds up another one.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the first window answers when it has taken over.
const TAKEN: &str = "taken";

/// Who is here first.
pub(crate) enum Claim {
    /// This program; it has to listen.
    First(Instance),
    /// Another one, which has taken over what was to be opened.
    Handed,
}

/// The claim of the first window, for as long as it lives.
pub(crate) struct Instance {
    lock: File,
    listener: TcpListener,
    word: String,
}

impl Instance {
    /// Claims the profile in this folder, or hands `link` over to the window that has it; an empty one only calls
    /// that window to the front.
    pub(crate) fn claim(folder: &Path, link: &str) -> io::Result<Claim> {
        let lock = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return hand_over(folder, link).map(|()| Claim::Handed),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let word = new_message_id().as_str().to_owned();
        fs::write(folder.join(DOOR), format!("{} {word}\n", listener.local_addr()?.port()))?;
        Ok(Claim::First(Self { lock, listener, word }))
    }

    /// Hears what further starts of the program hand over, until the program ends.
    pub(crate) fn listen(self, on_handed: impl Fn(String) + Send + 'static) -> io::Result<()> {
        thread::Builder::new().name("instance".into()).spawn(move || {
            let Self { lock, listener, word } = self;
            for stream in listener.incoming().flatten() {
                if let Ok(Some(link)) = take_over(stream, &word, PATIENCE) {
                    on_handed(link);
                }
            }
            drop(lock);
        })?;
        Ok(())
    }
}

/// Takes what another program hands over, if it knows the word.
fn take_over(mut stream: TcpStream, word: &str, patience: Duration) -> io::Result<Option<String>> {
    let line = line(&stream, patience)?;
    let Some((said, link)) = line.trim_end_matches('\n').split_once(' ') else { return Ok(None) };
    if said != word {
        return Ok(None);
    }
    writeln!(stream, "{TAKEN}")?;
    Ok(Some(link.to_owned()))
}

fn hand_over(folder: &Path, link: &str) -> io::Result<()> {
    let door = fs::read_to_string(folder.join(DOOR))?;
    let damaged = || io::Error::new(io::ErrorKind::InvalidData, "the window's door cannot be read");
    let (port, word) = door.trim_end().split_once(' ').ok_or_else(damaged)?;
    let port: u16 = port.parse().map_err(|_| damaged())?;
    let mut stream = TcpStream::connect_timeout(&(Ipv4Addr::LOCALHOST, port).into(), PATIENCE)?;
    writeln!(stream, "{word} {}", link.replace('\n', " "))?;
    if line(&stream, PATIENCE)?.trim_end() == TAKEN { Ok(()) } else { Err(damaged()) }
}

/// The first line that comes, if all of it comes in time.
fn line(stream: &TcpStream, patience: Duration) -> io::Result<String> {
    let mut line = String::new();
    let timed = Timed { stream, end: Instant::now() + patience };
    BufReader::new(timed.take(HANDED_BYTES_MAX)).read_line(&mut line)?;
    Ok(line)
}

/// A connection on which everything has to have come at a point in time: whoever sends a byte now and then must not keep
/// others out for ever.
struct Timed<'a> {
    stream: &'a TcpStream,
    end: Instant,
}

impl Read for Timed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.stream.set_read_timeout(Some(left))?;
        let mut stream = self.stream;
        stream.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{RecvTimeoutError, channel};

    use super::*;

    #[test]
    fn a_second_start_hands_over_what_it_was_to_open() {
        let folder = tempfile::tempdir().unwrap();
        let Claim::First(first) = Instance::claim(folder.path(), "").unwrap() else {
            panic!("nobody is here")
        };
        let (tell, told) = channel();
        first.listen(move |link| drop(tell.send(link))).unwrap();
        for link in ["https://a:12345/lobby#abc", ""] {
            assert!(matches!(Instance::claim(folder.path(), link).unwrap(), Claim::Handed));
            assert_eq!(told.recv_timeout(Duration::from_mins(1)).unwrap(), link);
        }
    }

    #[test]
    fn who_does_not_know_the_word_is_not_heard() {
        let folder = tempfile::tempdir().unwrap();
        let Claim::First(first) = Instance::claim(folder.path(), "").unwrap() else {
            panic!("nobody is here")
        };
        let port = first.listener.local_addr().unwrap().port();
        let (tell, told) = channel();
        first.listen(move |link| drop(tell.send(link))).unwrap();
        let mut stranger = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        writeln!(stranger, "guess https://evil.example/").unwrap();
        let mut answer = String::new();
        stranger.read_to_string(&mut answer).unwrap();
        assert_eq!(answer, "");
        assert!(matches!(Instance::claim(folder.path(), "mine").unwrap(), Claim::Handed));
        assert_eq!(told.recv_timeout(Duration::from_mins(1)).unwrap(), "mine");
    }

    /// Invariant: whoever sends byte after byte is let go in the end, so that the next one is heard.
    #[test]
    fn who_takes_for_ever_is_let_go() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (ended, end) = channel::<()>();
        let slow = thread::spawn(move || {
            let mut slow = TcpStream::connect(address).unwrap();
            // Far more often than the deadline, until the other side has gone.
            while end.recv_timeout(Duration::from_millis(20)) == Err(RecvTimeoutError::Timeout) {
                if slow.write_all(b"x").is_err() {
                    break;
                }
            }
        });
        let (stream, _) = listener.accept().unwrap();
        let heard = take_over(stream, "word", Duration::from_millis(200));
        let kind = heard.unwrap_err().kind();
        assert!(matches!(kind, io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock), "{kind:?}");
        drop(ended);
        slow.join().unwrap();
    }

    #[test]
    fn two_profiles_have_a_window_each() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let claims = [one.path(), other.path()].map(|folder| Instance::claim(folder, "").unwrap());
        assert!(claims.iter().all(|claim| matches!(claim, Claim::First(_))));
    }
}
