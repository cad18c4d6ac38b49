//! `papo desktop`: from the options to the window, or to what the system does with links. Not here: the window.

use std::path::{Path, PathBuf};

use papo_client::state::Place;
use papo_desktop::{Options, WindowError};
use papo_words::t;

use crate::args::DesktopArguments;
use crate::exit::{Exit, Failure};
use crate::language;
use crate::layers::Layers;
use crate::output;
use crate::settings::{self, Desktop};

/// Shows the window until it is closed, or does what else was asked for. Whoever opens it from the menu of programs
/// reads nothing that is printed: what is wrong with the configuration file is shown in the window as well.
pub(crate) fn run(
    typed: &DesktopArguments,
    config: Option<&PathBuf>,
    lang: Option<&String>,
) -> Result<(), Failure> {
    let asked = |layers: &Layers| {
        language::check(lang.cloned(), layers)?;
        settings::desktop(typed.clone(), layers)
    };
    let with_file = Layers::load(config.cloned()).and_then(|layers| {
        layers.warn();
        asked(&layers)
    });
    let failure = match with_file {
        Ok(asked) => return act(asked, None),
        Err(failure) => failure,
    };
    // Whose key and rooms are shown is nothing to be guessed: where the file cannot say it, and nobody else does, there is
    // no window.
    let is_profile_typed = typed.client.profile.is_some();
    let Some(layers) = Layers::with_profile_alone(config.cloned(), is_profile_typed) else {
        return Err(failure);
    };
    // Whatever else is wrong is so without the file too.
    match asked(&layers) {
        Ok(asked @ Desktop::Show { .. }) if layers.config_path().is_some_and(Path::exists) => {
            output::words(&failure.text);
            act(asked, Some(failure.text))
        }
        _ => Err(failure),
    }
}

fn act(asked: Desktop, fault: Option<String>) -> Result<(), Failure> {
    match asked {
        asked @ Desktop::Show { .. } => show(asked, fault),
        Desktop::InstallLinks(profile) => {
            let installed = papo_desktop::install_links(profile.as_deref())
                .map_err(|error| Failure::local(error.to_string()))?;
            for file in &installed.files {
                output::line(&file.display().to_string())?;
            }
            output::words(&if installed.is_usual { t!("cli-links-here") } else { t!("cli-links-unsure") });
            Ok(())
        }
        Desktop::RemoveLinks => {
            let gone = papo_desktop::remove_links().map_err(|error| Failure::local(error.to_string()))?;
            for file in &gone {
                output::line(&file.display().to_string())?;
            }
            output::words(&t!("cli-links-removed", count = gone.len()));
            Ok(())
        }
    }
}

/// Shows the window; with the room that was asked for, if one was.
fn show(asked: Desktop, fault: Option<String>) -> Result<(), Failure> {
    let Desktop::Show { client, is_asked, link, frame_times, configuration, name_from } = asked else {
        return Ok(());
    };
    let client = *client;
    let place = (is_asked && link.is_none()).then(|| Place {
        address: client.address,
        room: client.room,
        name: client.name.clone(),
        fingerprint: client.fingerprint,
        invite: client.invite,
        ca_file: client.ca,
        others: client.others,
    });
    let (profile, name) = (client.profile, client.name);
    let options = Options { profile, name, name_from, configuration, fault, place, link, frame_times };
    papo_desktop::run(options).map_err(|error| match error {
        WindowError::Local(text) => Failure::local(text),
        WindowError::NoDisplay(_) => Failure::new(Exit::Other, error.to_string()),
    })
}
