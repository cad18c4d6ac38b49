//! `papo serve`: from the options to a running server, and from a signal to its clean end. Not here: what a
//! server does, which is the server library's business.

mod listen;
mod words;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{self, Path};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};

use papo_log::LogError;
use papo_proto::{Invite, RoomName};
use papo_server::control::Control;
use papo_server::{AccessRules, Config, PemFiles, ServeError, Server, Stopper};
use papo_words::t;
use tracing_subscriber::filter::LevelFilter;

pub(crate) use self::listen::outward;
use crate::exit::{EXIT_INTERRUPTED, Exit, Failure};
use crate::output;
use crate::settings::{Durability, History, LogFormat, LogLevel, Serve};

#[cfg(target_os = "linux")]
use crate::linux::tell_service_manager;

/// Other systems' service managers look at the process only.
#[cfg(not(target_os = "linux"))]
fn tell_service_manager(_state: &str) {}

/// The sockets that whoever has started this program has opened for it (`sd_listen_fds(3)`); none without such a start.
#[cfg(unix)]
fn opened_sockets() -> Result<Vec<TcpListener>, Failure> {
    crate::unix::opened_sockets().map_err(|error| {
        Failure::new(Exit::Other, t!("cli-socket-wrong", cause = papo_words::system(&error)))
    })
}

#[cfg(not(unix))]
fn opened_sockets() -> Result<Vec<TcpListener>, Failure> {
    Ok(Vec::new())
}

/// Runs a server until a signal stops it.
pub(crate) fn run(serve: Serve) -> Result<(), Failure> {
    let opened = opened_sockets()?;
    let listen = match listen::addresses(&opened)? {
        addresses if addresses.is_empty() => listen::resolve(&serve.host, serve.port)?,
        addresses => addresses,
    };
    let is_public = listen::is_public(&listen);
    let access = AccessRules { open: serve.open || !is_public, slow: serve.slow };
    let given = serve.certificate.as_ref().map(|(certificate, _)| certificate.clone());
    let is_first = !crate::invite::is_known(&serve.data);
    // Where somebody else has opened the sockets, what they listen on counts, not what was asked for.
    let host = if opened.is_empty() { serve.host.clone() } else { listen::host(&listen) };
    let (data, address, tells) = (serve.data.clone(), serve.address.clone(), !serve.no_invite);
    let others = serve.also.clone();
    let keeps = serve.history != History::None;
    // The port may still be any; who it is for is known.
    let names = vec![listen::reached_under(address.as_deref(), &host, &listen)?.host];
    let shared = match &serve.history {
        History::Shared(url) => Some(url.to_string()),
        _ => None,
    };
    let config = config(serve, listen, names, access);
    let server = if opened.is_empty() { Server::bind(config) } else { Server::adopt(config, opened) };
    let server = server.map_err(|error| failure(&error))?;
    let bound = server.addresses().to_vec();
    let reached = listen::reached_under(address.as_deref(), &host, &bound)?;
    let invite = Invite {
        address: reached,
        room: RoomName::default(),
        fingerprint: server.fingerprint(),
        secret: None,
        others,
    };
    crate::invite::remember(&data, &invite, given.as_deref())?;
    // On this computer alone `papo room` is the owner's; elsewhere whoever comes first by the first invite is.
    // The one that would be printed takes the place of the one before, which may be on its way to somebody.
    let secret = if is_public && tells {
        server.owner_invite(&invite.room).map_err(|error| failure(&error))?
    } else {
        None
    };
    let invite = Invite { secret, ..invite };
    crate::invite::remember_access(&data, access.open)?;
    crate::invite::remember_shared(&data, shared.as_deref())?;
    let control = Control::listen(&data, server.operator());
    if let Err(error) = &control {
        tracing::warn!("`papo room` cannot reach this server while it runs: {error}");
    }
    stop_on_signal(server.stopper())?;
    announce(&server, &data, access);
    if tells {
        tell_invite(&invite);
    } else {
        output::words(&t!("cli-invite-untold"));
    }
    if tells && (is_first || output::data_goes_elsewhere()) {
        output::confidential(&words::how_to_use(&invite));
    }
    // Without the invite's secret, the certificate lets nobody into a room by invite.
    if tells && is_first && access.open {
        let certificate = given.unwrap_or_else(|| PemFiles::in_folder(&data).certificate);
        output::words(&words::with_certificate(&invite, &certificate));
    }
    output::words(&t!("cli-how-to-close"));
    // It listens: whoever connects from now on is served.
    tell_service_manager("READY=1");
    server.run().map_err(|error| failure(&error))?;
    output::words(&words::stopped(keeps));
    Ok(())
}

/// Says where the room is, and who may come in.
fn announce(server: &Server, data: &Path, access: AccessRules) {
    // Where the current folder cannot be found out, the path is as good as it was typed.
    let folder = path::absolute(data).unwrap_or_else(|_| data.to_owned());
    let new_folder = server.is_new().then_some(&*folder);
    let bound = server.addresses();
    output::words(&words::started(bound, &server.fingerprint(), new_folder));
    if !access.open {
        output::words(&t!("cli-by-invite", room = %RoomName::default()));
    } else if listen::is_public(bound) {
        output::words(&t!("cli-open-to-all"));
    }
    if let Some(admin) = server.admin_address() {
        let scheme = if admin.ip().is_loopback() { "http" } else { "https" };
        output::words(&t!("cli-admin", address = format!("{scheme}://{admin}/metrics")));
    }
}

/// Says the invite, for the others.
fn tell_invite(invite: &Invite) {
    if invite.secret.is_some() {
        output::words(&t!("cli-first-owner"));
    }
    output::words(&format!("\n{}", t!("cli-invite")));
    if let Err(failure) = output::line(&invite.to_string()) {
        // The room is for the others; whether anybody reads this output does not matter to them.
        output::words(&failure.text);
    }
}

fn config(serve: Serve, listen: Vec<SocketAddr>, names: Vec<String>, access: AccessRules) -> Config {
    let history = match serve.history {
        History::Disk { durability, bytes_max } => {
            let durability = match durability {
                Durability::Disk => papo_log::Durability::Disk,
                Durability::Os => papo_log::Durability::Os,
            };
            papo_server::History::Disk { durability, bytes_max }
        }
        History::None => papo_server::History::None,
        History::Shared(url) => papo_server::History::Shared(url),
    };
    let certificate = serve.certificate.map(|(certificate, key)| PemFiles { certificate, key });
    Config {
        listen,
        data: serve.data,
        names,
        certificate,
        acme: serve.acme,
        history,
        shards: serve.shards,
        websocket_echo: false,
        admin: serve.admin,
        also: serve.also,
        limits: serve.limits,
        access,
    }
}

/// The first signal lets everybody finish; the second one does not wait.
fn stop_on_signal(stopper: Stopper) -> Result<(), Failure> {
    let asked = AtomicBool::new(false);
    let on_signal = move || {
        if asked.swap(true, Ordering::SeqCst) {
            process::exit(EXIT_INTERRUPTED);
        }
        output::words(&t!("cli-stopping"));
        tell_service_manager("STOPPING=1");
        stopper.stop();
    };
    ctrlc::set_handler(on_signal)
        .map_err(|error| Failure::new(Exit::Other, t!("cli-no-signals", cause = %error)))
}

/// A server's failure with its exit code.
fn failure(error: &ServeError) -> Failure {
    let exit = match error {
        ServeError::Folder { .. } | ServeError::Certificate(_) | ServeError::Log(_) => Exit::LocalFile,
        _ => Exit::Other,
    };
    let text = match error {
        ServeError::Log(LogError::InUse { path }) => words::log_in_use(path),
        error => error.to_string(),
    };
    Failure::new(exit, text)
}

/// Lets log lines be written. Must come before anything is said: a log of JSON has the words in it too.
pub(crate) fn start_logging(format: LogFormat, level: LogLevel) {
    let level = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let lines = tracing_subscriber::fmt().with_max_level(level).with_writer(io::stderr);
    // A second subscriber in one process is the only failure, and there is none.
    let _ = match format {
        LogFormat::Text => lines.with_ansi(output::words_coloured()).try_init(),
        LogFormat::Json => {
            output::speak_by_log();
            lines.json().try_init()
        }
    };
}
