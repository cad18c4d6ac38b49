//! The system programs that tests start: which, what for, and how to get the missing ones.
//! Rust, a C compiler and git are not in the table: without them this task would not run.

use std::process::Command;

use crate::process;

/// A program of the system that at least one test starts.
struct Program {
    /// What is looked for on `PATH`; a path, where it lies beside it.
    name: &'static str,
    /// The Debian and Ubuntu packages that it needs, the one that holds it first.
    debian: &'static str,
    /// The Homebrew formula that holds it.
    homebrew: &'static str,
    /// What tests do with it.
    purpose: &'static str,
    /// Whether it exists for Linux only; tests that need it do not exist elsewhere.
    linux_only: bool,
}

/// Every program that a test may start. A test that needs another one adds its row here.
const PROGRAMS: [Program; 14] = [
    Program {
        name: "openssl",
        debian: "openssl",
        homebrew: "openssl",
        purpose: "makes certificates as users do, and is the smallest client",
        linux_only: false,
    },
    Program {
        name: "python3",
        debian: "python3",
        homebrew: "python",
        purpose: "runs the example client",
        linux_only: false,
    },
    Program {
        name: "node",
        debian: "nodejs",
        homebrew: "node",
        purpose: "runs the page's tests",
        linux_only: true,
    },
    Program {
        name: "npm",
        debian: "npm",
        homebrew: "node",
        purpose: "gets what the page's tests need",
        linux_only: true,
    },
    Program {
        name: "chromium",
        debian: "chromium",
        homebrew: "chromium",
        purpose: "opens the page",
        linux_only: true,
    },
    Program {
        name: "sqlite3",
        debian: "sqlite3",
        homebrew: "sqlite",
        purpose: "reads the log back with plain SQL",
        linux_only: false,
    },
    // The servers themselves are not on PATH; this is, and comes with them.
    Program {
        name: "pg_ctlcluster",
        debian: "postgresql",
        homebrew: "",
        purpose: "keeps a log that several servers share",
        linux_only: true,
    },
    Program {
        name: "nats-server",
        debian: "nats-server",
        homebrew: "",
        purpose: "keeps a log that several servers share",
        linux_only: true,
    },
    Program {
        name: "dbus-daemon",
        debian: "dbus-daemon",
        homebrew: "",
        purpose: "carries notifications to a test's own desktop",
        linux_only: true,
    },
    Program {
        name: "strace",
        debian: "strace",
        homebrew: "",
        purpose: "lets a flush to disk fail, and counts system calls",
        linux_only: true,
    },
    Program {
        name: "valgrind",
        debian: "valgrind",
        homebrew: "",
        purpose: "counts what a delivery costs",
        linux_only: true,
    },
    Program {
        name: "Xvfb",
        debian: "xvfb libgl1-mesa-dri libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0",
        homebrew: "",
        purpose: "is the screen on which the window is opened",
        linux_only: true,
    },
    Program {
        name: "xdotool",
        debian: "xdotool",
        homebrew: "",
        purpose: "presses the keys of the window",
        linux_only: true,
    },
    Program {
        name: "/usr/libexec/at-spi-bus-launcher",
        debian: "at-spi2-core",
        homebrew: "",
        purpose: "is asked what the window shows, as a screen reader asks it",
        linux_only: true,
    },
];

/// Sees that every program is there; installs the missing ones where that needs no question (`apt-get`, as root or
/// with a `sudo` that asks for no password).
///
/// # Errors
/// Names every missing program, what it is for and what to type.
pub(crate) fn ensure() -> Result<(), String> {
    let missing = missing(|name| process::find(name).is_some());
    if missing.is_empty() {
        return Ok(());
    }
    let Some(privilege) = apt_privilege() else {
        return Err(report(&missing));
    };
    let packages: Vec<&str> = missing.iter().flat_map(|program| program.debian.split(' ')).collect();
    println!("xtask: installing what tests need: {}", packages.join(" "));
    // A fresh machine has no package lists; one with a broken mirror may still have good ones.
    if let Err(cause) = process::run(apt(privilege).args(["update", "-qq"])) {
        eprintln!("xtask: {cause}; trying with the package lists there are");
    }
    process::run(apt(privilege).args(["install", "-y", "-qq", "--no-install-recommends"]).args(&packages))
        .map_err(|cause| format!("{cause}\n{}", report(&missing)))?;
    let missing = self::missing(|name| process::find(name).is_some());
    if missing.is_empty() { Ok(()) } else { Err(report(&missing)) }
}

/// The rows of the table that this platform needs and does not have.
fn missing(is_there: impl Fn(&str) -> bool) -> Vec<&'static Program> {
    let needed = |program: &&Program| cfg!(target_os = "linux") || !program.linux_only;
    PROGRAMS.iter().filter(needed).filter(|program| !is_there(program.name)).collect()
}

/// How `apt-get` may be run without asking anybody.
#[derive(Clone, Copy)]
enum Privilege {
    /// We are root.
    Root,
    /// `sudo` asks for no password.
    Sudo,
}

/// `None` where there is no `apt-get` or no right to use it.
fn apt_privilege() -> Option<Privilege> {
    process::find("apt-get")?;
    let user = process::read(Command::new("id").arg("-u")).ok()?;
    if user.trim() == "0" {
        return Some(Privilege::Root);
    }
    process::read(Command::new("sudo").args(["-n", "true"])).ok().map(|_| Privilege::Sudo)
}

/// `apt-get` that asks nothing.
fn apt(privilege: Privilege) -> Command {
    // `sudo` drops the environment, hence `env` behind it.
    const QUIET: [&str; 2] = ["DEBIAN_FRONTEND=noninteractive", "apt-get"];
    match privilege {
        Privilege::Root => {
            let mut command = Command::new("env");
            command.args(QUIET);
            command
        }
        Privilege::Sudo => {
            let mut command = Command::new("sudo");
            command.args(["-n", "env"]).args(QUIET);
            command
        }
    }
}

/// One line for each missing program, then one command that gets them all.
fn report(missing: &[&Program]) -> String {
    let row = |program: &&Program| format!("  {:<8} {}", program.name, program.purpose);
    let rows: Vec<String> = missing.iter().map(row).collect();
    let names = |name: fn(&Program) -> &'static str| {
        missing
            .iter()
            .map(|program| name(program))
            .filter(|name| !name.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let remedy = if cfg!(target_os = "macos") {
        format!("brew install {}", names(|program| program.homebrew))
    } else if cfg!(windows) {
        "winget (or scoop), and see that each is on PATH under the name above".to_owned()
    } else {
        format!(
            "sudo apt-get install {}   (or these packages by your system's own means)",
            names(|p| p.debian)
        )
    };
    format!("tests need programs that are not on PATH:\n{}\nGet them with: {remedy}", rows.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_missing_where_everything_is_there() {
        assert!(missing(|_| true).is_empty());
    }

    #[test]
    fn every_missing_program_is_named_with_its_purpose() {
        let text = report(&missing(|name| name == "python3"));
        assert!(text.contains("openssl") && text.contains("plain SQL"), "{text}");
        assert!(!text.contains("python3"), "{text}");
    }

    #[test]
    fn strace_is_asked_for_on_linux_only() {
        let asked = missing(|_| false).iter().any(|program| program.name == "strace");
        assert_eq!(asked, cfg!(target_os = "linux"));
    }
}
