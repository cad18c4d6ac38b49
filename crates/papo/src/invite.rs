//! `papo invite`: the link that lets others in, made from what the server last said into its folder.

use std::fs;
use std::io::{self, Write as _};
use std::path::{self, Path, PathBuf};

use papo_client::said::Said;
use papo_proto::invite::InviteError;
use papo_proto::{Address, Fingerprint, Invite, InviteSecret, RoomName};
use papo_server::certificate::{PemFiles, fingerprint_of_file};
use papo_words::{system, t};
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

use crate::exit::{Exit, Failure};
use crate::output;
use crate::settings;

/// Where a server leaves its invite: address and fingerprint, as it last had them.
fn file(data: &Path) -> PathBuf {
    data.join("invite")
}

/// Where a server leaves the path of its certificate, if that is not its own.
fn certificate_path_file(data: &Path) -> PathBuf {
    data.join("invite.certificate-path")
}

/// Where a server leaves word that its rooms are by invite.
fn access_file(data: &Path) -> PathBuf {
    data.join("invite.access")
}

/// What stands in that file.
const BY_INVITE: &str = "by-invite";

/// Whether everybody may come in who reached the server as it was last started.
pub(crate) fn is_open(data: &Path) -> bool {
    // Earlier versions left no word, and all their rooms were open.
    fs::read_to_string(access_file(data)).map_or(true, |text| text.trim_end() != BY_INVITE)
}

/// Keeps whether the rooms are open.
pub(crate) fn remember_access(data: &Path, is_open: bool) -> Result<(), Failure> {
    write(&access_file(data), if is_open { "open" } else { BY_INVITE })
}

/// Where it stands which log the server shared with others when it was last started.
fn shared_file(data: &Path) -> PathBuf {
    data.join("shared.log")
}

/// Which log the server shared with others when it was last started, if it did.
pub(crate) fn shared(data: &Path) -> Option<String> {
    fs::read_to_string(shared_file(data)).ok().map(|text| text.trim_end().to_owned())
}

/// Keeps which log the server shares.
pub(crate) fn remember_shared(data: &Path, engine: Option<&str>) -> Result<(), Failure> {
    let path = shared_file(data);
    match engine {
        Some(engine) => write(&path, engine),
        None => match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(not_written(&path, &error)),
            _ => Ok(()),
        },
    }
}

/// Whether a server has been started with this folder before.
pub(crate) fn is_known(data: &Path) -> bool {
    file(data).exists()
}

/// Keeps the invite of a server that has just been started, and where its certificate is, if that is not in its
/// own folder.
pub(crate) fn remember(data: &Path, invite: &Invite, certificate: Option<&Path>) -> Result<(), Failure> {
    let path_file = certificate_path_file(data);
    // A path that is no text cannot be kept as one; then the fingerprint stands as it was at the start.
    let certificate =
        certificate.and_then(|path| path::absolute(path).ok()?.into_os_string().into_string().ok());
    match certificate {
        Some(path) => write(&path_file, &path)?,
        None => match fs::remove_file(&path_file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(not_written(&path_file, &error));
            }
            _ => {}
        },
    }
    write(&file(data), &invite.to_string())
}

/// Writes a file of one line.
fn write(path: &Path, line: &str) -> Result<(), Failure> {
    let draft = path.with_added_extension("new");
    // Renamed into place, so that a reader never meets half a link.
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    // Whoever has an invite comes in.
    #[cfg(unix)]
    crate::unix::for_owner(&mut options);
    options
        .open(&draft)
        .and_then(|mut file| file.write_all(format!("{line}\n").as_bytes()))
        .and_then(|()| fs::rename(&draft, path))
        .map_err(|error| not_written(path, &error))
}

fn not_written(path: &Path, error: &io::Error) -> Failure {
    Failure::local(t!("cli-unwritable", file = %path.display(), cause = system(error)))
}

/// The link into a room that has this secret, as others reach the server that was last started with the folder.
pub(crate) fn link(data: &Path, room: RoomName, secret: InviteSecret) -> Result<String, Failure> {
    Ok(Invite { room, secret: Some(secret), ..known(data, None)? }.to_string())
}

/// Prints the invite, and draws it if that was asked for.
pub(crate) fn run(asked: settings::Invite) -> Result<(), Failure> {
    let known = known(&asked.data, asked.address)?;
    let fingerprint = in_use(asked.cert, &asked.data)?.unwrap_or(known.fingerprint);
    let secret =
        if is_open(&asked.data) { None } else { Some(crate::room::new_invite(&asked.data, &asked.room)?) };
    let invite = Invite { room: asked.room, fingerprint, secret, ..known };
    let link = invite.to_string();
    output::line(&link)?;
    if asked.qr.unwrap_or_else(output::is_all_read) {
        output::words(&drawn(&link)?);
    }
    Ok(())
}

/// The fingerprint of the server that was last started with this folder.
pub(crate) fn fingerprint(data: &Path) -> Result<Fingerprint, Failure> {
    let known = known(data, None)?;
    Ok(in_use(None, data)?.unwrap_or(known.fingerprint))
}

/// The fingerprint of the certificate that a running server has, where there is one.
fn in_use(named: Option<PathBuf>, data: &Path) -> Result<Option<Fingerprint>, Failure> {
    let file = certificate(named, data)?;
    file.map(|file| fingerprint_of_file(&file).map_err(|error| Failure::local(error.to_string()))).transpose()
}

/// The certificate that a running server has, or takes up within moments if the file has changed: the one that
/// was named, the one it was started with, or its own. `None` where there is none of them.
fn certificate(named: Option<PathBuf>, data: &Path) -> Result<Option<PathBuf>, Failure> {
    if named.is_some() {
        return Ok(named);
    }
    let path = certificate_path_file(data);
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some(PathBuf::from(text.trim_end_matches('\n')))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Ok(Some(PemFiles::in_folder(data).certificate).filter(|own| own.exists()))
        }
        Err(error) => {
            Err(Failure::local(t!("cli-unreadable", file = %path.display(), cause = system(&error))))
        }
    }
}

/// The server's last invite, with another address if there is one.
fn known(data: &Path, address: Option<Address>) -> Result<Invite, Failure> {
    let path = file(data);
    let never = || Failure::local(t!("cli-invite-never", folder = %data.display()));
    let text = fs::read_to_string(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => never(),
        _ => Failure::local(t!("cli-unreadable", file = %path.display(), cause = system(&error))),
    })?;
    let last: Invite = text.parse().map_err(|error: InviteError| {
        Failure::local(t!("cli-invite-damaged", file = %path.display(), cause = error.said()))
    })?;
    Ok(Invite { address: address.unwrap_or_else(|| last.address.clone()), ..last })
}

/// A link as a QR code of half blocks. Light squares are the ones drawn, as terminals are mostly dark.
pub(crate) fn drawn(link: &str) -> Result<String, Failure> {
    let code = QrCode::new(link)
        .map_err(|error| Failure::new(Exit::Other, t!("cli-invite-too-long", cause = %error)))?;
    Ok(code.render().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_qr_code_is_square_and_not_empty() {
        let invite = Invite {
            address: Address::default(),
            room: RoomName::default(),
            fingerprint: Fingerprint([1; 32]),
            secret: None,
            others: Vec::new(),
        };
        let drawn = drawn(&invite.to_string()).unwrap();
        let rows: Vec<usize> = drawn.lines().map(|row| row.chars().count()).collect();
        assert!(rows.iter().all(|&width| width == rows[0]), "{rows:?}");
        assert_eq!(rows.len(), rows[0].div_ceil(2), "a character holds two squares, one above the other");
        assert!(drawn.contains('█') && drawn.contains(' '));
    }
}
