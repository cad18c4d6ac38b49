//! `papo desktop`: from the options to the window. Not here: the window.

use papo_client::state::Place;
use papo_desktop::{Options, WindowError};

use crate::exit::{Exit, Failure};
use crate::settings::Client;

/// Shows the window until it is closed; with the room that was asked for, if one was.
pub(crate) fn run(client: Client, is_asked: bool) -> Result<(), Failure> {
    let place = is_asked.then(|| Place {
        address: client.address,
        room: client.room,
        name: client.name.clone(),
        fingerprint: client.fingerprint,
        invite: client.invite,
        ca_file: client.ca,
    });
    let options = Options { profile: client.profile, name: client.name, place };
    papo_desktop::run(options).map_err(|error| match error {
        WindowError::Local(text) => Failure::local(text),
        WindowError::NoDisplay(_) => Failure::new(Exit::Other, error.to_string()),
    })
}
