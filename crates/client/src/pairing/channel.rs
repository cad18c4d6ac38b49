//! The connection between two devices that are paired: TLS, a deadline for all of it, and the proofs. Blocking, for
//! one pairing is all that its program does meanwhile. Not here: who says what when.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::ops::DerefMut;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_lc_rs::hmac;
use papo_proto::proof::{CHANNEL_BINDING_LABEL, ChannelBinding};
use rustls::client::Resumption;
use rustls::crypto::aws_lc_rs as provider;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, ConnectionCommon, Error, ServerConfig, SideData, StreamOwned};

use super::code::PairingCode;
use crate::possession::{Believe, PossessionVerifier};

/// The protocol's name in the handshake.
const ALPN: &[u8] = b"papo-pair/1";

/// What every proof begins with; see the module's description.
const LABEL: &[u8] = b"papo pair 1\0";

/// How many bytes a proof has.
pub(super) const PROOF_BYTES: usize = 32;

/// Who proves something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Offers,
    Takes,
}

/// A connection on which both have still to prove themselves.
pub(super) struct Channel<C, S>
where
    C: DerefMut<Target = ConnectionCommon<S>>,
    S: SideData,
{
    stream: StreamOwned<C, Timed>,
    binding: ChannelBinding,
}

impl<C, S> Channel<C, S>
where
    C: DerefMut<Target = ConnectionCommon<S>>,
    S: SideData,
{
    /// Shakes hands. All that is done on the channel has to be done within the time.
    pub(super) fn open(mut tls: C, socket: TcpStream, within: Duration) -> io::Result<Self> {
        socket.set_nodelay(true)?;
        let mut socket = Timed { socket, end: Instant::now() + within };
        while tls.is_handshaking() || tls.wants_write() {
            tls.complete_io(&mut socket)?;
        }
        if tls.alpn_protocol() != Some(ALPN) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let binding = tls
            .export_keying_material(ChannelBinding::default(), CHANNEL_BINDING_LABEL, None)
            .map_err(io::Error::other)?;
        Ok(Self { stream: StreamOwned::new(tls, socket), binding })
    }

    /// The proof that a side of this connection knows the code.
    pub(super) fn proof(&self, code: &PairingCode, side: Side) -> hmac::Tag {
        hmac::sign(&key(code), &self.proven(side))
    }

    /// Whether these bytes are such a proof. It takes the same time for any.
    pub(super) fn is_proof(&self, code: &PairingCode, side: Side, proof: &[u8]) -> bool {
        hmac::verify(&key(code), &self.proven(side), proof).is_ok()
    }

    fn proven(&self, side: Side) -> Vec<u8> {
        let side = match side {
            Side::Offers => b'O',
            Side::Takes => b'T',
        };
        [LABEL, &[side], &self.binding].concat()
    }

    /// Fills the buffer.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        self.stream.read_exact(buffer)
    }

    /// Sends all of it.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)?;
        self.stream.flush()
    }

    /// Says that nothing more comes. That the other side has gone already is no matter.
    pub(super) fn close(mut self) {
        self.stream.conn.send_close_notify();
        let _ = self.stream.flush();
        let _ = self.stream.sock.socket.shutdown(Shutdown::Write);
    }
}

fn key(code: &PairingCode) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, code.secret())
}

/// A socket on which everything has to be over at a point in time, however slowly bytes come.
struct Timed {
    socket: TcpStream,
    end: Instant,
}

impl Timed {
    fn left(&self) -> io::Result<Duration> {
        let left = self.end.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
    }
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.socket.set_read_timeout(Some(self.left()?))?;
        self.socket.read(buffer).map_err(timed_out)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.socket.set_write_timeout(Some(self.left()?))?;
        self.socket.write(bytes).map_err(timed_out)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}

/// Unix says of a time that is over that something would have to be waited for.
fn timed_out(error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::WouldBlock { io::ErrorKind::TimedOut.into() } else { error }
}

/// How the one who takes speaks TLS.
pub(super) fn taking() -> Result<ClientConfig, Error> {
    let provider = Arc::new(provider::default_provider());
    let mut config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(PossessionVerifier::new(AnyCertificate, provider)))
        .with_no_client_auth();
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.resumption = Resumption::disabled();
    Ok(config)
}

/// How the one who offers speaks TLS: with a certificate that is made for this once and says nothing.
pub(super) fn offering() -> Result<ServerConfig, Error> {
    let made =
        rcgen::generate_simple_self_signed(Vec::new()).map_err(|error| Error::General(error.to_string()))?;
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let mut config = ServerConfig::builder_with_provider(Arc::new(provider::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())?;
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.send_tls13_tickets = 0;
    Ok(config)
}

/// Takes any certificate whose key the other side holds: who that is, the proofs show, which are made over this very
/// connection.
#[derive(Debug)]
struct AnyCertificate;

impl Believe for AnyCertificate {
    fn believe(
        &self,
        _leaf: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _now: UnixTime,
    ) -> Result<(), Error> {
        Ok(())
    }
}
