//! What the options of key mean.

use std::path::PathBuf;
use std::time::Duration;

use papo_client::pairing::{self, PairingCode, PairingError};
use papo_client::said::Said;
use papo_proto::Address;
use papo_proto::invite::InviteError;

use super::{has_port, number, parsed};
use crate::args::{KeyArguments, KeyExportArguments, KeyImportArguments, KeyPairArguments};
use crate::exit::Failure;
use crate::layers::{Layers, Section};

/// A key's file outside of the profile, and what is needed for it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct KeyFile {
    pub(crate) file: PathBuf,
    /// The profile's folder; the platform's where it is not said.
    pub(crate) profile: Option<PathBuf>,
    /// The file with the passphrase; where there is none, the person is asked.
    pub(crate) passphrase: Option<PathBuf>,
}

/// A key to be written into a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct KeyExport(pub(crate) KeyFile);

/// A key to be taken from a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct KeyImport {
    pub(crate) file: KeyFile,
    /// Whether it may take the place of another.
    pub(crate) replace: bool,
}

/// A key that goes to another device, or comes from one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct KeyPair {
    /// The profile's folder; the platform's where it is not said.
    pub(crate) profile: Option<PathBuf>,
    pub(crate) way: PairingWay,
}

/// Which of the two devices this is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PairingWay {
    /// The one with the key.
    Offer {
        /// Where the other one reaches this one; found by itself where it is not said.
        host: Option<String>,
        /// 0 for any free one.
        port: u16,
        within: Duration,
        /// Whether the code is drawn; decided by the terminal where it is not said.
        qr: Option<bool>,
    },
    /// The one that gets it.
    Take { code: PairingCode, may_replace: bool },
}

/// What `papo key pair` is to do.
pub(crate) fn key_pair(typed: KeyPairArguments, layers: &Layers) -> Result<KeyPair, Failure> {
    let profile = layers.path(Section::Client, "profile", typed.profile)?;
    if let Some(code) = typed.code {
        let code = code.parse().map_err(|error: PairingError| Failure::usage(error.to_string()))?;
        let may_replace = layers.flag(Section::Client, "replace", typed.replace)?;
        return Ok(KeyPair { profile, way: PairingWay::Take { code, may_replace } });
    }
    let address = parsed(layers.text(Section::Client, "address", typed.address)?, |text| {
        let address: Address = text.parse().map_err(|error: InviteError| error.said())?;
        let port = if has_port(text, &address) { address.port } else { 0 };
        Ok::<_, String>((address.host, port))
    })?;
    let within = parsed(layers.text(Section::Client, "timeout", typed.timeout)?, |text| number(text, 1_u32))?;
    let (host, port) = address.map_or((None, 0), |(host, port)| (Some(host), port));
    let within = within.map_or(pairing::WITHIN, |seconds| Duration::from_secs(seconds.into()));
    let qr = layers.switch(Section::Client, "qr", typed.qr)?;
    Ok(KeyPair { profile, way: PairingWay::Offer { host, port, within, qr } })
}

/// What `papo key export` is to do.
pub(crate) fn key_export(typed: KeyExportArguments, layers: &Layers) -> Result<KeyExport, Failure> {
    key_file(typed.file, typed.key, layers).map(KeyExport)
}

/// What `papo key import` is to do.
pub(crate) fn key_import(typed: KeyImportArguments, layers: &Layers) -> Result<KeyImport, Failure> {
    Ok(KeyImport {
        replace: layers.flag(Section::Client, "replace", typed.replace)?,
        file: key_file(typed.file, typed.key, layers)?,
    })
}

fn key_file(file: PathBuf, typed: KeyArguments, layers: &Layers) -> Result<KeyFile, Failure> {
    Ok(KeyFile {
        file,
        profile: layers.path(Section::Client, "profile", typed.profile)?,
        passphrase: layers.path(Section::Client, "passphrase-file", typed.passphrase_file)?,
    })
}
