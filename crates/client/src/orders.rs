//! What `/kick Zoë spam` in a room and `papo room lobby kick Zoë spam` mean, whom a word means, and how acts are told.
//! Not here: doing them, and who may.

use papo_proto::{Act, Member, MemberId, Role, Whom};
use papo_words::t;

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Something about somebody, who is still a word.
    About {
        /// What.
        verb: Verb,
        /// About whom, as it was typed.
        whom: String,
        /// For how long; until it is taken back where it is not said.
        seconds: Option<u32>,
        /// Why, for everybody to read.
        why: Option<String>,
    },
    /// Something about the whole room.
    Act(Act),
    /// Make an invite.
    Invite {
        /// How many may come in by it; any number where it is not said.
        uses: Option<u32>,
        /// For how long it holds; for good where it is not said.
        seconds: Option<u32>,
    },
    /// Take back the invite whose id begins so.
    Revoke(String),
    /// Tell what was done.
    Audit,
    /// Tell how the room stands.
    Access,
}

/// What is to be done about somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Put out.
    Kick,
    /// Put out and let in no more.
    Ban,
    /// Take a ban back.
    Unban,
    /// Let only read.
    Mute,
    /// Let speak again.
    Unmute,
    /// Make a moderator.
    Op,
    /// Make an owner.
    Own,
    /// Take the role away.
    Deop,
}

/// Every word that [`read`] knows, without the `/`; the other words for the same are not in it.
pub const WORDS: [&str; 15] = [
    "access", "announce", "audit", "ban", "deop", "invite", "kick", "lock", "mute", "op", "revoke", "slow",
    "unban", "unlock", "unmute",
];

/// Reads a command and what stands behind it; `None` where there is no such command.
pub fn read(command: &str, rest: &str) -> Option<Result<Order, String>> {
    let rest = rest.trim();
    let switch = |act: fn(bool) -> Act| match rest {
        "" | "on" => Ok(Order::Act(act(true))),
        "off" => Ok(Order::Act(act(false))),
        _ => Err(t!("chat-order-switch", command = command)),
    };
    Some(match command {
        "kick" => about(Verb::Kick, command, rest),
        "ban" => about(Verb::Ban, command, rest),
        "unban" => about(Verb::Unban, command, rest),
        "mute" => about(Verb::Mute, command, rest),
        "unmute" => about(Verb::Unmute, command, rest),
        "op" => match rest.strip_suffix(" owner") {
            Some(whom) => about(Verb::Own, command, whom),
            None => about(Verb::Op, command, rest),
        },
        "deop" => about(Verb::Deop, command, rest),
        "slow" => slow(rest),
        "announce" => switch(|on| Act::Announce { on }),
        "lock" => switch(|on| Act::Lock { on, inside: Vec::new() }),
        "unlock" => Ok(Order::Act(Act::Lock { on: false, inside: Vec::new() })),
        "invite" => invite(rest),
        "revoke" if rest.is_empty() => Err(t!("chat-order-revoke")),
        "revoke" => Ok(Order::Revoke(rest.to_lowercase())),
        "audit" => Ok(Order::Audit),
        "access" | "invites" => Ok(Order::Access),
        _ => return None,
    })
}

fn about(verb: Verb, command: &str, rest: &str) -> Result<Order, String> {
    let mut words = rest.split_whitespace().peekable();
    let whom = words.next().ok_or_else(|| t!("chat-order-whom", command = command))?.to_owned();
    let mut seconds = None;
    if matches!(verb, Verb::Ban | Verb::Mute) {
        seconds = words.peek().and_then(|word| time(word));
        if seconds.is_some() {
            words.next();
        }
    }
    let why = words.collect::<Vec<&str>>().join(" ");
    Ok(Order::About { verb, whom, seconds, why: (!why.is_empty()).then_some(why) })
}

fn slow(rest: &str) -> Result<Order, String> {
    let seconds = match rest {
        "auto" => None,
        "off" | "0" => Some(0),
        time_said => Some(time(time_said).ok_or_else(|| t!("chat-order-slow"))?),
    };
    Ok(Order::Act(Act::Slow { seconds }))
}

/// `/invite`, `/invite 5`, `/invite 7d`, `/invite 1 2h`: how many uses, for how long.
fn invite(rest: &str) -> Result<Order, String> {
    let (mut uses, mut seconds) = (None, None);
    for word in rest.split_whitespace() {
        match (word.parse::<u32>().ok().filter(|&number| number > 0), time(word)) {
            (Some(number), _) if uses.is_none() => uses = Some(number),
            (None, Some(time)) if seconds.is_none() => seconds = Some(time),
            _ => return Err(t!("chat-order-invite")),
        }
    }
    Ok(Order::Invite { uses, seconds })
}

/// Seconds of `30s`, `10m`, `2h` and `7d`.
fn time(word: &str) -> Option<u32> {
    let unit = word.chars().last()?;
    let each = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        _ => return None,
    };
    let number: u32 = word.strip_suffix(unit)?.parse().ok()?;
    number.checked_mul(each).filter(|&seconds| seconds > 0)
}

/// Seconds as a person says them.
fn time_said(seconds: u32) -> String {
    let units = [(24 * 60 * 60, "d"), (60 * 60, "h"), (60, "min"), (1, "s")];
    let whole = units.into_iter().find(|(each, _)| seconds.is_multiple_of(*each));
    whole.map_or_else(String::new, |(each, unit)| format!("{} {unit}", seconds / each))
}

/// The act about somebody.
pub fn act(verb: Verb, whom: Whom, seconds: Option<u32>, why: Option<String>) -> Act {
    match verb {
        Verb::Kick => Act::Kick { whom, why },
        Verb::Ban => Act::Ban { whom, seconds, why, address: None },
        Verb::Unban => Act::Unban { whom },
        Verb::Mute => Act::Mute { whom, seconds, why },
        Verb::Unmute => Act::Unmute { whom },
        Verb::Op => Act::Op { whom, role: Role::Moderator },
        Verb::Own => Act::Op { whom, role: Role::Owner },
        Verb::Deop => Act::Deop { whom },
    }
}

/// Whom a word means: an id, a name (with `_` for blanks), `name#badge` or `#badge`.
pub fn find<'a>(word: &str, members: impl IntoIterator<Item = &'a Member>) -> Result<Whom, String> {
    if let Ok(id) = MemberId::parse(word) {
        return Ok(Whom::new(id));
    }
    let (name, badge) = word.rsplit_once('#').unwrap_or((word, ""));
    let plain = |name: &str| name.replace('_', " ").to_lowercase();
    let (name, badge) = (plain(name.trim_start_matches('@')), badge.to_lowercase());
    let tail = |id: &MemberId| id.as_str().trim_start_matches("guest-").to_owned();
    let is_meant = |member: &&Member| {
        (name.is_empty() || plain(member.name.as_str()) == name) && tail(&member.id).starts_with(&badge)
    };
    let mut found: Vec<&Member> = members.into_iter().filter(is_meant).collect();
    found.sort_by(|one, other| one.id.cmp(&other.id));
    found.dedup_by(|one, other| one.id == other.id);
    match found[..] {
        [one] => Ok(Whom::new(one.id.clone())),
        [] => Err(t!("chat-order-nobody", whom = word)),
        _ => {
            let names: Vec<String> =
                found.iter().map(|one| format!("{}#{}", one.name, one.id.badge())).collect();
            Err(t!("chat-order-several", whom = word, names = names.join(", ")))
        }
    }
}

/// An act in a sentence. `who` has done it; `name` shows whom it is about.
pub fn told(who: &str, act: &Act, name: impl Fn(&Whom) -> String) -> String {
    let whom = act.whom().map(name).unwrap_or_default();
    let text = match act {
        Act::Kick { .. } => t!("chat-act-kick", who = who, whom = whom),
        Act::Ban { seconds: Some(seconds), .. } => {
            t!("chat-act-ban-for", who = who, whom = whom, time = time_said(*seconds))
        }
        Act::Ban { .. } => t!("chat-act-ban", who = who, whom = whom),
        Act::Unban { .. } => t!("chat-act-unban", who = who, whom = whom),
        Act::Mute { seconds: Some(seconds), .. } => {
            t!("chat-act-mute-for", who = who, whom = whom, time = time_said(*seconds))
        }
        Act::Mute { .. } => t!("chat-act-mute", who = who, whom = whom),
        Act::Unmute { .. } => t!("chat-act-unmute", who = who, whom = whom),
        Act::Slow { seconds: None } => t!("chat-act-slow-auto", who = who),
        Act::Slow { seconds: Some(0) } => t!("chat-act-slow-off", who = who),
        Act::Slow { seconds: Some(seconds) } => t!("chat-act-slow", who = who, time = time_said(*seconds)),
        Act::Announce { on: true } => t!("chat-act-announce", who = who),
        Act::Announce { on: false } => t!("chat-act-announce-off", who = who),
        Act::Lock { on: true, .. } => t!("chat-act-lock", who = who),
        Act::Lock { on: false, .. } => t!("chat-act-unlock", who = who),
        Act::Op { role: Role::Owner, .. } => t!("chat-act-own", who = who, whom = whom),
        Act::Op { .. } => t!("chat-act-op", who = who, whom = whom),
        Act::Deop { .. } => t!("chat-act-deop", who = who, whom = whom),
        Act::Invite { invite, .. } => t!("chat-act-invite", who = who, invite = invite.short()),
        Act::Revoke { invite } => t!("chat-act-revoke", who = who, invite = invite.short()),
        Act::Enter { role: Role::Owner, .. } => t!("chat-act-enter-owner", who = who),
        Act::Enter { invite, .. } => t!("chat-act-enter", who = who, invite = invite.short()),
        Act::Unknown => t!("chat-act-unknown", who = who),
    };
    match act.why() {
        Some(why) => format!("{text}: {}", crate::text::for_terminal_line(why)),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use papo_proto::Name;

    use super::*;

    #[test]
    fn each_command_means_one_thing() {
        let about = |verb, seconds, why: Option<&str>| {
            let why = why.map(str::to_owned);
            Some(Ok(Order::About { verb, whom: "Zoë".to_owned(), seconds, why }))
        };
        let act = |act| Some(Ok(Order::Act(act)));
        for (command, rest, expected) in [
            ("kick", "Zoë", about(Verb::Kick, None, None)),
            ("kick", "Zoë 10m of spam", about(Verb::Kick, None, Some("10m of spam"))),
            ("ban", "Zoë 7d spam", about(Verb::Ban, Some(604_800), Some("spam"))),
            ("mute", "Zoë 30s", about(Verb::Mute, Some(30), None)),
            ("mute", "Zoë 0s", about(Verb::Mute, None, Some("0s"))),
            ("op", "Zoë", about(Verb::Op, None, None)),
            ("op", "Zoë owner", about(Verb::Own, None, None)),
            ("slow", "auto", act(Act::Slow { seconds: None })),
            ("slow", "off", act(Act::Slow { seconds: Some(0) })),
            ("slow", "2m", act(Act::Slow { seconds: Some(120) })),
            ("announce", "", act(Act::Announce { on: true })),
            ("announce", "off", act(Act::Announce { on: false })),
            ("unlock", "", act(Act::Lock { on: false, inside: Vec::new() })),
            ("invite", "", Some(Ok(Order::Invite { uses: None, seconds: None }))),
            ("invite", "1 2h", Some(Ok(Order::Invite { uses: Some(1), seconds: Some(7200) }))),
            ("audit", "", Some(Ok(Order::Audit))),
            ("dance", "", None),
        ] {
            assert_eq!(read(command, rest), expected, "/{command} {rest}");
        }
        for (command, rest) in [
            ("kick", ""),
            ("slow", ""),
            ("slow", "x"),
            ("announce", "x"),
            ("invite", "0"),
            ("invite", "1 2"),
            ("revoke", ""),
        ] {
            assert!(matches!(read(command, rest), Some(Err(_))), "/{command} {rest}");
        }
    }

    #[test]
    fn a_word_means_one_member_or_is_asked_about() {
        let member = |name: &str, number: u8| Member {
            id: MemberId::parse(&papo_proto::id::base32().encode(&[number; 15])).unwrap(),
            name: Name::parse(name).unwrap(),
        };
        let members = [member("Ana", 1), member("Ana", 0xff), member("Zoë Maria", 2)];
        let found = |word: &str| find(word, &members).map(|whom| whom.id);
        assert_eq!(found("zoë_maria"), Ok(members[2].id.clone()));
        assert_eq!(found("@Zoë_Maria"), Ok(members[2].id.clone()));
        assert!(found("Ana").unwrap_err().contains("Ana#"), "two are called so");
        assert_eq!(found(&format!("Ana#{}", members[1].id.badge())), Ok(members[1].id.clone()));
        assert_eq!(found(&format!("#{}", members[0].id.badge())), Ok(members[0].id.clone()));
        assert_eq!(found(members[1].id.as_str()), Ok(members[1].id.clone()));
        assert!(found("Bo").is_err());
    }
}
