//! `papo invite`: the link that lets others in, made from what the server last said into its folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use papo_proto::{Address, Invite};
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

use crate::exit::{Exit, Failure};
use crate::output;
use crate::settings;

/// Where a server leaves its invite: address and fingerprint, as it last had them.
fn file(data: &Path) -> PathBuf {
    data.join("invite")
}

/// Keeps the invite of a server that has just been started.
pub(crate) fn remember(data: &Path, invite: &Invite) -> Result<(), Failure> {
    let path = file(data);
    let draft = data.join("invite.new");
    // Renamed into place, so that a reader never meets half a link.
    fs::write(&draft, format!("{invite}\n")).and_then(|()| fs::rename(&draft, &path)).map_err(|error| {
        Failure::local(format!(
            "{} cannot be written: {error}; check the folder's permissions",
            path.display()
        ))
    })
}

/// Prints the invite, and draws it if that was asked for.
pub(crate) fn run(asked: settings::Invite) -> Result<(), Failure> {
    let invite = Invite { room: asked.room, ..known(&asked.data, asked.address)? };
    let link = invite.to_string();
    output::line(&link)?;
    if asked.qr {
        output::words(&drawn(&link)?);
    }
    Ok(())
}

/// The server's last invite, with another address if there is one.
fn known(data: &Path, address: Option<Address>) -> Result<Invite, Failure> {
    let path = file(data);
    let never = || {
        Failure::local(format!(
            "no server has been started with the folder {} yet: start one with `papo serve`, or name its folder with --data DIR",
            data.display()
        ))
    };
    let text = fs::read_to_string(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => never(),
        _ => Failure::local(format!("{} cannot be read: {error}; check its permissions", path.display())),
    })?;
    let last: Invite = text.parse().map_err(|error| {
        Failure::local(format!(
            "{} is damaged ({error}): the next `papo serve` writes it anew",
            path.display()
        ))
    })?;
    Ok(Invite { address: address.unwrap_or_else(|| last.address.clone()), ..last })
}

/// A link as a QR code of half blocks. Light squares are the ones drawn, as terminals are mostly dark.
fn drawn(link: &str) -> Result<String, Failure> {
    let code = QrCode::new(link).map_err(|error| {
        Failure::new(Exit::Other, format!("the link does not fit into a QR code: {error}"))
    })?;
    Ok(code.render().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build())
}

#[cfg(test)]
mod tests {
    use papo_proto::{Fingerprint, RoomName};

    use super::*;

    #[test]
    fn a_qr_code_is_square_and_not_empty() {
        let invite = Invite {
            address: Address::default(),
            room: RoomName::default(),
            fingerprint: Fingerprint([1; 32]),
        };
        let drawn = drawn(&invite.to_string()).unwrap();
        let rows: Vec<usize> = drawn.lines().map(|row| row.chars().count()).collect();
        assert!(rows.iter().all(|&width| width == rows[0]), "{rows:?}");
        assert_eq!(rows.len(), rows[0].div_ceil(2), "a character holds two squares, one above the other");
        assert!(drawn.contains('█') && drawn.contains(' '));
    }
}
