//! The one binary of papo: command line, signals and exit code around the libraries, which do the work.
//! Not here: anything about rooms, messages or connections.

mod args;
mod bench;
mod cert;
mod chat;
mod config_file;
#[cfg(feature = "desktop")]
mod desktop;
mod exit;
mod health;
mod help;
mod invite;
mod key;
mod language;
mod layers;
#[cfg(target_os = "linux")]
mod linux;
mod output;
mod places;
mod room;
mod serve;
mod settings;
#[cfg(unix)]
mod unix;

use std::env;
use std::process::ExitCode;

use args::{CertCommand, Command, KeyCommand};
use exit::Failure;
use layers::Layers;

fn main() -> ExitCode {
    #[cfg(unix)]
    unix::write_no_core_dumps();
    // Before anything is said, and the parser may have to say something.
    language::choose(env::args_os());
    let typed = match args::parse(env::args_os()) {
        Ok(typed) => typed,
        // Help, version and misuse are printed by the parser itself; a closed output is no failure of ours.
        Err(told) => {
            match help::misuse(&told) {
                Some(text) => output::failure(&text),
                None => drop(told.print()),
            }
            return exit::after_parser(&told);
        }
    };
    match run(typed) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(typed: args::Arguments) -> Result<(), Failure> {
    #[cfg(feature = "desktop")]
    if let Command::Desktop(desktop) = typed.command {
        return desktop::run(&desktop, typed.config.as_ref(), typed.lang.as_ref());
    }
    let layers = Layers::load(typed.config)?;
    language::check(typed.lang, &layers)?;
    if !matches!(typed.command, Command::Serve(_)) {
        layers.warn();
    }
    match typed.command {
        Command::Serve(typed) => {
            let serve = settings::serve(*typed, &layers);
            if let Ok(serve) = &serve {
                serve::start_logging(serve.log_format, serve.log_level);
            }
            // Only now is it known in which form a server is to say them.
            layers.warn();
            serve::run(serve?)
        }
        Command::Invite(typed) => invite::run(settings::invite(typed, &layers)?),
        Command::Room(typed) => room::run(&settings::room(typed, &layers)?),
        Command::Health(typed) => health::run(&settings::health(typed, &layers)?),
        Command::Cert { command } => match command {
            CertCommand::Make(typed) => cert::make(settings::cert_make(typed, &layers)?),
            CertCommand::Trust(typed) => cert::trust(&settings::cert_trust(typed, &layers)?),
            CertCommand::Show(typed) => cert::show(&settings::cert_file(typed, &layers)?),
            CertCommand::Fingerprint(typed) => cert::fingerprint(&settings::cert_file(typed, &layers)?),
        },
        Command::Key { command } => match command {
            KeyCommand::Export(typed) => key::export(settings::key_export(typed, &layers)?),
            KeyCommand::Import(typed) => key::import(settings::key_import(typed, &layers)?),
            KeyCommand::Pair(typed) => key::pair::run(settings::key_pair(typed, &layers)?),
        },
        Command::Join(typed) => chat::join::run(settings::join(typed, &layers)?),
        // Above, for a fault in the configuration file does not keep the window from opening.
        #[cfg(feature = "desktop")]
        Command::Desktop(_) => Ok(()),
        Command::Send(typed) => chat::send::run(settings::send(typed, &layers)?),
        Command::Bench(options) => bench::run(&options),
        Command::Tail(typed) => chat::tail::run(settings::tail(typed, &layers)?),
    }
}
