//! A change of the room in words: who was put out, who may speak. Not here: who may do such a thing.

use papo_client::text::for_terminal_line;
use papo_proto::Member;
use papo_proto::act::{Act, Role, Whom};
use papo_words::t;

use super::parts;

/// What was done, by whom, as one sentence.
pub(super) fn in_words(from: &Member, act: &Act) -> String {
    let who = if from.id.is_operator() { t!("window-act-operator") } else { parts::name(from) };
    let done = match act {
        Act::Kick { whom, .. } => t!("window-act-kick", who = who, whom = name(whom)),
        Act::Ban { whom, .. } => t!("window-act-ban", who = who, whom = name(whom)),
        Act::Unban { whom } => t!("window-act-unban", who = who, whom = name(whom)),
        Act::Mute { whom, .. } => t!("window-act-mute", who = who, whom = name(whom)),
        Act::Unmute { whom } => t!("window-act-unmute", who = who, whom = name(whom)),
        Act::Slow { seconds: Some(0) } => t!("window-act-slow-off", who = who),
        Act::Slow { seconds: Some(seconds) } => t!("window-act-slow", who = who, seconds = *seconds),
        Act::Slow { seconds: None } => t!("window-act-slow-auto", who = who),
        Act::Announce { on: true } => t!("window-act-announce", who = who),
        Act::Announce { on: false } => t!("window-act-announce-off", who = who),
        Act::Lock { on: true, .. } => t!("window-act-lock", who = who),
        Act::Lock { on: false, .. } => t!("window-act-lock-off", who = who),
        Act::Op { whom, role: Role::Owner } => t!("window-act-owner", who = who, whom = name(whom)),
        Act::Op { whom, .. } => t!("window-act-op", who = who, whom = name(whom)),
        Act::Deop { whom } => t!("window-act-deop", who = who, whom = name(whom)),
        Act::Invite { .. } => t!("window-act-invite", who = who),
        Act::Revoke { .. } => t!("window-act-revoke", who = who),
        Act::Enter { .. } => t!("window-act-enter", who = who),
        Act::Unknown => t!("window-unknown"),
    };
    match act.why() {
        Some(why) => format!("{done} {}", t!("window-act-why", why = for_terminal_line(why).into_owned())),
        None => done,
    }
}

fn name(whom: &Whom) -> String {
    match &whom.name {
        Some(name) => for_terminal_line(name.as_str()).into_owned(),
        None => format!("#{}", whom.id.badge()),
    }
}
