//! What is measured: a server started for the run, or one that runs already.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use papo_proto::Invite;
use papo_words::t;

use crate::options::{Log, Options};
use crate::{BenchError, process};

/// The server to be measured. One that was started for the run ends with it.
pub(crate) struct Target {
    pub(crate) invite: Invite,
    child: Option<Child>,
    /// The processes of servers that were not started for the run, where they were said.
    given: Vec<u32>,
    /// Where a started server keeps its files, if it waits for the disk.
    pub(crate) durable_in: Option<PathBuf>,
    /// Removed when the run ends.
    _folder: Option<tempfile::TempDir>,
}

impl Target {
    /// Finds the server, or starts it and waits until it listens.
    pub(crate) fn start(options: &Options) -> Result<Self, BenchError> {
        if let Some(invite) = &options.invite {
            let target = Self {
                invite: invite.clone(),
                child: None,
                given: options.process.clone(),
                durable_in: None,
                _folder: None,
            };
            target.pin(options);
            return Ok(target);
        }
        let folder = tempfile::tempdir()?;
        let mut command = Command::new(std::env::current_exe()?);
        if options.yardstick {
            command.args(["bench", "--serve-yardstick", "127.0.0.1:0"]);
        } else {
            let data = options.data.as_deref().unwrap_or(folder.path());
            let (history, durability) = match options.log {
                Log::Disk => ("disk", "disk"),
                Log::Os => ("disk", "os"),
                Log::None => ("none", "disk"),
            };
            command.args(["serve", "127.0.0.1:0", "--limits", "off", "--history", history]);
            command.args(["--durability", durability, "--shards", &options.shards.to_string()]);
            command.arg("--data").arg(data);
        }
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        match read_invite(&mut child) {
            Ok(invite) => {
                let data = options.data.clone().unwrap_or_else(|| folder.path().to_owned());
                let durable_in = (options.log == Log::Disk && !options.yardstick).then_some(data);
                let child = Some(child);
                let target = Self { invite, child, given: Vec::new(), durable_in, _folder: Some(folder) };
                target.pin(options);
                Ok(target)
            }
            Err(error) => {
                let _ = child.kill();
                let _ = child.wait();
                Err(error)
            }
        }
    }

    fn pin(&self, options: &Options) {
        if options.pin && !self.processes().is_empty() {
            for server in self.processes() {
                process::pin(server, 0);
            }
            process::pin(std::process::id(), 1);
        }
    }

    /// The ids of the servers' processes, where they are known.
    pub(crate) fn processes(&self) -> Vec<u32> {
        self.child.as_ref().map_or_else(|| self.given.clone(), |child| vec![child.id()])
    }
}

/// The first line that the server prints is its invite.
fn read_invite(child: &mut Child) -> Result<Invite, BenchError> {
    let output = child.stdout.take().ok_or_else(|| BenchError::NoServer(t!("bench-no-output")))?;
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    line.trim()
        .parse()
        .map_err(|error| BenchError::NoServer(t!("bench-no-invite", cause = %error, line = line.trim())))
}

impl Drop for Target {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // It holds nothing worth keeping.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
