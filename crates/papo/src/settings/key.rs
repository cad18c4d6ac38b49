//! What the options of key mean.

use std::path::PathBuf;

use crate::args::{KeyArguments, KeyExportArguments, KeyImportArguments};
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
