//! `papo key pair`: shows a code and waits with the key, or takes the key that waits under a code. Not here: what is
//! proven and sent, which is the client library's business.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;
use std::time::Duration;

use papo_client::pairing::{Offer, PairingError, Stranger, take};
use papo_words::t;

use super::{badge, failure as key_failure, folder, tell};
use crate::exit::{Exit, Failure};
use crate::output;
use crate::serve::outward;
use crate::settings::{KeyPair, PairingWay};

/// Does one half of a pairing.
pub(crate) fn run(asked: KeyPair) -> Result<(), Failure> {
    let folder = folder(asked.profile)?;
    match asked.way {
        PairingWay::Take { code, may_replace } => {
            tell(&take(&code, &folder, may_replace).map_err(|error| failure(&error))?);
            Ok(())
        }
        PairingWay::Offer { host, port, within, qr } => {
            let host = host.unwrap_or_else(|| own_address().to_string());
            offer(&folder, &host, port, within, qr)
        }
    }
}

fn offer(folder: &Path, host: &str, port: u16, within: Duration, qr: Option<bool>) -> Result<(), Failure> {
    let offer = Offer::open(folder, host, port).map_err(|error| failure(&error))?;
    let code = offer.code().reveal();
    // The code alone is the data, for a script; a person reads it in the sentence.
    if !output::is_all_read() {
        output::line(&code)?;
    }
    let address = offer.code().address().to_string();
    let minutes = within.as_secs().div_ceil(60);
    output::words(&t!("cli-pair-offer", code = code.as_str(), minutes = minutes, address = address));
    if host.parse().is_ok_and(|host: IpAddr| host.is_loopback()) {
        output::words(&t!("cli-pair-alone"));
    }
    if qr.unwrap_or_else(output::is_all_read) {
        output::words(&crate::invite::drawn(&code)?);
    }
    let stranger = |Stranger { from }| output::words(&t!("cli-pair-stranger", from = from.to_string()));
    let paired = offer.wait(within, stranger).map_err(|error| failure(&error))?;
    output::words(&t!("cli-pair-done", from = paired.from.to_string(), badge = badge(&paired.member)));
    Ok(())
}

/// The address by which this computer reaches others, IPv4 before IPv6: it is shorter to type.
fn own_address() -> IpAddr {
    let shorter = outward(Ipv4Addr::UNSPECIFIED.into());
    if shorter.is_loopback() {
        let longer = outward(Ipv6Addr::UNSPECIFIED.into());
        if !longer.is_loopback() {
            return longer;
        }
    }
    shorter
}

fn failure(error: &PairingError) -> Failure {
    let exit = match error {
        PairingError::Key(error) => return key_failure(error),
        PairingError::NoCode | PairingError::Mistyped => Exit::Usage,
        PairingError::NoRandomness | PairingError::Unbound { .. } => Exit::Other,
        PairingError::Withdrawn | PairingError::Nobody { .. } | PairingError::Unreachable { .. } => {
            Exit::NoConnection
        }
        PairingError::Stranger { .. } => Exit::NotTrusted,
        PairingError::Refused { .. } | PairingError::TooMany => Exit::Refused,
        PairingError::Unconfirmed => Exit::Lost,
    };
    Failure::new(exit, error.to_string())
}
