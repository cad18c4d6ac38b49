//! The thread that waits with the key for another device, or fetches it from one. Not here: what is proven and sent, which
//! the client library knows, and what follows when it is done.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use papo_client::Identity;
use papo_client::pairing::{
    Offer, Paired, PairingCode, PairingError, Stranger, WITHIN, Withdrawal, take_while,
};
use papo_client::protected::Imported;
use papo_client::state::{Happening, Offering, Pairing};
use papo_proto::Timestamp;
use papo_server::outward;
use papo_words::t;

use crate::app;

/// The key that was fetched, until the window is its person.
pub(crate) type Fetched = Arc<Mutex<Option<Identity>>>;

/// A pairing that is going on. Dropping it gives it up; its thread is not waited for, since somebody on the other side may
/// take a while to notice.
pub(crate) struct Going {
    is_given_up: Arc<AtomicBool>,
    withdrawal: Arc<Mutex<Option<Withdrawal>>>,
}

impl Going {
    /// Waits with the key of the profile in this folder.
    pub(crate) fn offer(
        folder: PathBuf,
        tell: impl Fn(Happening) + Clone + Send + 'static,
    ) -> io::Result<Self> {
        Self::start(tell, true, move |going, tell| going.wait(&folder, tell))
    }

    /// Fetches the key that waits under this code, in the place of the one in this folder.
    pub(crate) fn take(
        folder: PathBuf,
        code: PairingCode,
        fetched: Fetched,
        tell: impl Fn(Happening) + Clone + Send + 'static,
    ) -> io::Result<Self> {
        Self::start(tell, false, move |going, _| {
            let imported = take_while(&code, &folder, true, || !going.is_given_up())?;
            Ok(match imported {
                Imported::Same(member) => Pairing::Same(member),
                Imported::Done { member, old } => {
                    let identity = Identity::load_or_make(&folder)
                        .map_err(papo_client::protected::ProtectedError::from)?;
                    *fetched.lock().unwrap_or_else(PoisonError::into_inner) = Some(identity);
                    Pairing::Taken { member, old }
                }
            })
        })
    }

    fn start<Tell: Fn(Happening) + Clone + Send + 'static>(
        tell: Tell,
        is_offer: bool,
        work: impl FnOnce(&Self, &Tell) -> Result<Pairing, PairingError> + Send + 'static,
    ) -> io::Result<Self> {
        let going = Self { is_given_up: Arc::default(), withdrawal: Arc::default() };
        let (is_given_up, withdrawal) = (Arc::clone(&going.is_given_up), Arc::clone(&going.withdrawal));
        let run = move || {
            let going = Self { is_given_up, withdrawal };
            match work(&going, &tell) {
                Ok(pairing) => tell(Happening::Pairing(pairing)),
                // The person who has given it up knows.
                Err(_) if going.is_given_up() => {}
                Err(error) => {
                    tell(Happening::Pairing(Pairing::Failed { is_offer, text: words(&error) }));
                }
            }
        };
        thread::Builder::new().name("papo-pairing".to_owned()).spawn(run)?;
        Ok(going)
    }

    fn is_given_up(&self) -> bool {
        self.is_given_up.load(Ordering::Acquire)
    }

    fn wait(&self, folder: &std::path::Path, tell: &impl Fn(Happening)) -> Result<Pairing, PairingError> {
        let own = own_address();
        let offer = Offer::open(folder, &own.to_string(), 0)?;
        *self.withdrawal.lock().unwrap_or_else(PoisonError::into_inner) = Some(offer.withdrawal());
        // It may have been given up before there was something to take back.
        if self.is_given_up() {
            return Err(PairingError::Withdrawn);
        }
        let lasting_ms = u64::try_from(WITHIN.as_millis()).unwrap_or(u64::MAX);
        let ends = Timestamp::from_unix_ms(app::now().unix_ms().saturating_add(lasting_ms));
        let is_alone = own.is_loopback();
        let mut offering = Offering { code: offer.code().clone(), ends, is_alone, strangers: 0 };
        tell(Happening::Pairing(Pairing::Offering(offering.clone())));
        let stranger = |_: Stranger| {
            offering.strangers += 1;
            if !self.is_given_up() {
                tell(Happening::Pairing(Pairing::Offering(offering.clone())));
            }
        };
        let Paired { member, from } = offer.wait(WITHIN, stranger)?;
        Ok(Pairing::Given { from, member })
    }
}

impl Drop for Going {
    fn drop(&mut self) {
        self.is_given_up.store(true, Ordering::Release);
        if let Some(withdrawal) = self.withdrawal.lock().unwrap_or_else(PoisonError::into_inner).take() {
            withdrawal.withdraw();
        }
    }
}

/// The address by which this computer reaches others, IPv4 before IPv6: it is shorter to type. The loopback where it
/// reaches none.
fn own_address() -> IpAddr {
    let outside = |from: IpAddr| outward(from).filter(|address| !address.is_loopback());
    outside(Ipv4Addr::UNSPECIFIED.into())
        .or_else(|| outside(Ipv6Addr::UNSPECIFIED.into()))
        .unwrap_or_else(|| Ipv4Addr::LOCALHOST.into())
}

/// What was wrong, with a remedy that the window has.
fn words(error: &PairingError) -> String {
    match error {
        PairingError::Nobody { .. } => t!("screen-pair-nobody"),
        PairingError::TooMany => t!("screen-pair-too-many"),
        PairingError::Unreachable { address, cause } => {
            t!("screen-pair-unreachable", address = %address, cause = papo_words::system(cause))
        }
        PairingError::Stranger { address } => t!("screen-pair-not-it", address = %address),
        PairingError::Unbound { cause, .. } => t!("screen-pair-unbound", cause = papo_words::system(cause)),
        other => other.to_string(),
    }
}
