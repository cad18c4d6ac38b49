//! What the options of join, send and tail mean.

use std::path::PathBuf;
use std::time::Duration;

#[cfg(feature = "desktop")]
use papo_desktop::NameFrom;
use papo_proto::limits::HISTORY_MESSAGES_MAX;
use papo_proto::{Address, Fingerprint, Invite, InviteSecret, Name, RoomName, Seq};
use papo_words::t;

use super::{host, number, parsed};
#[cfg(feature = "desktop")]
use crate::args::DesktopArguments;
use crate::args::{ClientArguments, JoinArguments, SendArguments, TailArguments};
use crate::exit::Failure;
use crate::layers::{Layers, Section, Source, Sourced};
use crate::places;

/// How many earlier messages `join` shows where it is not said.
const EARLIER_DEFAULT: u32 = 20;

/// How long `send` tries where it is not said.
const TIMEOUT_DEFAULT: Duration = Duration::from_secs(30);

/// Where the room is, and who one is there.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Client {
    pub(crate) address: Address,
    /// The invite's fingerprint, where there is an invite.
    pub(crate) fingerprint: Option<Fingerprint>,
    pub(crate) room: RoomName,
    /// The invite's secret, where it has one and is for this room.
    pub(crate) invite: Option<InviteSecret>,
    /// Where the invite says that the room is as well.
    pub(crate) others: Vec<Address>,
    pub(crate) name: Name,
    pub(crate) ca: Option<PathBuf>,
    /// The profile's folder; the platform's where it is not said.
    pub(crate) profile: Option<PathBuf>,
}

/// A visit line by line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Join {
    pub(crate) client: Client,
    /// How many earlier messages are shown on coming in.
    pub(crate) earlier_len: u32,
}

/// Something to be said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Send {
    pub(crate) client: Client,
    /// What to say; `None` for what standard input holds.
    pub(crate) text: Option<String>,
    /// Whether each line of standard input is a message.
    pub(crate) lines: bool,
    pub(crate) timeout: Duration,
}

/// The window, or what the system does with links.
#[cfg(feature = "desktop")]
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Desktop {
    /// Show it.
    Show {
        client: Box<Client>,
        /// Whether a room was asked for.
        is_asked: bool,
        /// The link, where that is one which the system hands over.
        link: Option<String>,
        /// The file that gets the time of each frame.
        frame_times: Option<PathBuf>,
        /// The configuration file, which the window reads and writes.
        configuration: Option<PathBuf>,
        /// Where the name comes from.
        name_from: NameFrom,
    },
    /// Have links open the window, of this profile if one is named.
    InstallLinks(Option<PathBuf>),
    /// Have them open it no longer.
    RemoveLinks,
}

/// A room to be printed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tail {
    pub(crate) client: Client,
    pub(crate) json: bool,
    pub(crate) start: Start,
    /// After how many messages to end.
    pub(crate) count: Option<u64>,
    /// Whether to go on at the newest message.
    pub(crate) follow: bool,
    /// Whether to print what is kept here instead of asking the server.
    pub(crate) offline: bool,
}

/// Where a printed room begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// With what is said from now on.
    Now,
    /// After this message.
    After(Seq),
}

/// What `papo join` is to do.
pub(crate) fn join(typed: JoinArguments, layers: &Layers) -> Result<Join, Failure> {
    let earlier = layers.text(Section::Client, "earlier", typed.earlier)?;
    let most = u32::try_from(HISTORY_MESSAGES_MAX).unwrap_or(u32::MAX);
    let earlier_len = parsed(earlier, |text| match number(text, 0)? {
        len if len > most => Err(t!("cli-too-many-earlier", count = len, most = most)),
        len => Ok(len),
    })?;
    // Said or not, line by line is the only mode; the option is checked all the same.
    layers.flag(Section::Client, "plain", typed.plain)?;
    let target = typed.target.map(|target| Sourced::typed("TARGET", target));
    Ok(Join {
        client: client(typed.client, target, layers)?,
        earlier_len: earlier_len.unwrap_or(EARLIER_DEFAULT),
    })
}

/// What `papo desktop` is to do.
#[cfg(feature = "desktop")]
pub(crate) fn desktop(typed: DesktopArguments, layers: &Layers) -> Result<Desktop, Failure> {
    if layers.flag(Section::Client, "install-links", typed.install_links)? {
        return Ok(Desktop::InstallLinks(layers.path(Section::Client, "profile", typed.client.profile)?));
    }
    if layers.flag(Section::Client, "remove-links", typed.remove_links)? {
        return Ok(Desktop::RemoveLinks);
    }
    let ClientArguments { ip, port, room, name, profile, .. } = &typed.client;
    let name_from = if name.is_some() || layers.is_in_environment("name") {
        NameFrom::Typed
    } else if profile.is_some() || layers.is_in_environment("profile") {
        NameFrom::Profile
    } else {
        NameFrom::Usual
    };
    let is_asked = typed.target.is_some() || ip.is_some() || port.is_some() || room.is_some();
    let link = typed.target.clone().filter(|target| target.starts_with("papo://"));
    let target = typed.target.map(|target| Sourced::typed("TARGET", target));
    let frame_times = layers.path(Section::Client, "frame-times", typed.frame_times)?;
    let client = Box::new(client(typed.client, target, layers)?);
    let configuration = layers.config_path().map(PathBuf::from);
    Ok(Desktop::Show { client, is_asked, link, frame_times, configuration, name_from })
}

/// What `papo send` is to do.
pub(crate) fn send(typed: SendArguments, layers: &Layers) -> Result<Send, Failure> {
    let mut words = typed.words;
    let by_option = typed.client.ip.is_some() || typed.client.port.is_some();
    let target = (!by_option && words.first().is_some_and(|word| is_target(word)))
        .then(|| Sourced::typed("TARGET", words.remove(0)));
    let lines = layers.flag(Section::Client, "lines", typed.lines)?;
    let text = (!words.is_empty()).then(|| words.join(" "));
    if typed.lines && text.is_some() {
        return Err(Failure::usage(t!("cli-lines-and-text")));
    }
    let timeout =
        parsed(layers.text(Section::Client, "timeout", typed.timeout)?, |text| number(text, 1_u32))?;
    Ok(Send {
        client: client(typed.client, target, layers)?,
        text,
        lines,
        timeout: timeout.map_or(TIMEOUT_DEFAULT, |seconds| Duration::from_secs(seconds.into())),
    })
}

/// What `papo tail` is to do.
pub(crate) fn tail(typed: TailArguments, layers: &Layers) -> Result<Tail, Failure> {
    let after = layers.text(Section::Client, "after", typed.after)?;
    let after = parsed(after, seq)?;
    let count = parsed(layers.text(Section::Client, "count", typed.count)?, |text| number(text, 1))?;
    let target = typed.target.map(|target| Sourced::typed("TARGET", target));
    Ok(Tail {
        client: client(typed.client, target, layers)?,
        json: layers.flag(Section::Client, "json", typed.json)?,
        start: after.map_or(Start::Now, Start::After),
        count,
        follow: !layers.flag(Section::Client, "no-follow", typed.no_follow)?,
        offline: layers.flag(Section::Client, "offline", typed.offline)?,
    })
}

/// The number of a message.
fn seq(text: &str) -> Result<Seq, String> {
    let wrong = || t!("cli-not-seq", text = format!("{text:?}"));
    text.trim().parse().ok().and_then(|number: u64| Seq::try_from(number).ok()).ok_or_else(wrong)
}

/// Whether the first word of `send` says where and not what: a link, an IP address, `localhost`, or a host with
/// a port. A host needs a letter and a dot or be `localhost`, for `12:30` or `re:1` may begin a sentence.
fn is_target(word: &str) -> bool {
    let Ok(address) = word.parse::<Address>() else {
        return ["https://", "papo://"].iter().any(|scheme| word.starts_with(scheme));
    };
    let host = address.host.as_str();
    let named = host.contains('.') && host.contains(|c: char| c.is_ascii_alphabetic());
    let ip = host.parse::<std::net::IpAddr>().is_ok();
    host == "localhost" || ip || (named && super::has_port(word, &address))
}

fn client(
    typed: ClientArguments,
    target: Option<Sourced<String>>,
    layers: &Layers,
) -> Result<Client, Failure> {
    let text = |option, typed| layers.text(Section::Client, option, typed);
    let port_typed = typed.port.is_some();
    let port = text("port", typed.port)?;
    // A target below the command line does not outdo an address on it.
    let target = match target {
        None if typed.ip.is_none() && !port_typed => text("target", None)?,
        target => target,
    };
    let (address, invite) = if let Some(target) = target {
        target_of(&target, port, port_typed)?
    } else {
        let ip = parsed(text("ip", typed.ip)?, host)?;
        let default = Address::default();
        let port = parsed(port, |text| super::port(text, 1))?.unwrap_or(default.port);
        (Address::new(ip.unwrap_or(default.host), port), None)
    };
    let room = text("room", typed.room)?;
    // The link that one has just pasted says which room is meant; only an option outdoes it.
    let room = room.filter(|room| invite.is_none() || matches!(room.source, Source::Typed(_)));
    let room = parsed(room, RoomName::parse)?;
    let room = room.or(invite.as_ref().map(|invite| invite.room.clone())).unwrap_or_default();
    Ok(Client {
        address,
        fingerprint: invite.as_ref().map(|invite| invite.fingerprint),
        others: invite.as_ref().map(|invite| invite.others.clone()).unwrap_or_default(),
        invite: invite.filter(|invite| invite.room == room).and_then(|invite| invite.secret),
        room,
        name: name(text("name", typed.name)?)?,
        ca: layers.path(Section::Client, "ca", typed.ca)?,
        profile: layers.path(Section::Client, "profile", typed.profile)?,
    })
}

/// The server that a target names, with the port from elsewhere where it names none.
fn target_of(
    target: &Sourced<String>,
    port: Option<Sourced<String>>,
    port_typed: bool,
) -> Result<(Address, Option<Invite>), Failure> {
    let invite = target.value.contains("://").then(|| target.parse(str::parse::<Invite>)).transpose()?;
    let mut address = match &invite {
        Some(invite) => invite.address.clone(),
        None => target.parse(str::parse::<Address>)?,
    };
    if invite.is_some() || super::has_port(&target.value, &address) {
        if port_typed {
            return Err(Failure::usage(t!("cli-port-twice", source = %target.source)));
        }
    } else if let Some(port) = parsed(port, |text| super::port(text, 1))? {
        address.port = port;
    }
    Ok((address, invite))
}

fn name(said: Option<Sourced<String>>) -> Result<Name, Failure> {
    if let Some(name) = parsed(said, Name::parse)? {
        return Ok(name);
    }
    let account = places::account_name().and_then(|name| Name::parse(&name).ok());
    account.ok_or_else(|| Failure::usage(t!("cli-no-name")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::tests::layers;

    fn ana() -> ClientArguments {
        ClientArguments { name: Some("Ana".to_owned()), ..ClientArguments::default() }
    }

    fn joined(target: Option<&str>, environment: &[(&str, &str)], file: &str) -> Result<Client, Failure> {
        let typed =
            JoinArguments { target: target.map(str::to_owned), client: ana(), ..JoinArguments::default() };
        join(typed, &layers(environment, &format!("[client]\n{file}"))).map(|join| join.client)
    }

    #[test]
    fn the_server_is_found_layer_by_layer() {
        let invite = format!("https://chat.example:9/sala#{}", Fingerprint([7; 32]));
        let file = format!("target = '{invite}'");
        for (target, environment, file, address, room) in [
            (None, [("PAPO_PORT", "")], "", "127.0.0.1:12345", "lobby"),
            (None, [("PAPO_PORT", "8")], "ip = '::1'", "[::1]:8", "lobby"),
            (Some("a.example:5"), [("PAPO_PORT", "8")], "", "a.example:5", "lobby"),
            (Some(invite.as_str()), [("PAPO_ROOM", "other")], "", "chat.example:9", "sala"),
            (None, [("PAPO_PORT", "8")], &file, "chat.example:9", "sala"),
            (Some("::1"), [("PAPO_ROOM", "other")], &file, "[::1]:12345", "other"),
            (Some("a.example"), [("PAPO_PORT", "8")], "", "a.example:8", "lobby"),
        ] {
            let client = joined(target, &environment, file).unwrap();
            assert_eq!((client.address.to_string().as_str(), client.room.as_str()), (address, room));
            assert_eq!(client.fingerprint.is_some(), room == "sala");
        }
    }

    #[test]
    fn a_port_is_said_once_on_the_command_line() {
        for (target, expected) in [("a.example", Ok(9)), ("a.example:5", Err(())), ("::1", Ok(9))] {
            let client = ClientArguments { port: Some("9".to_owned()), ..ana() };
            let typed = TailArguments { target: Some(target.to_owned()), client, ..TailArguments::default() };
            let port = tail(typed, &layers(&[], "")).map(|tail| tail.client.address.port);
            assert_eq!(
                port.map_err(|failure| assert!(failure.text.contains("said twice"), "{failure}")),
                expected
            );
        }
    }

    #[test]
    fn a_wrong_target_or_name_is_told_with_its_place() {
        let check = |result: Result<Client, Failure>, expected: &str| {
            let failure = result.unwrap_err();
            assert!(failure.text.contains(expected), "{failure}");
        };
        check(joined(Some("a b"), &[], ""), "TARGET: \"a b\" is not an address");
        check(joined(Some("https://a:1/#x"), &[], ""), "TARGET: the invite's fingerprint");
        check(joined(None, &[("PAPO_TARGET", "http://a")], ""), "PAPO_TARGET: this is not an invite");
        check(joined(None, &[], "room = 'a/b'"), "client.room in /etc/c.toml: the room's name holds");
        check(joined(None, &[("PAPO_PORT", "0")], ""), "PAPO_PORT: \"0\" is not a port");
    }

    #[test]
    fn the_first_word_of_send_may_be_the_target() {
        for (line, address, text) in [
            ("oi", "127.0.0.1:12345", Some("oi")),
            ("12:30 lunch", "127.0.0.1:12345", Some("12:30 lunch")),
            ("re:1 yes", "127.0.0.1:12345", Some("re:1 yes")),
            ("example.org is nice", "127.0.0.1:12345", Some("example.org is nice")),
            ("chat.example:9 oi", "chat.example:9", Some("oi")),
            ("10.0.0.1 oi there", "10.0.0.1:12345", Some("oi there")),
            ("[::1]:7", "[::1]:7", None),
            ("localhost oi", "localhost:12345", Some("oi")),
        ] {
            let words = line.split(' ').map(str::to_owned).collect();
            let typed = SendArguments { words, client: ana(), ..SendArguments::default() };
            let send = send(typed, &layers(&[], "")).unwrap();
            assert_eq!((send.client.address.to_string().as_str(), send.text.as_deref()), (address, text));
        }
        let client = ClientArguments { port: Some("9".to_owned()), ..ana() };
        let words = vec!["localhost".to_owned(), "works".to_owned()];
        let typed = SendArguments { words, client, ..SendArguments::default() };
        assert_eq!(send(typed, &layers(&[], "")).unwrap().text.as_deref(), Some("localhost works"));
    }

    #[test]
    fn a_tail_begins_now_or_after_a_message() {
        for (after, start) in [(None, Start::Now), (Some("0"), Start::After(Seq::ZERO))] {
            let typed =
                TailArguments { client: ana(), after: after.map(str::to_owned), ..TailArguments::default() };
            assert_eq!(tail(typed, &layers(&[], "")).unwrap().start, start);
        }
    }
}
