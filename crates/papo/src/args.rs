//! What was typed: the commands, their options and their help texts. Nothing is opened, resolved or
//! defaulted here; what the options mean is in `settings`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::help;
use crate::layers::variable;

/// An encrypted chat room in one command.
#[derive(Debug, Parser)]
#[command(
    name = "papo",
    version,
    propagate_version = true,
    arg_required_else_help = true,
    after_help = "Begin with `papo serve`; it prints what the others type.\n\n\
        Every option is also an environment variable (named in the command's --help) and a key of the \
        configuration file: [serve] for serve, invite, room, health and cert, [client] for join, send, tail and key. \
        An option counts before the environment, the environment before the file. PAPO_TARGET and the key \
        target of [client] stand for TARGET.\n\n\
        You are the same person at every `papo join`; with --profile DIR you are a second one on the same \
        computer.\n\n\
        Exit codes: 0 done; 1 another failure; 2 wrong usage; 3 no connection; 4 server not trusted; \
        5 refused by the server; 6 connection lost before it was done; 7 a local file or folder."
)]
pub(crate) struct Arguments {
    /// Read this configuration file instead of papo/config.toml in the platform's configuration folder
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The language: en or pt; the system's where it is not said
    #[arg(long, global = true, value_name = "LANG")]
    pub(crate) lang: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Open a room: start the server
    Serve(Box<ServeArguments>),
    /// Come into a room, line by line: read, write, /help
    Join(JoinArguments),
    /// Open the window
    #[cfg(feature = "desktop")]
    Desktop(DesktopArguments),
    /// Say something in a room and end when the room has it
    Send(SendArguments),
    /// Print what is said in a room
    Tail(TailArguments),
    /// Print the invite link of the server on this computer
    Invite(InviteArguments),
    /// Keep order in a room of the server on this computer
    Room(RoomArguments),
    /// Tell whether the server on this computer is ready, for health checks
    Health(HealthArguments),
    /// Make or show the server's certificate
    Cert {
        #[command(subcommand)]
        command: CertCommand,
    },
    /// Take the key that you are to another device: by a code, or in a file that a passphrase protects
    Key {
        #[command(subcommand)]
        command: KeyCommand,
    },
    /// Measure what a server on this computer can do: many members, one room, real TLS
    Bench(Box<papo_bench::Options>),
}

/// Open a room: start the server.
#[derive(Debug, Default, Args)]
#[command(
    after_help = "Without options the server listens on 127.0.0.1:12345, for this computer alone, and makes \
    its own key and certificate on the first start.\n\n\
    The invite link goes to standard output, everything else to standard error. Ctrl-C stops cleanly, a \
    second Ctrl-C at once."
)]
pub(crate) struct ServeArguments {
    /// Where to listen: HOST or HOST:PORT, instead of --ip and --port
    #[arg(value_name = "HOST[:PORT]", conflicts_with = "ip")]
    pub(crate) host: Option<String>,
    /// The address to listen on; `-ip IP` works too. 127.0.0.1 where it is not said
    #[arg(short, long, value_name = "IP")]
    pub(crate) ip: Option<String>,
    /// The port to listen on; 12345 where it is not said, 0 for any free one
    #[arg(short, long)]
    pub(crate) port: Option<String>,
    /// The folder in which the server keeps everything: key, certificate, log
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// A certificate (PEM) instead of the server's own; together with --key
    #[arg(long, value_name = "FILE")]
    pub(crate) cert: Option<PathBuf>,
    /// The private key (PEM) of --cert
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// Get a certificate for this name from a public authority, and renew it: browsers then show no warning. The name must
    /// lead here, and its port 443 to this server's. Several with commas. By this you agree with the authority's terms
    #[arg(long, value_name = "NAME")]
    pub(crate) acme: Option<String>,
    /// The authority's directory; Let's Encrypt's where it is not said
    #[arg(long, value_name = "URL")]
    pub(crate) acme_directory: Option<String>,
    /// Whom to believe that this is the authority (PEM), for one of your own
    #[arg(long, value_name = "FILE")]
    pub(crate) acme_root: Option<PathBuf>,
    /// Let in everybody who reaches the port; without it, only those with an invite come in where others can reach it
    #[arg(long)]
    pub(crate) open: bool,
    /// The address that the invite link names, where others reach this server under another one
    #[arg(long, value_name = "HOST[:PORT]")]
    pub(crate) address: Option<String>,
    /// Do not print an invite: where a log keeps what is printed, whoever reads it could come in
    #[arg(long)]
    pub(crate) no_invite: bool,
    /// Where the same rooms are as well, on servers that share the log: invites name them, and members go on there where this
    /// server ends. Several with commas
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) also: Option<String>,
    /// When a message counts as stored: on the `disk` (default), or with the operating system (`os`: faster,
    /// but a power cut may take the last messages)
    #[arg(long, value_name = "disk|os")]
    pub(crate) durability: Option<String>,
    /// Where messages are kept: on `disk` (default), or nowhere but in memory (`none`)
    #[arg(long, value_name = "disk|none")]
    pub(crate) history: Option<String>,
    /// Keep messages in a log that several servers share, instead of a file here: `postgres://USER@HOST/DATABASE` or
    /// `nats://HOST[,HOST]`. Which to choose stands in the manual of operations
    #[arg(long, value_name = "URL")]
    pub(crate) log: Option<String>,
    /// How large the file of messages may grow, in MiB; as large as the disk where it is not said. When it is
    /// full, nothing more is stored and everybody is told
    #[arg(long, value_name = "MIB")]
    pub(crate) history_max: Option<String>,
    /// How long members wait between two messages: seconds, `off` (default), or `auto` to follow how many are there
    #[arg(long, value_name = "SECONDS|auto|off")]
    pub(crate) slow: Option<String>,
    /// How many event loops; 0 (default) for one on each processor core
    #[arg(long, value_name = "N")]
    pub(crate) shards: Option<String>,
    /// Messages a second that one member may send, or `off`; a network may send as many, where it is more than usual
    #[arg(long, value_name = "N|off")]
    pub(crate) rate: Option<String>,
    /// `off` for no rate and no limit by address, for load tests; or a list of NAME=VALUE, which the manual of
    /// operations explains
    #[arg(long, value_name = "off|LIST")]
    pub(crate) limits: Option<String>,
    /// How many connections at most
    #[arg(long, value_name = "N")]
    pub(crate) connections: Option<String>,
    /// Where figures and health can be asked for over HTTP: a port of this computer, or IP:PORT, there over TLS. Nowhere
    /// if it is not said
    #[arg(long, value_name = "[IP:]PORT")]
    pub(crate) admin: Option<String>,
    /// How log lines look: `text` (default) or `json`; then standard error holds nothing else, and what is otherwise
    /// said to people are lines of the level info
    #[arg(long, value_name = "text|json")]
    pub(crate) log_format: Option<String>,
    /// Which log lines are written: error, warn (default), info, debug or trace
    #[arg(long, value_name = "LEVEL")]
    pub(crate) log_level: Option<String>,
}

/// Where the room is and who one is there: what join, send and tail have in common.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct ClientArguments {
    /// The server's address; `-ip IP` works too. 127.0.0.1 where it is not said
    #[arg(short, long, value_name = "IP")]
    pub(crate) ip: Option<String>,
    /// The server's port; 12345 where it is not said
    #[arg(short, long)]
    pub(crate) port: Option<String>,
    /// The room; the invite's, or else `lobby`
    #[arg(short, long)]
    pub(crate) room: Option<String>,
    /// What you want to be called; the name of your account where it is not said
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Trust the server with this certificate (PEM), the server's own or its authority's
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// The folder that holds your key, the servers you trust and your messages
    #[arg(long, value_name = "DIR")]
    pub(crate) profile: Option<PathBuf>,
}

/// Come into a room, line by line: read, write, /help.
#[derive(Debug, Default, Args)]
#[command(after_help = "TARGET is an invite link, HOST or HOST:PORT.\n\n\
    What others say goes to standard output, everything else to standard error. Lines from a pipe are sent \
    one by one; at the end of the input papo waits until the room has them all, and ends. This version has \
    the line mode only; --plain asks for it by name, for the time when there is a full screen too.\n\n\
    To be a second person on the same computer, use a folder of your own: papo join --profile DIR --name NAME.")]
pub(crate) struct JoinArguments {
    /// An invite link, HOST or HOST:PORT
    #[arg(conflicts_with = "ip")]
    pub(crate) target: Option<String>,
    #[command(flatten)]
    pub(crate) client: ClientArguments,
    /// Line by line, without drawing a screen (the only mode so far)
    #[arg(long)]
    pub(crate) plain: bool,
    /// How many earlier messages to show on coming in; 20 where it is not said
    #[arg(long, value_name = "N")]
    pub(crate) earlier: Option<String>,
}

/// Open the window.
#[cfg(feature = "desktop")]
#[derive(Clone, Debug, Default, Args)]
#[command(
    after_help = "TARGET is an invite link, HOST or HOST:PORT; that room is shown, beside those that were \
    open last. Without it, and without an address, the window shows where you were.\n\n\
    --install-links puts papo into your menu of programs and has it open papo:// links, which are invites with papo \
    instead of https at their beginning; it needs no right on the system. A link that comes that way is shown before \
    anything is connected."
)]
pub(crate) struct DesktopArguments {
    /// An invite link, HOST or HOST:PORT
    #[arg(conflicts_with = "ip")]
    pub(crate) target: Option<String>,
    #[command(flatten)]
    pub(crate) client: ClientArguments,
    /// Have papo:// links open the window, show papo in the menu of programs, and end
    #[arg(long, conflicts_with_all = ["target", "remove_links"])]
    pub(crate) install_links: bool,
    /// Take away what --install-links has put there, and end
    #[arg(long, conflicts_with = "target")]
    pub(crate) remove_links: bool,
    /// Write how long each frame takes to this file, a JSON object a line
    #[arg(long, value_name = "FILE", hide = true)]
    pub(crate) frame_times: Option<PathBuf>,
}

/// Say something in a room and end when the room has it.
#[derive(Debug, Default, Args)]
#[command(
    after_help = "The first word is the TARGET if it is an invite link, HOST:PORT, an IP address or localhost; with \
    --ip or --port every word is text. Without text, standard input is read to its end and sent as one message.\n\n\
    papo send ends with 0 only when the room has stored the message. A lost connection is made again until \
    the time is over."
)]
pub(crate) struct SendArguments {
    /// Perhaps TARGET, and what to say; without text, what standard input holds
    #[arg(value_name = "TARGET|TEXT")]
    pub(crate) words: Vec<String>,
    #[command(flatten)]
    pub(crate) client: ClientArguments,
    /// Send each line of standard input as a message of its own, in order
    #[arg(long)]
    pub(crate) lines: bool,
    /// Give up after so many seconds; 30 where it is not said
    #[arg(long, value_name = "SECONDS")]
    pub(crate) timeout: Option<String>,
}

/// Print what is said in a room.
#[derive(Debug, Default, Args)]
#[command(after_help = "TARGET is an invite link, HOST or HOST:PORT. Lost connections are made again, and \
    nothing is missed or printed twice.")]
pub(crate) struct TailArguments {
    /// An invite link, HOST or HOST:PORT
    #[arg(conflicts_with = "ip")]
    pub(crate) target: Option<String>,
    #[command(flatten)]
    pub(crate) client: ClientArguments,
    /// Print each message as one JSON object, as the protocol has it
    #[arg(long)]
    pub(crate) json: bool,
    /// Begin after the message of this number; 0 for everything that the room still has
    #[arg(long, value_name = "SEQ")]
    pub(crate) after: Option<String>,
    /// End after so many messages
    #[arg(short = 'n', long, value_name = "N")]
    pub(crate) count: Option<String>,
    /// End at the newest message instead of waiting for further ones
    #[arg(long)]
    pub(crate) no_follow: bool,
    /// Print what this computer has kept of the room, without a connection
    #[arg(long)]
    pub(crate) offline: bool,
}

/// Print the invite link of the server on this computer.
#[derive(Debug, Default, Args)]
pub(crate) struct InviteArguments {
    /// The server's folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// The address that others reach the server under; what it last listened on where it is not said
    #[arg(long, value_name = "HOST[:PORT]")]
    pub(crate) address: Option<String>,
    /// The server's certificate (PEM); the one that it was last started with where it is not said
    #[arg(long, value_name = "FILE")]
    pub(crate) cert: Option<PathBuf>,
    /// The room that the link leads to; `lobby` where it is not said
    #[arg(short, long)]
    pub(crate) room: Option<String>,
    /// Draw the link as a QR code too (on standard error); on a terminal that is done anyway
    #[arg(long)]
    pub(crate) qr: bool,
}

/// Keep order in a room of the server on this computer.
#[derive(Debug, Default, Args)]
#[command(
    after_help = "COMMAND is one of: invite [USES] [TIME], owner-invite, revoke INVITE, access, audit, kick WHOM [WHY], \
    ban WHOM [TIME] [WHY], unban WHOM, mute WHOM [TIME] [WHY], unmute WHOM, op WHOM [owner], deop WHOM, \
    slow TIME|auto|off, announce [on|off], lock, unlock.\n\n\
    WHOM is a name, NAME#abcd where several are called so, or an id; TIME is 30s, 10m, 2h or 7d. The server may run \
    or not."
)]
pub(crate) struct RoomArguments {
    /// The room
    #[arg(value_name = "ROOM")]
    pub(crate) room: String,
    /// What to do there
    #[arg(value_name = "COMMAND")]
    pub(crate) command: String,
    /// Whom, for how long, why
    #[arg(value_name = "WORDS")]
    pub(crate) words: Vec<String>,
    /// Print access and audit as JSON, as the protocol has it
    #[arg(long)]
    pub(crate) json: bool,
    /// The server's folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

/// Tell whether the server on this computer is ready.
#[derive(Debug, Default, Args)]
#[command(
    after_help = "It asks the server as its members reach it, over TLS, and believes only the one that this folder \
    belongs to. It ends with 0 where the server is ready, with 1 where it says that it is not, and otherwise with the \
    code of what is wrong. The variables of `papo serve` hold here too, so that in a container `papo health` is the \
    whole health check."
)]
pub(crate) struct HealthArguments {
    /// The address that the server listens on; `-ip IP` works too. 127.0.0.1 where it is not said
    #[arg(short, long, value_name = "IP")]
    pub(crate) ip: Option<String>,
    /// The server's port; 12345 where it is not said
    #[arg(short, long)]
    pub(crate) port: Option<String>,
    /// The server's folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CertCommand {
    /// Make the server's key and certificate, as the first `papo serve` does
    Make(CertMakeArguments),
    /// Tell how a computer or phone comes to trust the authority that `papo cert make --local-ca` has made
    Trust(CertTrustArguments),
    /// Show the fingerprint, the names and the end of a certificate
    Show(CertFileArguments),
    /// Print the fingerprint of a certificate
    Fingerprint(CertFileArguments),
}

#[derive(Debug, Default, Args)]
pub(crate) struct CertMakeArguments {
    /// The server's folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Names and addresses under which others reach the server, besides localhost
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// Make a small authority of the server's own too, for these names only: browsers that trust it show no warning.
    /// The server's key stays, if there is one, and with it all invites
    #[arg(long)]
    pub(crate) local_ca: bool,
}

#[derive(Debug, Default, Args)]
pub(crate) struct CertTrustArguments {
    /// The server's folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

#[derive(Debug, Default, Args)]
pub(crate) struct CertFileArguments {
    /// A certificate (PEM); the one in the server's folder where it is not said
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// The server's folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Write the key that you are into a file that a passphrase protects
    #[command(
        after_help = "The passphrase is asked for at the terminal and not shown; a script puts it into the \
        first line of a file that only you may read (--passphrase-file or PAPO_PASSPHRASE_FILE). Who forgets the \
        passphrase has lost the file."
    )]
    Export(KeyExportArguments),
    /// Be here who is in a file that `papo key export` has written
    #[command(
        after_help = "A key that is here already stays as it is, except with --replace; then it is kept \
        beside the new one."
    )]
    Import(KeyImportArguments),
    /// Take the key to another device in the same network, by a code that is typed there
    #[command(
        after_help = "On the device that has the key, `papo key pair` shows a code and waits; on the other one, \
        `papo key pair CODE` takes the key over. Both have to reach each other, as in the same Wi-Fi; where they \
        do not, use `papo key export`.\n\n\
        A key that is here already stays as it is, except with --replace; then it is kept beside the new one."
    )]
    Pair(KeyPairArguments),
}

#[derive(Debug, Default, Args)]
pub(crate) struct KeyExportArguments {
    /// The file to write; it must not be there yet
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) key: KeyArguments,
}

#[derive(Debug, Default, Args)]
pub(crate) struct KeyImportArguments {
    /// The file that `papo key export` has written
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) key: KeyArguments,
    /// Take the place of a key that is here already, which is kept beside it
    #[arg(long)]
    pub(crate) replace: bool,
}

#[derive(Debug, Default, Args)]
pub(crate) struct KeyPairArguments {
    /// The code that the other device shows; without it, this device shows one
    pub(crate) code: Option<String>,
    /// The folder that holds your key, the servers you trust and your messages
    #[arg(long, value_name = "DIR")]
    pub(crate) profile: Option<PathBuf>,
    /// The address under which the other device reaches this one; found by itself where it is not said
    #[arg(long, value_name = "HOST[:PORT]", conflicts_with = "code")]
    pub(crate) address: Option<String>,
    /// Give up after so many seconds; 600 where it is not said
    #[arg(long, value_name = "SECONDS", conflicts_with = "code")]
    pub(crate) timeout: Option<String>,
    /// Draw the code as a QR code too (on standard error); on a terminal that is done anyway
    #[arg(long, conflicts_with = "code")]
    pub(crate) qr: bool,
    /// Take the place of a key that is here already, which is kept beside it
    #[arg(long, requires = "code")]
    pub(crate) replace: bool,
}

/// What export and import have in common.
#[derive(Debug, Default, Args)]
pub(crate) struct KeyArguments {
    /// The folder that holds your key, the servers you trust and your messages
    #[arg(long, value_name = "DIR")]
    pub(crate) profile: Option<PathBuf>,
    /// Read the passphrase from the first line of this file instead of asking for it
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

/// Reads the words of the command line, the program's own name first.
pub(crate) fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Arguments, clap::Error> {
    let matches = help::localised(command()).try_get_matches_from(rewrite_ip(words))?;
    Arguments::from_arg_matches(&matches)
}

/// The commands with the environment variable of each option in its help. This is also the one list of
/// what the configuration file may hold.
pub(crate) fn command() -> clap::Command {
    Arguments::command().mut_args(name_variable).mut_subcommands(|command| match command.get_name() {
        // A measurement is what was typed and nothing else.
        "bench" => command,
        _ => name_variables(command),
    })
}

fn name_variables(command: clap::Command) -> clap::Command {
    command.mut_args(name_variable).mut_subcommands(name_variables)
}

fn name_variable(arg: clap::Arg) -> clap::Arg {
    let Some(variable) = arg.get_long().map(variable) else { return arg };
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    arg.help(format!("{help} [{variable}]"))
}

/// Writes `-ip X` and `-ip=X`, as the project has always had it, as `--ip`: the parser would read it as `-i p`.
/// What stands behind `--` is left alone.
fn rewrite_ip(words: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut options = true;
    let rewrite = |word: OsString| {
        options &= word != "--";
        match word.to_str() {
            Some("-ip") if options => "--ip".into(),
            Some(text) if options && text.starts_with("-ip=") => format!("-{text}").into(),
            _ => word,
        }
    };
    words.into_iter().map(rewrite).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn the_definition_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn ip_with_one_hyphen_is_an_option() {
        for (line, rewritten) in [
            ("papo serve -ip ::1 -p 1", "papo serve --ip ::1 -p 1"),
            ("papo serve -ip=1.2.3.4", "papo serve --ip=1.2.3.4"),
            ("papo serve -i 1.2.3.4", "papo serve -i 1.2.3.4"),
            ("papo send -- -ip", "papo send -- -ip"),
        ] {
            assert_eq!(rewrite_ip(words(line)), words(rewritten));
        }
        let typed = parse(words("papo serve -ip 1.2.3.4 -p 9")).unwrap();
        let Command::Serve(serve) = typed.command else { panic!("{typed:?}") };
        assert_eq!((serve.ip.as_deref(), serve.port.as_deref()), (Some("1.2.3.4"), Some("9")));
    }

    /// Options of one name share a variable, and mostly a key of the configuration file: they must mean the same.
    /// A further one belongs into this list only if it does.
    #[test]
    fn options_of_one_name_mean_the_same() {
        let mut commands = vec![command()];
        let mut options = std::collections::BTreeMap::<String, Vec<String>>::new();
        while let Some(command) = commands.pop() {
            for arg in command.get_arguments() {
                let Some(long) = arg.get_long().filter(|long| !["help", "version"].contains(long)) else {
                    continue;
                };
                let values = arg.get_value_names().unwrap_or_default();
                options.entry(long.to_owned()).or_default().push(format!("{values:?}"));
            }
            commands.extend(command.get_subcommands().filter(|sub| sub.get_name() != "bench").cloned());
        }
        options.retain(|_, values| values.len() > 1);
        for (option, values) in &options {
            assert!(values.iter().all(|value| value == &values[0]), "--{option}: {values:?}");
        }
        let shared: Vec<&str> = options.keys().map(String::as_str).collect();
        assert_eq!(
            shared,
            [
                "address",
                "ca",
                "cert",
                "data",
                "ip",
                "json",
                "name",
                "passphrase-file",
                "port",
                "profile",
                "qr",
                "replace",
                "room",
                "timeout",
            ]
        );
    }

    #[test]
    fn every_option_says_its_variable() {
        let help = command().find_subcommand_mut("serve").unwrap().render_long_help().to_string();
        assert!(help.contains("[PAPO_LOG_FORMAT]"), "{help}");
    }
}
