//! The key that one is goes to another device by a code that is typed there. One device [offers](Offer) it and waits
//! for a connection; the other [takes](take) it. Not here: how the code is shown, and a key in a file
//! ([`crate::protected`]).
//!
//! The code is `HOST:PORT/SECRET`: where the first device waits, and 80 random bits. The two speak TLS 1.3 with each
//! other, under a certificate that says nothing; then each proves that it knows the secret by an HMAC over the TLS
//! exporter of this very connection. Whoever sits in between has two connections with two exporters, and can neither
//! pass a proof on nor make one. What was recorded stays closed, also to somebody who finds the code later.
//!
//! On the wire, behind the handshake (ALPN `papo-pair/1`): 32 bytes, the proof of the one who takes; then 32 bytes,
//! the proof of the one who offers, a length (16 bits, big-endian), and the file `identity.key`; then one byte, 1: the
//! key is on the disk. A proof is HMAC-SHA-256 under the secret, over `papo pair 1`, a zero byte, `T` (takes) or `O`
//! (offers), and the exporter (RFC 9266).

mod channel;
mod code;
mod error;
mod offer;
mod take;

use std::time::Duration;

pub use code::PairingCode;
pub use error::PairingError;
pub use offer::{Offer, Paired, Stranger, Withdrawal};
pub use take::{take, take_while};

/// How long a code lives where it is not said.
pub const WITHIN: Duration = Duration::from_mins(10);

/// The longest key file that goes over, in bytes. An Ed25519 key takes about 150.
const KEY_BYTES_MAX: usize = 4096;

/// What the one who takes says when the key is on the disk.
const KEPT: u8 = 1;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::net::{SocketAddr, TcpListener, TcpStream};
    use std::path::Path;
    use std::sync::Arc;
    use std::thread;

    use papo_proto::Address;
    use rustls::pki_types::ServerName;
    use rustls::{ClientConnection, ServerConnection};

    use super::channel::{Channel, PROOF_BYTES, Side, offering, taking};
    use super::*;
    use crate::identity::{Identity, file_in};
    use crate::protected::Imported;

    const PATIENCE: Duration = Duration::from_mins(1);

    fn listener() -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        (listener, address)
    }

    fn answering(listener: &TcpListener) -> Channel<ServerConnection, rustls::server::ServerConnectionData> {
        let tls = ServerConnection::new(Arc::new(offering().unwrap())).unwrap();
        Channel::open(tls, listener.accept().unwrap().0, PATIENCE).unwrap()
    }

    fn asking(address: &Address) -> Channel<ClientConnection, rustls::client::ClientConnectionData> {
        let name = ServerName::try_from(address.host.clone()).unwrap();
        let tls = ClientConnection::new(Arc::new(taking().unwrap()), name).unwrap();
        let socket = TcpStream::connect((address.host.as_str(), address.port)).unwrap();
        Channel::open(tls, socket, PATIENCE).unwrap()
    }

    fn is_empty(folder: &Path) -> bool {
        !file_in(folder).exists()
    }

    /// Invariant: who takes a key believes nobody who does not know the code, whatever they send.
    #[test]
    fn nothing_is_taken_from_somebody_who_does_not_know_the_code() {
        let world = tempfile::tempdir().unwrap();
        let (theirs, ours) = (world.path().join("theirs"), world.path().join("ours"));
        Identity::load_or_make(&theirs).unwrap();
        let pem = fs::read(file_in(&theirs)).unwrap();
        let (listener, address) = listener();
        let address = Address::new(address.ip().to_string(), address.port());
        let (code, guess) = (PairingCode::new(address.clone()).unwrap(), PairingCode::new(address).unwrap());
        thread::scope(|scope| {
            let taking = scope.spawn(|| take(&code, &ours, false));
            let mut channel = answering(&listener);
            let mut proof = [0; PROOF_BYTES];
            channel.read(&mut proof).unwrap();
            assert!(channel.is_proof(&code, Side::Takes, &proof));
            assert!(!channel.is_proof(&code, Side::Offers, &proof), "it cannot be sent back");
            let len = u16::try_from(pem.len()).unwrap().to_be_bytes();
            let forged = channel.proof(&guess, Side::Offers);
            channel.write(&[forged.as_ref(), &len, &pem].concat()).unwrap();
            assert!(matches!(taking.join().unwrap(), Err(PairingError::Stranger { .. })));
        });
        assert!(is_empty(&ours));
    }

    /// Invariant: who sits between the two and passes on what they say gets nothing, and the code is still good.
    #[test]
    fn who_sits_in_between_gets_nothing() {
        let world = tempfile::tempdir().unwrap();
        let (has, wants) = (world.path().join("has"), world.path().join("wants"));
        let member = Identity::load_or_make(&has).unwrap().member_id();
        let offer = Offer::open(&has, "127.0.0.1", 0).unwrap();
        let code = offer.code().clone();
        let (between, address) = listener();
        // The same secret, at the address of the one in between.
        let led_astray = code.moved_to(Address::new(address.ip().to_string(), address.port()));
        thread::scope(|scope| {
            let mut strangers = 0;
            let waiting = scope.spawn(move || {
                let paired = offer.wait(PATIENCE, |_| strangers += 1);
                (paired, strangers)
            });
            let taking = scope.spawn(|| take(&led_astray, &wants, false));
            let (mut here, mut there) = (answering(&between), asking(code.address()));
            let mut proof = [0; PROOF_BYTES];
            here.read(&mut proof).unwrap();
            there.write(&proof).unwrap();
            assert!(there.read(&mut proof).is_err(), "the device with the key says nothing");
            drop(here);
            assert!(matches!(taking.join().unwrap(), Err(PairingError::Refused { .. })));
            assert!(is_empty(&wants));

            assert_eq!(take(&code, &wants, false).unwrap(), Imported::Done { member, old: None });
            let (paired, strangers) = waiting.join().unwrap();
            assert!(paired.is_ok() && strangers == 1, "{paired:?} {strangers}");
        });
        assert_eq!(fs::read(file_in(&wants)).unwrap(), fs::read(file_in(&has)).unwrap());
    }

    /// Invariant: whoever comes with something else than TLS, or with nothing, does not use the code up.
    #[test]
    fn a_code_outlives_those_who_do_not_speak_its_language() {
        let world = tempfile::tempdir().unwrap();
        let (has, wants) = (world.path().join("has"), world.path().join("wants"));
        Identity::load_or_make(&has).unwrap();
        let offer = Offer::open(&has, "127.0.0.1", 0).unwrap();
        let code = offer.code().clone();
        thread::scope(|scope| {
            let waiting = scope.spawn(|| offer.wait(PATIENCE, |stranger| panic!("{stranger:?}")));
            let place = (code.address().host.as_str(), code.address().port);
            drop(TcpStream::connect(place).unwrap());
            std::io::Write::write_all(&mut TcpStream::connect(place).unwrap(), b"GET / HTTP/1.1\r\n\r\n")
                .unwrap();
            drop(asking(code.address()));
            take(&code, &wants, false).unwrap();
            waiting.join().unwrap().unwrap();
        });
    }

    /// Invariant: who takes an offer back gives nothing, and who gives up gets nothing, however far it has come.
    #[test]
    fn what_was_given_up_is_over_at_once() {
        let world = tempfile::tempdir().unwrap();
        let (has, wants) = (world.path().join("has"), world.path().join("wants"));
        Identity::load_or_make(&has).unwrap();
        let offer = Offer::open(&has, "127.0.0.1", 0).unwrap();
        let withdrawal = offer.withdrawal();
        thread::scope(|scope| {
            let waiting = scope.spawn(|| offer.wait(PATIENCE, |_| {}));
            withdrawal.withdraw();
            assert!(matches!(waiting.join().unwrap(), Err(PairingError::Withdrawn)));
        });

        let offer = Offer::open(&has, "127.0.0.1", 0).unwrap();
        let (code, withdrawal) = (offer.code().clone(), offer.withdrawal());
        thread::scope(|scope| {
            let waiting = scope.spawn(|| offer.wait(PATIENCE, |_| {}));
            // It is taken back while somebody is there who has shown nothing yet.
            let mut there = asking(code.address());
            withdrawal.withdraw();
            let ours = there.proof(&code, Side::Takes);
            let mut theirs = [0; PROOF_BYTES];
            let got = there.write(ours.as_ref()).and_then(|()| there.read(&mut theirs));
            assert!(got.is_err(), "the key does not come");
            assert!(matches!(waiting.join().unwrap(), Err(PairingError::Withdrawn)));
        });

        let offer = Offer::open(&has, "127.0.0.1", 0).unwrap();
        let code = offer.code().clone();
        thread::scope(|scope| {
            let waiting = scope.spawn(|| offer.wait(PATIENCE, |_| {}));
            let asked = std::cell::Cell::new(0);
            // Wanted when the two meet, and no longer when the key has come.
            let is_wanted = || asked.replace(asked.get() + 1) == 0;
            let taken = take_while(&code, &wants, false, is_wanted);
            assert!(matches!(taken, Err(PairingError::Withdrawn)));
            assert!(is_empty(&wants));
            assert!(matches!(waiting.join().unwrap(), Err(PairingError::Unconfirmed)));
        });
    }
}
