//! `papo key`: takes the key that one is out of the profile and into another one: protected by a passphrase, or by a
//! code (`pair`). Not here: the form of the file and what goes over the wire, which is the client library's business.

pub(crate) mod pair;

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use papo_client::profile::{ProfileError, default_folder};
use papo_client::protected::{Export, Import, Imported, Passphrase, ProtectedError};
use papo_proto::MemberId;
use papo_words::{system, t};

use crate::exit::{Exit, Failure};
use crate::output;
use crate::settings::{KeyExport, KeyFile, KeyImport};

/// Writes the key into a file.
pub(crate) fn export(asked: KeyExport) -> Result<(), Failure> {
    let KeyFile { file, profile, passphrase } = asked.0;
    // What can fail without a passphrase fails before somebody thinks of one.
    let export = Export::of(&folder(profile)?, file.clone()).map_err(|error| failure(&error))?;
    let passphrase = match passphrase {
        Some(from) => Passphrase::read(&from).map_err(|error| failure(&error))?,
        None => asked_twice()?,
    };
    let member = export.write(&passphrase).map_err(|error| failure(&error))?;
    output::words(&t!("cli-key-exported", badge = badge(&member), file = %file.display()));
    Ok(())
}

/// Takes the key in a file for one's own.
pub(crate) fn import(asked: KeyImport) -> Result<(), Failure> {
    let KeyFile { file, profile, passphrase } = asked.file;
    let import = Import::open(&folder(profile)?, file, asked.replace).map_err(|error| failure(&error))?;
    let passphrase = match passphrase {
        Some(from) => Passphrase::read(&from).map_err(|error| failure(&error))?,
        None => ask(&t!("cli-passphrase"))?,
    };
    tell(&import.finish(&passphrase).map_err(|error| failure(&error))?);
    Ok(())
}

/// Says who one is now.
fn tell(imported: &Imported) {
    match imported {
        Imported::Done { member, old } => {
            output::words(&t!("cli-key-imported", badge = badge(member)));
            if let Some(old) = old {
                output::words(&kept(old));
            }
        }
        Imported::Same(member) => output::words(&t!("cli-key-same", badge = badge(member))),
    }
}

fn kept(old: &Path) -> String {
    t!("cli-key-kept", file = %old.display())
}

fn badge(member: &MemberId) -> String {
    format!("#{}", member.badge())
}

fn folder(named: Option<PathBuf>) -> Result<PathBuf, Failure> {
    named.or_else(default_folder).ok_or_else(|| Failure::local(ProfileError::NoHome.to_string()))
}

/// A new passphrase: a slip of the finger would lock the key away for good.
fn asked_twice() -> Result<Passphrase, Failure> {
    let passphrase = ask(&t!("cli-passphrase-new"))?;
    passphrase.check_new().map_err(|error| failure(&error))?;
    if !passphrase.is_same(&ask(&t!("cli-passphrase-again"))?) {
        return Err(Failure::usage(t!("cli-passphrase-differs")));
    }
    Ok(passphrase)
}

/// Asks at the terminal, without showing what is typed.
fn ask(question: &str) -> Result<Passphrase, Failure> {
    // A script that has a terminal somewhere must not wait at it unseen.
    if !io::stdin().is_terminal() {
        return Err(Failure::usage(t!("cli-passphrase-no-terminal")));
    }
    let typed = rpassword::prompt_password(format!("{question} "));
    typed
        .map(Passphrase::new)
        .map_err(|error| Failure::new(Exit::Other, t!("cli-passphrase-unread", cause = system(&error))))
}

fn failure(error: &ProtectedError) -> Failure {
    match error {
        ProtectedError::PassphraseShort => Failure::usage(error.to_string()),
        _ => Failure::local(error.to_string()),
    }
}
