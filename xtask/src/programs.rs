//! The system programs that tests start: which, what for, and how to get the missing ones.
//! Rust, a C compiler and git are not in the table: without them this task would not run.

use std::process::Command;

use crate::process;

/// A program of the system that at least one test starts.
struct Program {
    /// What is looked for on `PATH`; a path, where it lies beside it.
    name: &'static str,
    /// The Debian and Ubuntu packages that it needs, the one that holds it first; none where installing it would
    /// change how the machine works.
    debian: &'static str,
    /// The Homebrew formula that holds it.
    homebrew: &'static str,
    /// What tests do with it.
    purpose: &'static str,
    /// Whether it exists for Linux only; tests that need it do not exist elsewhere.
    linux_only: bool,
    /// Whether its tests pass without it and then say that they did not check: not every system has it.
    can_be_done_without: bool,
}

/// Every program that a test may start. A test that needs another one adds its row here.
const PROGRAMS: [Program; 17] = [
    Program {
        name: "openssl",
        debian: "openssl",
        homebrew: "openssl",
        purpose: "makes certificates as users do, and is the smallest client",
        linux_only: false,
        can_be_done_without: false,
    },
    Program {
        name: "python3",
        debian: "python3",
        homebrew: "python",
        purpose: "runs the example client",
        linux_only: false,
        can_be_done_without: false,
    },
    Program {
        name: "node",
        debian: "nodejs",
        homebrew: "node",
        purpose: "runs the page's tests",
        linux_only: true,
        can_be_done_without: false,
    },
    Program {
        name: "npm",
        debian: "npm",
        homebrew: "node",
        purpose: "gets what the page's tests need",
        linux_only: true,
        can_be_done_without: false,
    },
    Program {
        name: "chromium",
        debian: "chromium",
        homebrew: "chromium",
        purpose: "opens the page",
        linux_only: true,
        can_be_done_without: false,
    },
    Program {
        name: "sqlite3",
        debian: "sqlite3",
        homebrew: "sqlite",
        purpose: "reads the log back with plain SQL",
        linux_only: false,
        can_be_done_without: false,
    },
    // The servers themselves are not on PATH; this is, and comes with them.
    Program {
        name: "pg_ctlcluster",
        debian: "postgresql",
        homebrew: "",
        purpose: "keeps a log that several servers share",
        linux_only: true,
        can_be_done_without: false,
    },
    Program {
        name: "nats-server",
        debian: "nats-server",
        homebrew: "",
        purpose: "keeps a log that several servers share",
        linux_only: true,
        can_be_done_without: false,
    },
    Program {
        name: "dbus-daemon",
        debian: "dbus-daemon",
        homebrew: "",
        purpose: "carries notifications to a test's own desktop",
        linux_only: true,
        can_be_done_without: false,
    },
    Program {
        name: "strace",
        debian: "strace",
        homebrew: "",
        purpose: "lets a flush to disk fail, and counts system calls",
        linux_only: true,
        can_be_done_without: false,
    },
    Program {
        name: "valgrind",
        debian: "valgrind",
        homebrew: "",
        purpose: "counts what a delivery costs",
        linux_only: true,
        can_be_done_without: false,
    },
    Program {
        name: "Xvfb",
        debian: "xvfb libgl1-mesa-dri libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0",
        homebrew: "",
        purpose: "is the screen on which the window is opened",
        linux_only: true,
        can_be_done_without: false,
    },
    Program {
        name: "xdotool",
        debian: "xdotool",
        homebrew: "",
        purpose: "presses the keys of the window",
        linux_only: true,
        can_be_done_without: false,
    },
    Program {
        name: "/usr/libexec/at-spi-bus-launcher",
        debian: "at-spi2-core",
        homebrew: "",
        purpose: "is asked what the window shows, as a screen reader asks it",
        linux_only: true,
        can_be_done_without: false,
    },
    Program {
        name: "pebble",
        debian: "pebble",
        homebrew: "",
        purpose: "is an authority that gives the real server a certificate",
        linux_only: true,
        can_be_done_without: true,
    },
    Program {
        name: "faketime",
        debian: "faketime",
        homebrew: "",
        purpose: "lets the real server's clock jump",
        linux_only: true,
        can_be_done_without: true,
    },
    Program {
        name: "systemd-analyze",
        debian: "",
        homebrew: "",
        purpose: "reads the units that are shipped",
        linux_only: true,
        can_be_done_without: true,
    },
];

/// Sees that every program is there; installs the missing ones where that needs no question (`apt-get`, as root or
/// with a `sudo` that asks for no password). Returns a line for each that is still missing and can be done without.
///
/// # Errors
/// Names every program that is missing and cannot be done without, what it is for and what to type.
pub(crate) fn ensure() -> Result<Vec<String>, String> {
    let look = || missing(|name| process::find(name).is_some());
    let (needed, wished): (Vec<_>, Vec<_>) =
        look().into_iter().partition(|program| !program.can_be_done_without);
    if let Some(privilege) = apt_privilege() {
        let packages = |programs: &[&'static Program]| -> Vec<&str> {
            programs.iter().flat_map(|program| program.debian.split_whitespace()).collect()
        };
        let (needed_packages, wished_packages) = (packages(&needed), packages(&wished));
        if !(needed_packages.is_empty() && wished_packages.is_empty()) {
            // A fresh machine has no package lists; one with a broken mirror may still have good ones.
            if let Err(cause) = process::run(apt(privilege).args(["update", "-qq"])) {
                eprintln!("xtask: {cause}; trying with the package lists there are");
            }
        }
        install(privilege, &needed_packages).map_err(|cause| format!("{cause}\n{}", report(&needed)))?;
        // Each by itself: one that this system does not have must not keep the others away.
        for package in wished_packages {
            if let Err(cause) = install(privilege, &[package]) {
                eprintln!("xtask: {cause}; going on without it");
            }
        }
    }
    let (needed, wished): (Vec<_>, Vec<_>) =
        look().into_iter().partition(|program| !program.can_be_done_without);
    if needed.is_empty() {
        Ok(wished.iter().map(|program| unchecked(program)).collect())
    } else {
        Err(report(&needed))
    }
}

/// Installs packages, if there are any.
fn install(privilege: Privilege, packages: &[&str]) -> Result<(), String> {
    if packages.is_empty() {
        return Ok(());
    }
    println!("xtask: installing what tests need: {}", packages.join(" "));
    process::run(apt(privilege).args(["install", "-y", "-qq", "--no-install-recommends"]).args(packages))
}

/// What is said at the end of a program that was not there.
fn unchecked(program: &Program) -> String {
    format!("NOT checked: {} is not there, which {}.", program.name, program.purpose)
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

    /// What can be done without is no error, and is not passed over in silence either.
    #[test]
    fn what_can_be_done_without_is_told_at_the_end() {
        let wished: Vec<String> = missing(|_| false)
            .into_iter()
            .filter(|program| program.can_be_done_without)
            .map(unchecked)
            .collect();
        let said = wished.join("\n");
        let named = ["pebble", "faketime", "systemd-analyze"].iter().all(|name| said.contains(name));
        assert_eq!(named, cfg!(target_os = "linux"), "{said}");
    }

    #[test]
    fn strace_is_asked_for_on_linux_only() {
        let asked = missing(|_| false).iter().any(|program| program.name == "strace");
        assert_eq!(asked, cfg!(target_os = "linux"));
    }
}
