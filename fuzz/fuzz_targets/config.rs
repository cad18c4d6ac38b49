//! Gives any text to the reader of the configuration file. The program is no library, so the reader is taken in as
//! a file, and what it needs of the rest of the program stands here in its place: the names of a few options, and
//! what a failure says.

#![no_main]

#[allow(dead_code, reason = "what opens the file is not called here")]
#[path = "../../crates/papo/src/config_file.rs"]
mod config_file;

mod args {
    //! The definition of the command line, as far as the reader asks for it.

    use clap::{Arg, Command};

    pub(crate) fn command() -> Command {
        let options = |name: &'static str| {
            ["ip", "port", "open", "rate", "name", "config"]
                .into_iter()
                .fold(Command::new(name), |command, long| command.arg(Arg::new(long).long(long)))
        };
        let commands = ["serve", "invite", "join", "send", "tail"].map(options);
        Command::new("papo")
            .subcommands(commands)
            .subcommand(Command::new("cert").subcommand(options("show")))
    }
}

mod exit {
    //! A failure, as the reader makes it.

    pub(crate) struct Failure {
        pub(crate) text: String,
    }

    impl Failure {
        pub(crate) fn usage(text: impl Into<String>) -> Self {
            Self { text: text.into() }
        }

        pub(crate) fn local(text: impl Into<String>) -> Self {
            Self { text: text.into() }
        }
    }
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    match config_file::ConfigFile::parse("c.toml".as_ref(), &text) {
        Ok(file) => {
            for (section, key) in [("serve", "port"), ("serve", "ip"), ("client", "name"), ("", "")] {
                match file.text(section, key) {
                    Ok(_) => {}
                    Err(failure) => assert!(failure.text.contains("c.toml")),
                }
            }
            assert!(file.warnings().iter().all(|warning| warning.contains("c.toml")));
        }
        Err(failure) => assert!(failure.text.contains("c.toml")),
    }
});
