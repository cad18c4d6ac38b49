//! What a typed line means: a text, or one of the commands that every surface has. An unknown command is never
//! sent, since what looks like one was not meant for others. Not here: which commands there are
//! ([`papo_client::commands`]), and doing them.

use papo_client::commands::{self, Command, Surface, Wrong};

use super::words;

/// What a line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// Nothing.
    Nothing,
    /// Say this.
    Say(String),
    /// Do this.
    Command(Command),
    /// It cannot be done, and why.
    Wrong(String),
}

/// Leaving, which is also heard while the visit ends.
pub(super) const LEAVE: Command = Command::Leave;

/// Reads a line.
pub(super) fn read(line: &str) -> Typed {
    if line.trim().is_empty() {
        return Typed::Nothing;
    }
    if !commands::is_command(line) {
        return Typed::Say(commands::text_of(line).to_owned());
    }
    match commands::read(line, Surface::Terminal) {
        Ok(Command::Say(text)) => Typed::Say(text),
        Ok(command) => Typed::Command(command),
        Err(Wrong::Unknown(command)) => Typed::Wrong(words::unknown_command(&command)),
        Err(Wrong::Name(error)) => Typed::Wrong(words::nick(&error)),
        Err(Wrong::Petname(error)) => Typed::Wrong(words::call(&error)),
        Err(Wrong::Usage(why)) => Typed::Wrong(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_means_one_thing() {
        let say = |text: &str| Typed::Say(text.to_owned());
        for (line, expected) in [
            ("oi", say("oi")),
            (" indented", say(" indented")),
            ("", Typed::Nothing),
            ("  ", Typed::Nothing),
            ("//etc/hosts", say("/etc/hosts")),
            ("/me waves", say("*waves*")),
            ("/who", Typed::Command(Command::Who)),
            ("/leave now", Typed::Command(Command::Leave)),
        ] {
            assert_eq!(read(line), expected, "{line:?}");
        }
        for wrong in ["/", "/etc/hosts", "/me", "/nick", "/nick \u{202e}", "/call Ana \u{202e}", "/history 0"]
        {
            assert!(matches!(read(wrong), Typed::Wrong(_)), "{wrong:?}");
        }
    }
}
