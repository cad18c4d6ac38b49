//! Shows what was said as a notification of the system (the Desktop Notifications Specification on Linux, the
//! systems' own elsewhere), and hears a click on one where the system tells of it. Not here: whom to tell of what, and
//! what a click leads to, which the state decides.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use papo_client::state::{Happening, Notification};
use papo_client::text;
use papo_words::t;

/// How many notifications wait for the system at most. More at once would tell nobody anything.
const WAITING_MAX: usize = 8;

/// How much of a message is shown, in characters.
const SHOWN_CHARS_MAX: usize = 240;

/// The thread that talks to the system, which may take its time. Where there is nothing that shows
/// notifications, nothing happens.
pub(crate) struct Notifier {
    waiting: Option<SyncSender<Shown>>,
}

/// A notification in words, and what a click on it tells.
struct Shown {
    summary: String,
    body: String,
    open: String,
    clicked: Happening,
}

impl Notifier {
    /// Starts the thread; it tells of clicks.
    pub(crate) fn start(tell: impl Fn(Happening) + Clone + Send + 'static) -> Self {
        let (sender, waiting) = sync_channel::<Shown>(WAITING_MAX);
        let work = move || {
            for shown in waiting {
                show(shown, tell.clone());
            }
        };
        let started = thread::Builder::new().name("papo-notifier".to_owned()).spawn(work);
        Self { waiting: started.is_ok().then_some(sender) }
    }

    /// Shows one, or none where too many wait already.
    pub(crate) fn show(&self, notification: &Notification) {
        if let Some(waiting) = &self.waiting {
            let Notification { room, seq, title, from, text } = notification;
            let (summary, body) = words(title, from, text);
            let clicked = Happening::NotificationClicked(*room, *seq);
            waiting.try_send(Shown { summary, body, open: t!("window-notify-open"), clicked }).ok();
        }
    }
}

fn show(shown: Shown, tell: impl Fn(Happening) + Send + 'static) {
    let mut notification = notify_rust::Notification::new();
    notification.appname("papo").summary(&shown.summary).body(&shown.body).icon("papo");
    let clicked = shown.clicked;
    if let Err(error) = system::show(&mut notification, &shown.open, move || tell(clicked)) {
        tracing::debug!(%error, "no notification could be shown");
    }
}

#[cfg(target_os = "linux")]
use super::linux as system;

/// Elsewhere a click calls the program to the front by itself, and tells it nothing.
#[cfg(not(target_os = "linux"))]
mod system {
    pub(super) fn show(
        notification: &mut notify_rust::Notification,
        _open: &str,
        _on_click: impl FnOnce() + Send + 'static,
    ) -> notify_rust::error::Result<()> {
        notification.show().map(drop)
    }
}

/// What stands above and what below it. The body is markup to some systems, so nothing of it may be.
fn words(title: &str, from: &str, said: &str) -> (String, String) {
    let line = |text: &str| text::for_terminal_line(text).into_owned();
    if from.is_empty() {
        return (line(title), t!("window-notify-hidden"));
    }
    let summary = t!("window-notify-title", name = line(from), room = line(title));
    let shown: String = said.chars().take(SHOWN_CHARS_MAX).collect();
    (summary, text::for_terminal(&shown).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
}

#[cfg(test)]
mod tests {
    use papo_words::{Language, in_language};

    use super::*;

    /// Invariant: no text of a peer is markup or moves a cursor.
    #[test]
    fn what_peers_say_is_no_markup() {
        let (summary, body) =
            in_language(Language::English, || words("lobby", "An\u{202e}a", "<b>\u{1b}[31m & co"));
        assert!(!summary.contains('\u{202e}') && summary.contains("lobby"), "{summary}");
        assert!(body.starts_with("&lt;b&gt;") && body.ends_with("&amp; co"), "{body}");
        assert!(!body.contains('\u{1b}'), "{body}");
    }

    #[test]
    fn what_is_hidden_is_not_told() {
        let (summary, body) = in_language(Language::English, || words("lobby", "", ""));
        assert_eq!((summary.as_str(), body.as_str()), ("lobby", "A new message"));
    }
}
