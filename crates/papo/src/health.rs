//! `papo health`: whether the server on this computer is ready, as an exit code, for containers and service managers
//! that have no other program at hand. Not here: what a server looks at to know it.

use std::time::Duration;

use papo_client::Trust;
use papo_client::text::for_terminal;
use papo_client::transport::health::{Health, ask};
use papo_words::t;

use crate::chat;
use crate::exit::{Exit, Failure};
use crate::invite;
use crate::output;
use crate::settings;

/// How long the answer may take: less than whoever asks waits for this program.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// Asks, and says what came of it.
pub(crate) fn run(asked: &settings::Health) -> Result<(), Failure> {
    // The server proves that it is the one of this folder: whoever else has taken the port is not healthy.
    let trust = Trust { fingerprint: Some(invite::fingerprint(&asked.data)?), ..Trust::default() };
    match ask(&asked.address, &trust, ANSWER_WITHIN) {
        Ok(Health::Ready) => output::line(&t!("cli-health-ready", address = %asked.address)),
        Ok(Health::NotReady(why)) => {
            let why = for_terminal(&why);
            Err(Failure::new(Exit::Other, t!("cli-health-not-ready", address = %asked.address, why = why)))
        }
        Err(cause) => Err(chat::failure(&cause)),
    }
}
