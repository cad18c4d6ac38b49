//! `papo desktop`: from the options to the window, or to what the system does with links. Not here: the window.

use std::path::PathBuf;

use papo_client::state::Place;
use papo_desktop::{Options, WindowError};
use papo_words::t;

use crate::exit::{Exit, Failure};
use crate::output;
use crate::settings::{Client, Desktop};

/// Shows the window until it is closed, or does what else was asked for.
pub(crate) fn run(asked: Desktop) -> Result<(), Failure> {
    match asked {
        Desktop::Show { client, is_asked, link, frame_times } => show(*client, is_asked, link, frame_times),
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
fn show(
    client: Client,
    is_asked: bool,
    link: Option<String>,
    frame_times: Option<PathBuf>,
) -> Result<(), Failure> {
    let place = (is_asked && link.is_none()).then(|| Place {
        address: client.address,
        room: client.room,
        name: client.name.clone(),
        fingerprint: client.fingerprint,
        invite: client.invite,
        ca_file: client.ca,
        others: client.others,
    });
    let options = Options { profile: client.profile, name: client.name, place, link, frame_times };
    papo_desktop::run(options).map_err(|error| match error {
        WindowError::Local(text) => Failure::local(text),
        WindowError::NoDisplay(_) => Failure::new(Exit::Other, error.to_string()),
    })
}
