//! How a room stands, as a table for people: its rules, who keeps order, who is shut out, and the invites. Not here:
//! where it comes from, and the same for programs, which is the protocol's JSON.

use papo_proto::{Member, Role, RoomAccess, Sanction, Timestamp, Until, Whom};
use papo_words::t;
use unicode_width::UnicodeWidthStr;

/// What stands between two columns.
const GAP: &str = "  ";

/// The lines of the table. `time` says a time as people read it.
pub(super) fn lines(access: &RoomAccess, time: impl Fn(Timestamp) -> String) -> Vec<String> {
    let mut lines = aligned(rules(access));
    let mut section = |heading: String, rows: Vec<Vec<String>>| {
        if !rows.is_empty() {
            lines.push(String::new());
            lines.push(heading);
            lines.extend(aligned(rows));
        }
    };
    let until = |until: &Until| match until.until {
        Some(end) => t!("cli-access-until", time = time(end)),
        None => t!("cli-access-for-good"),
    };
    let sanctioned = |list: &[Sanction]| {
        list.iter().map(|one| vec![whom(&one.whom), until(&one.until), one.whom.id.to_string()]).collect()
    };
    let staff = access.staff.iter().map(|one| vec![whom(&one.whom), role(one.role), one.whom.id.to_string()]);
    section(t!("cli-access-staff"), staff.collect());
    section(t!("cli-access-bans"), sanctioned(&access.bans));
    section(t!("cli-access-mutes"), sanctioned(&access.mutes));
    let invites = access.invites.iter().map(|one| {
        vec![
            one.invite.short(),
            t!("cli-access-by", who = maker(&one.by)),
            t!("cli-access-used", count = one.used),
            one.left.map_or_else(|| t!("cli-access-any"), |left| t!("cli-access-left", count = left)),
            until(&one.until.clone()),
            if one.owner { t!("cli-access-makes-owner") } else { String::new() },
        ]
    });
    section(t!("cli-access-invites"), invites.collect());
    lines
}

/// What holds for everybody.
fn rules(access: &RoomAccess) -> Vec<Vec<String>> {
    let way_in = match (access.locked, access.open) {
        (true, _) => t!("cli-access-in-nobody"),
        (false, true) => t!("cli-access-in-all"),
        (false, false) => t!("cli-access-in-invited"),
    };
    let speaks = if access.announce { t!("cli-access-speak-staff") } else { t!("cli-access-speak-all") };
    let slow = match (access.slow_auto, access.slow) {
        (true, seconds) => t!("cli-access-slow-auto", seconds = seconds),
        (false, 0) => t!("cli-access-slow-off"),
        (false, seconds) => t!("cli-access-slow-on", seconds = seconds),
    };
    vec![
        vec![t!("cli-access-in"), way_in],
        vec![t!("cli-access-speak"), speaks],
        vec![t!("cli-access-slow"), slow],
    ]
}

fn role(role: Role) -> String {
    if role >= Role::Owner { t!("cli-access-owner") } else { t!("cli-access-moderator") }
}

fn whom(whom: &Whom) -> String {
    let name = whom.name.as_ref().map(|name| papo_client::text::for_terminal_line(name.as_str()));
    format!("{}#{}", name.unwrap_or_default(), whom.id.badge())
}

fn maker(member: &Member) -> String {
    if member.id.is_operator() {
        t!("chat-operator")
    } else {
        whom(&Whom { id: member.id.clone(), name: Some(member.name.clone()) })
    }
}

/// Rows with their columns one below the other. Nothing follows what stands last in a row.
fn aligned(rows: Vec<Vec<String>>) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max().unwrap_or(0)
        })
        .collect();
    let line = |row: Vec<String>| {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line += cell;
            line.extend(std::iter::repeat_n(' ', width - cell.width()));
            line += GAP;
        }
        line.trim_end().to_owned()
    };
    rows.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use papo_proto::{InviteId, InviteState, MemberId, Name, Standing};

    use super::*;

    /// Invariant: columns stand below one another also where characters are wide, and names do nothing to the terminal.
    #[test]
    fn a_room_is_a_table() {
        let id = |byte: u8| MemberId::parse(&papo_proto::id::base32().encode(&[byte; 15])).unwrap();
        let somebody = |name: &str, byte: u8| Whom { id: id(byte), name: Some(Name::parse(name).unwrap()) };
        let until = Until { until: Some(Timestamp::from_unix_ms(0)) };
        let invite = |used, left, owner| InviteState {
            invite: InviteId([7; 32]),
            by: Member { id: MemberId::operator(), name: Name::parse("operator").unwrap() },
            used,
            left,
            until: Until { until: None },
            owner,
        };
        let access = RoomAccess {
            open: false,
            slow: 10,
            staff: vec![
                Standing { whom: somebody("名前", 1), role: Role::Owner },
                Standing { whom: somebody("Ana", 2), role: Role::Moderator },
            ],
            bans: vec![Sanction { whom: somebody("Zoë", 3), until }],
            invites: vec![invite(1, Some(2), false), invite(0, None, true)],
            ..RoomAccess::usual(Role::Owner)
        };
        let lines = lines(&access, |_| "14:00".to_owned());
        let (one, two, three) = (id(1), id(2), id(3));
        let short = InviteId([7; 32]).short();
        let expected = [
            "come in  those with an invite".to_owned(),
            "speak    everybody".to_owned(),
            "slow     10 s between two messages".to_owned(),
            String::new(),
            "Owners and moderators".to_owned(),
            format!("名前#{}  owner      {one}", one.badge()),
            format!("Ana#{}   moderator  {two}", two.badge()),
            String::new(),
            "Banned".to_owned(),
            format!("Zoë#{}  until 14:00  {three}", three.badge()),
            String::new(),
            "Invites".to_owned(),
            format!("{short}  by whoever runs the server  1 came in       2 more may      no end"),
            format!(
                "{short}  by whoever runs the server  nobody came in  any number may  no end  makes an owner"
            ),
        ];
        assert_eq!(lines, expected, "{lines:#?}");
    }
}
