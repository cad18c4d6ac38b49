//! What the options of serve, invite, room, health and cert mean.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use papo_log::EngineUrl;
use papo_proto::limits::{PORT_DEFAULT, SERVERS_MAX};
use papo_proto::{Address, RoomName};
use papo_server::{AcmeConfig, Limits, Rate, Slow};
use papo_words::t;

use super::{choice, has_port, host, limits, number, parsed, port};
use crate::args::{
    CertFileArguments, CertMakeArguments, CertTrustArguments, HealthArguments, InviteArguments,
    RoomArguments, ServeArguments,
};
use crate::exit::Failure;
use crate::layers::{Layers, Section, Sourced};
use crate::places;

const BYTES_IN_MIB: u64 = 1024 * 1024;

/// A server to be started.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Serve {
    /// The host to listen on, not resolved yet.
    pub(crate) host: String,
    /// The port; 0 for any free one.
    pub(crate) port: u16,
    pub(crate) data: PathBuf,
    /// Certificate and key, where the server does not use its own.
    pub(crate) certificate: Option<(PathBuf, PathBuf)>,
    /// Where the server gets a certificate by itself, if it does.
    pub(crate) acme: Option<AcmeConfig>,
    pub(crate) open: bool,
    /// How long members wait between two messages.
    pub(crate) slow: Slow,
    /// Whether the start prints no invite.
    pub(crate) no_invite: bool,
    /// What invites name, where it is not the address listened on.
    pub(crate) address: Option<String>,
    /// Where the same rooms are as well.
    pub(crate) also: Vec<Address>,
    pub(crate) history: History,
    pub(crate) shards: usize,
    pub(crate) limits: Limits,
    /// Where the operator may ask for figures.
    pub(crate) admin: Option<SocketAddr>,
    pub(crate) log_format: LogFormat,
    pub(crate) log_level: LogLevel,
}

/// Where messages are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum History {
    /// In a file that grows to so many bytes at most.
    Disk {
        durability: Durability,
        bytes_max: Option<u64>,
    },
    None,
    /// In a log that several servers share.
    Shared(EngineUrl),
}

/// When a message counts as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    Disk,
    Os,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// Which log lines are written: these and the graver ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// What `papo serve` is to do.
pub(crate) fn serve(typed: ServeArguments, layers: &Layers) -> Result<Serve, Failure> {
    let text = |option, typed| layers.text(Section::Serve, option, typed);
    let (host, port) = listen(&typed, layers)?;
    let durability = parsed(text("durability", typed.durability)?, |text| {
        choice(text, &[("disk", Durability::Disk), ("os", Durability::Os)])
    })?;
    let history_max = text("history-max", typed.history_max)?;
    let bytes_max =
        parsed(history_max, |text| number(text, 1_u64))?.map(|mib| mib.saturating_mul(BYTES_IN_MIB));
    let on_disk =
        parsed(text("history", typed.history)?, |text| choice(text, &[("disk", true), ("none", false)]))?;
    let log =
        parsed(text("log", typed.log)?, |text| text.parse::<EngineUrl>().map_err(|_| t!("cli-no-engine")))?;
    let history = if let Some(url) = log {
        // A value that cannot hold is better refused than ignored.
        if on_disk == Some(false) || durability.is_some() || bytes_max.is_some() {
            return Err(Failure::usage(t!("cli-log-and-history")));
        }
        History::Shared(url)
    } else if on_disk.unwrap_or(true) {
        History::Disk { durability: durability.unwrap_or(Durability::Disk), bytes_max }
    } else {
        History::None
    };
    let address = text("address", typed.address)?;
    if let Some(address) = &address {
        address.parse(str::parse::<Address>)?;
    }
    let certificate = certificate(layers, typed.cert, typed.key)?;
    let acme = acme(layers, (typed.acme, typed.acme_directory, typed.acme_root))?;
    if certificate.is_some() && acme.is_some() {
        return Err(Failure::usage(t!("cli-acme-and-cert")));
    }
    // Whoever comes by a name that all the world knows is shown the certificate for it.
    let address = address.map(|address| address.value);
    let address = address.or_else(|| acme.as_ref()?.names.first().cloned());
    Ok(Serve {
        host,
        port,
        data: data(layers, typed.data)?,
        certificate,
        acme,
        open: layers.flag(Section::Serve, "open", typed.open)?,
        no_invite: layers.flag(Section::Serve, "no-invite", typed.no_invite)?,
        also: parsed(text("also", typed.also)?, also)?.unwrap_or_default(),
        slow: parsed(text("slow", typed.slow)?, slow)?.unwrap_or_default(),
        address,
        history,
        shards: parsed(text("shards", typed.shards)?, |text| number(text, 0))?.unwrap_or(0),
        limits: limits(
            layers,
            Typed { limits: typed.limits, rate: typed.rate, connections: typed.connections },
        )?,
        admin: parsed(text("admin", typed.admin)?, admin)?,
        log_format: parsed(text("log-format", typed.log_format)?, |text| choice(text, &LOG_FORMATS))?
            .unwrap_or(LogFormat::Text),
        log_level: parsed(text("log-level", typed.log_level)?, |text| choice(text, &LOG_LEVELS))?
            .unwrap_or(LogLevel::Warn),
    })
}

/// Whole addresses with commas between them.
fn also(text: &str) -> Result<Vec<Address>, String> {
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    if parts.len() > SERVERS_MAX {
        return Err(t!("cli-too-many-servers", max = SERVERS_MAX));
    }
    parts
        .into_iter()
        .map(|part| {
            let address = part.parse::<Address>().ok();
            // An invite would not say which port is meant.
            let address = address.filter(|address| address.to_string() == part);
            address.ok_or_else(|| t!("cli-not-also", text = format!("{part:?}")))
        })
        .collect()
}

/// A port of this computer, or an address with one.
fn admin(text: &str) -> Result<SocketAddr, String> {
    let text = text.trim();
    let of_this_computer = text.strip_prefix("localhost:").unwrap_or(text);
    let here = of_this_computer.parse().map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    here.or_else(|_| text.parse()).map_err(|_| t!("cli-not-admin", text = format!("{text:?}")))
}

const LOG_FORMATS: [(&str, LogFormat); 2] = [("text", LogFormat::Text), ("json", LogFormat::Json)];

const LOG_LEVELS: [(&str, LogLevel); 5] = [
    ("error", LogLevel::Error),
    ("warn", LogLevel::Warn),
    ("info", LogLevel::Info),
    ("debug", LogLevel::Debug),
    ("trace", LogLevel::Trace),
];

/// The list of limits, and above it the options for two of them that are wanted most.
fn limits(layers: &Layers, typed: Typed) -> Result<Limits, Failure> {
    let text = |option, typed| layers.text(Section::Serve, option, typed);
    let mut limits = parsed(text("limits", typed.limits)?, limits::limits)?.unwrap_or_default();
    if let Some(rate) = parsed(text("rate", typed.rate)?, limits::rate)? {
        limits.messages = rate;
        // A member who may be faster than the whole network would still be slowed by the network's limit.
        if limits.messages_per_address == Limits::default().messages_per_address {
            limits.messages_per_address = at_least(limits.messages_per_address, rate);
        }
    }
    if let Some(connections) = parsed(text("connections", typed.connections)?, |text| number(text, 1))? {
        limits.connections_max = connections;
    }
    Ok(limits)
}

/// The faster of two rates; none is the fastest.
fn at_least(one: Option<Rate>, other: Option<Rate>) -> Option<Rate> {
    let (one, other) = (one?, other?);
    Some(Rate { per_second: one.per_second.max(other.per_second), burst: one.burst.max(other.burst) })
}

/// What was typed about limits.
struct Typed {
    limits: Option<String>,
    rate: Option<String>,
    connections: Option<String>,
}

/// Host and port from `HOST[:PORT]`, --ip and --port. A port may be said only once on the command line.
fn listen(typed: &ServeArguments, layers: &Layers) -> Result<(String, u16), Failure> {
    let port_said = layers.text(Section::Serve, "port", typed.port.clone())?;
    let port_said = parsed(port_said, |text| port(text, 0))?;
    let Some(argument) = &typed.host else {
        let ip = parsed(layers.text(Section::Serve, "ip", typed.ip.clone())?, host)?;
        return Ok((ip.unwrap_or_else(|| Address::default().host), port_said.unwrap_or(PORT_DEFAULT)));
    };
    let argument = Sourced::typed("HOST[:PORT]", argument.clone());
    // An address to connect to has no port 0, one to listen on may.
    if let Some(free) = argument.value.strip_suffix(":0")
        && free.parse::<Address>().is_ok()
        && argument.value.parse::<Ipv6Addr>().is_err()
    {
        return Ok((Sourced::typed("HOST[:PORT]", free.to_owned()).parse(host)?, 0));
    }
    let address = argument.parse(str::parse::<Address>)?;
    match (has_port(&argument.value, &address), &typed.port) {
        (true, Some(_)) => Err(Failure::usage(t!("cli-port-twice-serve"))),
        (true, None) => Ok((address.host, address.port)),
        (false, _) => Ok((address.host, port_said.unwrap_or(PORT_DEFAULT))),
    }
}

fn certificate(
    layers: &Layers,
    cert: Option<PathBuf>,
    key: Option<PathBuf>,
) -> Result<Option<(PathBuf, PathBuf)>, Failure> {
    let cert = layers.path(Section::Serve, "cert", cert)?;
    let key = layers.path(Section::Serve, "key", key)?;
    match (cert, key) {
        (Some(cert), Some(key)) => Ok(Some((cert, key))),
        (None, None) => Ok(None),
        _ => Err(Failure::usage(t!("cli-cert-and-key"))),
    }
}

/// A certificate of a public authority: its names, the authority's directory, and whom to believe that it is that.
fn acme(
    layers: &Layers,
    (names, directory, root): (Option<String>, Option<String>, Option<PathBuf>),
) -> Result<Option<AcmeConfig>, Failure> {
    let text = |option, typed| layers.text(Section::Serve, option, typed);
    let names = parsed(text("acme", names)?, acme_names)?;
    let directory = parsed(text("acme-directory", directory)?, |text| {
        let is_url = text.starts_with("https://") && !text.contains(char::is_whitespace);
        if is_url { Ok(text.to_owned()) } else { Err(t!("cli-not-directory", text = format!("{text:?}"))) }
    })?;
    let root = layers.path(Section::Serve, "acme-root", root)?;
    let directory = directory.unwrap_or_else(|| AcmeConfig::LETS_ENCRYPT.to_owned());
    Ok(names.map(|names| AcmeConfig { names, directory, root }))
}

/// Names that an authority can look at: no addresses, and no patterns.
fn acme_names(text: &str) -> Result<Vec<String>, String> {
    let name = |said: &str| {
        let refused = || t!("cli-not-acme-name", text = format!("{said:?}"));
        if said.contains('*') {
            return Err(refused());
        }
        let name = host(said)?;
        if name.parse::<IpAddr>().is_ok() { Err(refused()) } else { Ok(name) }
    };
    text.split(',').map(str::trim).map(name).collect()
}

fn data(layers: &Layers, typed: Option<PathBuf>) -> Result<PathBuf, Failure> {
    let said = layers.path(Section::Serve, "data", typed)?;
    said.or_else(places::server_data).ok_or_else(|| Failure::local(t!("cli-no-home")))
}

/// An invite to be printed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Invite {
    pub(crate) data: PathBuf,
    /// The address that others use, where it is not the one last listened on.
    pub(crate) address: Option<Address>,
    /// The certificate, where it is not the one that the server was last started with.
    pub(crate) cert: Option<PathBuf>,
    pub(crate) room: RoomName,
    /// Whether to draw it; as the outputs suggest where it is not said.
    pub(crate) qr: Option<bool>,
}

/// What `papo invite` is to do.
pub(crate) fn invite(typed: InviteArguments, layers: &Layers) -> Result<Invite, Failure> {
    let text = |option, typed| layers.text(Section::Serve, option, typed);
    Ok(Invite {
        data: data(layers, typed.data)?,
        address: parsed(text("address", typed.address)?, str::parse::<Address>)?,
        cert: layers.path(Section::Serve, "cert", typed.cert)?,
        room: parsed(text("room", typed.room)?, RoomName::parse)?.unwrap_or_default(),
        qr: layers.switch(Section::Serve, "qr", typed.qr)?,
    })
}

/// How long members wait between two messages.
fn slow(text: &str) -> Result<Slow, String> {
    match text.trim() {
        "auto" => Ok(Slow::Auto),
        "off" => Ok(Slow::Off),
        seconds => number(seconds, 1).map(Slow::Seconds),
    }
}

/// Something to be done in a room.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Room {
    pub(crate) data: PathBuf,
    pub(crate) name: RoomName,
    pub(crate) command: String,
    /// What stands behind the command.
    pub(crate) words: String,
    /// Whether a program reads the answer.
    pub(crate) json: bool,
}

/// What `papo room` is to do.
pub(crate) fn room(typed: RoomArguments, layers: &Layers) -> Result<Room, Failure> {
    Ok(Room {
        data: data(layers, typed.data)?,
        name: Sourced::typed("ROOM", typed.room).parse(RoomName::parse)?,
        command: typed.command,
        words: typed.words.join(" "),
        json: layers.flag(Section::Serve, "json", typed.json)?,
    })
}

/// A server to be asked whether it is ready.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Health {
    pub(crate) data: PathBuf,
    /// Where it is reached from here.
    pub(crate) address: Address,
}

/// What `papo health` is to do.
pub(crate) fn health(typed: HealthArguments, layers: &Layers) -> Result<Health, Failure> {
    let text = |option, typed| layers.text(Section::Serve, option, typed);
    let listens = parsed(text("ip", typed.ip)?, host)?.unwrap_or_else(|| Address::default().host);
    let port = parsed(text("port", typed.port)?, |text| port(text, 1))?.unwrap_or(PORT_DEFAULT);
    // Who listens on every address is reached on this computer's own.
    let host = match listens.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.to_string(),
        Ok(IpAddr::V6(ip)) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.to_string(),
        _ => listens,
    };
    Ok(Health { data: data(layers, typed.data)?, address: Address::new(host, port) })
}

/// A certificate to be made.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CertMake {
    pub(crate) data: PathBuf,
    pub(crate) names: Vec<String>,
    /// Whether an authority of the server's own signs it.
    pub(crate) local_ca: bool,
}

/// Whose authority `papo cert trust` is about: the folder of its server.
pub(crate) fn cert_trust(typed: CertTrustArguments, layers: &Layers) -> Result<PathBuf, Failure> {
    data(layers, typed.data)
}

/// What `papo cert make` is to do.
pub(crate) fn cert_make(typed: CertMakeArguments, layers: &Layers) -> Result<CertMake, Failure> {
    let name = |name: String| Sourced::typed("NAME", name).parse(host);
    Ok(CertMake {
        data: data(layers, typed.data)?,
        names: typed.names.into_iter().map(name).collect::<Result<_, _>>()?,
        local_ca: layers.flag(Section::Serve, "local-ca", typed.local_ca)?,
    })
}

/// A certificate to be looked at.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum CertFile {
    /// This file.
    File(PathBuf),
    /// The one in this server's folder.
    OfServer(PathBuf),
}

/// What `papo cert show` and `papo cert fingerprint` are to look at.
pub(crate) fn cert_file(typed: CertFileArguments, layers: &Layers) -> Result<CertFile, Failure> {
    match typed.file {
        Some(file) => Ok(CertFile::File(file)),
        None => data(layers, typed.data).map(CertFile::OfServer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::tests::layers;

    fn typed(host: Option<&str>, ip: Option<&str>, port: Option<&str>) -> ServeArguments {
        let own = |text: Option<&str>| text.map(str::to_owned);
        ServeArguments {
            host: own(host),
            ip: own(ip),
            port: own(port),
            data: Some("/d".into()),
            ..ServeArguments::default()
        }
    }

    #[test]
    fn where_to_listen_can_be_said_in_every_way() {
        let file = "[serve]\nport = 7";
        for (host, ip, port, environment, file, expected) in [
            (None, None, None, "", "", ("127.0.0.1", 12_345)),
            (None, None, None, "", file, ("127.0.0.1", 7)),
            (None, None, None, "8", file, ("127.0.0.1", 8)),
            (None, None, Some("9"), "8", file, ("127.0.0.1", 9)),
            (None, Some("::1"), Some("0"), "", "", ("::1", 0)),
            (Some("0.0.0.0"), None, None, "8", "", ("0.0.0.0", 8)),
            (Some("0.0.0.0:5"), None, None, "8", "", ("0.0.0.0", 5)),
            (Some("[::1]:0"), None, None, "8", "", ("::1", 0)),
            (Some("::"), None, Some("4"), "", "", ("::", 4)),
        ] {
            let layers = layers(&[("PAPO_PORT", environment)], file);
            let serve = serve(typed(host, ip, port), &layers).unwrap();
            assert_eq!((serve.host.as_str(), serve.port), expected);
        }
    }

    #[test]
    fn wrong_values_say_where_they_came_from() {
        for (name, value, file, expected) in [
            ("PAPO_PORT", "x", "", "the environment variable PAPO_PORT: \"x\" is not a port"),
            ("PAPO_X", "", "port = 65536", "serve.port in /etc/c.toml: \"65536\" is not a port"),
            ("PAPO_RATE", "0", "", "PAPO_RATE: \"0\" is not a whole number from 1 on: write one, or off"),
            ("PAPO_X", "", "log-level = 'loud'", "serve.log-level in /etc/c.toml: \"loud\" is none of error"),
            ("PAPO_ADMIN", "chat.example:9464", "", "\"chat.example:9464\" is neither a port nor an address"),
            ("PAPO_ACME", "10.0.0.1", "", "\"10.0.0.1\" is no name"),
            ("PAPO_ACME", "a.example, *.example", "", "\"*.example\" is no name"),
            (
                "PAPO_ACME_DIRECTORY",
                "http://a.example",
                "",
                "\"http://a.example\" is no address of an authority",
            ),
            ("PAPO_ACME", "a.example", "cert = 'a'\nkey = 'b'", "--acme and --cert do not go together"),
            ("PAPO_CERT", "c.pem", "", "--cert and --key go together"),
            ("PAPO_ADDRESS", "a b", "", "PAPO_ADDRESS: \"a b\" is not an address"),
        ] {
            let layers = layers(&[(name, value)], &format!("[serve]\n{file}"));
            let failure = serve(typed(None, None, None), &layers).unwrap_err();
            assert!(failure.text.contains(expected), "{failure}");
        }
        let twice = serve(typed(Some("a:1"), None, Some("2")), &layers(&[], "")).unwrap_err();
        assert!(twice.text.contains("said twice"), "{twice}");
    }

    #[test]
    fn a_public_certificate_names_the_server_too() {
        let given = [("PAPO_ACME", "chat.example, www.chat.example"), ("PAPO_ADDRESS", "")];
        let asked = serve(typed(None, None, None), &layers(&given, "")).unwrap();
        let acme = asked.acme.unwrap();
        assert_eq!(acme.names, ["chat.example", "www.chat.example"]);
        assert_eq!(acme.directory, AcmeConfig::LETS_ENCRYPT);
        assert_eq!(asked.address.as_deref(), Some("chat.example"));
        let given = [("PAPO_ACME", "chat.example"), ("PAPO_ADDRESS", "chat.example:443")];
        let asked = serve(typed(None, None, None), &layers(&given, "")).unwrap();
        assert_eq!(asked.address.as_deref(), Some("chat.example:443"));
    }

    #[test]
    fn the_operators_address_is_this_computer_where_only_a_port_is_said() {
        for (said, expected) in [
            ("", None),
            ("9464", Some("127.0.0.1:9464")),
            ("localhost:9464", Some("127.0.0.1:9464")),
            ("[::1]:0", Some("[::1]:0")),
            ("0.0.0.0:9464", Some("0.0.0.0:9464")),
        ] {
            let serve = serve(typed(None, None, None), &layers(&[("PAPO_ADMIN", said)], "")).unwrap();
            assert_eq!(serve.admin, expected.map(|address| address.parse().unwrap()), "{said}");
        }
    }

    #[test]
    fn a_health_check_finds_the_server_by_the_servers_own_variables() {
        for (ip, port, expected) in [
            ("", "", "127.0.0.1:12345"),
            ("0.0.0.0", "443", "127.0.0.1:443"),
            ("::", "9", "[::1]:9"),
            ("192.168.0.2", "9", "192.168.0.2:9"),
            ("chat.example", "", "chat.example:12345"),
        ] {
            let layers = layers(&[("PAPO_IP", ip), ("PAPO_PORT", port), ("PAPO_DATA", "/data")], "");
            let asked = health(HealthArguments::default(), &layers).unwrap();
            assert_eq!((asked.address.to_string().as_str(), asked.data), (expected, PathBuf::from("/data")));
        }
        let none = health(HealthArguments::default(), &layers(&[("PAPO_PORT", "0")], "")).unwrap_err();
        assert!(none.text.contains("is not a port"), "{none}");
    }

    #[test]
    fn limits_can_be_said_in_a_list_and_two_of_them_alone() {
        let usual = Limits::default();
        let some = |per_second, burst| Some(Rate { per_second, burst });
        let rate = some(5, 10);
        for (variables, expected) in [
            (&[("PAPO_RATE", "")][..], usual),
            // One member alone is a network as well.
            (&[("PAPO_RATE", "off")], Limits { messages: None, messages_per_address: None, ..usual }),
            (
                &[("PAPO_RATE", "1000:9000")],
                Limits { messages: some(1000, 9000), messages_per_address: some(1000, 9000), ..usual },
            ),
            (
                &[("PAPO_RATE", "off"), ("PAPO_LIMITS", "messages-per-address=7:8")],
                Limits { messages: None, messages_per_address: some(7, 8), ..usual },
            ),
            (&[("PAPO_RATE", "5")], Limits { messages: rate, ..usual }),
            (
                &[("PAPO_LIMITS", "off"), ("PAPO_RATE", "5")],
                Limits { messages: rate, ..Limits::without_rates() },
            ),
            (
                &[("PAPO_LIMITS", "joins=off"), ("PAPO_CONNECTIONS", "9")],
                Limits { joins: None, connections_max: 9, ..usual },
            ),
        ] {
            assert_eq!(serve(typed(None, None, None), &layers(variables, "")).unwrap().limits, expected);
        }
    }
}
