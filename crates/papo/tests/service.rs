//! The server as a service: what it tells a service manager, what it leaves behind when it dies, and what its log
//! holds. Not here: what it does for its clients.

// Said once more, for the lints: helpers of tests may panic as tests do.
#![cfg(test)]
#![cfg(target_os = "linux")]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use socket2::{Domain, Socket, Type};

const PATIENCE: Duration = Duration::from_secs(20);

/// A server that a service manager has started, in its folder.
struct Service {
    child: Child,
    port: u16,
    invite: String,
    told: UnixDatagram,
    folder: tempfile::TempDir,
}

impl Service {
    fn start(options: &[&str]) -> Self {
        Self::start_as(Command::new(env!("CARGO_BIN_EXE_papo")), options)
    }

    fn start_as(mut command: Command, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("notify");
        let told = UnixDatagram::bind(&socket).unwrap();
        told.set_read_timeout(Some(PATIENCE)).unwrap();
        command.args(["serve", "127.0.0.1:0"]).args(options);
        command.env("HOME", folder.path()).env("XDG_CONFIG_HOME", folder.path());
        command.env("NOTIFY_SOCKET", socket).env("STATE_DIRECTORY", folder.path().join("state"));
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut invite = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut invite).unwrap();
        let port = invite.split([':', '/']).nth(4).and_then(|port| port.parse().ok()).expect("an invite");
        Self { child, port, invite: invite.trim_end().to_owned(), told, folder }
    }

    /// What it tells the service manager next.
    fn tells(&self) -> String {
        let mut bytes = [0; 100];
        let len = self.told.recv(&mut bytes).expect("it tells its service manager");
        String::from_utf8(bytes[..len].to_vec()).unwrap()
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn stop(&mut self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Invariant: it says when it is ready and when it stops, keeps everything in the folder that was made for it, and
/// leaves no image of its memory.
#[test]
fn a_service_manager_is_told_and_no_core_is_written() {
    let mut service = Service::start(&[]);
    assert_eq!(service.tells(), "READY=1");
    assert!(service.path("state/log.db").exists());
    let limits = fs::read_to_string(format!("/proc/{}/limits", service.child.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    let words: Vec<&str> = core.split_whitespace().collect();
    assert_eq!(words[4..6], ["0", "0"], "{core}");
    service.stop();
    assert_eq!(service.tells(), "STOPPING=1");
}

/// Invariant: only the owner may read anything that a server keeps.
#[test]
fn everything_is_for_the_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let service = Service::start(&[]);
    let mut seen = 0;
    for entry in fs::read_dir(service.path("state")).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        let name = entry.file_name();
        // The certificate is for everybody.
        if name != "server.crt" {
            assert_eq!(mode & 0o077, 0, "{}: {mode:o}", name.display());
            seen += 1;
        }
    }
    assert!(seen >= 3, "key, log and what belongs to them");
    let folder = fs::metadata(service.path("state")).unwrap().permissions().mode() & 0o777;
    assert_eq!(folder, 0o700);
}

/// How many files the server of the next test may have open, and how many more connections come than that.
const FILES_MAX: usize = 100;

/// Invariant: without a file for another connection the server pauses instead of spinning, those who are there go on,
/// and when files are free again it takes connections again.
#[test]
fn running_out_of_files_is_a_pause() {
    let mut limited = Command::new("sh");
    let script = format!("ulimit -n {FILES_MAX} && exec \"$0\" \"$@\"");
    limited.args(["-c", &script, env!("CARGO_BIN_EXE_papo")]);
    let mut service = Service::start_as(limited, &["--limits", "off", "--shards", "2"]);
    assert_eq!(service.tells(), "READY=1");
    let certificate = service.path("state/server.crt");
    let mut member = BufReader::new(connect(service.port, &certificate));
    converse(&mut member, "{\"type\":\"join\",\"name\":\"Ana\"}", "\"type\":\"joined\"");

    let flood: Vec<TcpStream> =
        (0..2 * FILES_MAX).map(|_| TcpStream::connect(("127.0.0.1", service.port)).unwrap()).collect();
    // The last one is not taken: nothing comes, and it is not closed. Each look is a wait of its time.
    let mut last = flood.last().unwrap();
    let mut wait = |time: Duration| {
        last.set_read_timeout(Some(time)).unwrap();
        last.read(&mut [0; 1])
    };
    let is_paused = || fs::read_to_string(service.path("log")).unwrap().contains("cannot be taken");
    let begin = std::time::Instant::now();
    while !is_paused() {
        assert!(begin.elapsed() < PATIENCE, "the server has not run out of files");
        let _ = wait(Duration::from_millis(20));
    }
    let used_before = processor_ticks(service.child.id());
    let looked_at = std::time::Instant::now();
    let _ = wait(Duration::from_secs(1));
    // A hundred ticks a second; a loop that spins uses them all.
    let used = processor_ticks(service.child.id()) - used_before;
    assert!(looked_at.elapsed() < PATIENCE && used < 50, "{used} ticks in {:?}", looked_at.elapsed());
    converse(&mut member, "{\"type\":\"say\",\"id\":\"1\",\"text\":\"still here\"}", "still here");

    drop(flood);
    let mut later = BufReader::new(connect(service.port, &certificate));
    converse(&mut later, "{\"type\":\"join\",\"name\":\"Eva\"}", "\"type\":\"joined\"");
    let warnings = fs::read_to_string(service.path("log")).unwrap().matches("cannot be taken").count();
    assert!(warnings < 20, "{warnings} lines about the same");
    service.stop();
}

/// Says a line and reads up to one that holds this.
fn converse(stream: &mut BufReader<StreamOwned<ClientConnection, TcpStream>>, said: &str, awaited: &str) {
    stream.get_mut().sock.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.get_mut().write_all(format!("{said}\n").as_bytes()).unwrap();
    let mut line = String::new();
    while !line.contains(awaited) {
        line.clear();
        assert!(stream.read_line(&mut line).unwrap() > 0, "closed before {awaited}");
    }
}

/// What a process has used of processors so far, in hundredths of a second (proc(5), fields 14 and 15).
fn processor_ticks(id: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    fields.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum()
}

/// What must not stand in any log, each as unlike anything else as it can be.
const CANARIES: [&str; 7] = [
    "canary-text",
    "canary-rubbish",
    "canary-name",
    "canary-id",
    "canary-emoji",
    "127.77.66.55",
    "canary2secret2canary2secret2cana",
];

/// Invariant: no text, name, key, id or address of a member and no invite gets into the log, whatever is written there
/// and whatever the member does.
#[test]
fn the_log_holds_nothing_of_its_members() {
    for format in ["text", "json"] {
        let limits = "messages=1:1,requests=1:3,wrong-secrets-per-address=1:1";
        let mut service =
            Service::start(&["--log-level", "trace", "--log-format", format, "--limits", limits]);
        assert_eq!(service.tells(), "READY=1");
        let key = misbehave(service.port, &service.path("state/server.crt"));
        service.stop();
        let log = fs::read_to_string(service.path("log")).unwrap();
        assert!(log.contains("TRACE") || log.contains("DEBUG"), "the log is on:\n{log}");
        assert!(service.invite.starts_with("https://"), "{}", service.invite);
        for canary in CANARIES.into_iter().chain([&*key, &service.invite, "https://"]) {
            assert!(!log.contains(canary), "{canary} is in the log:\n{log}");
        }
    }
}

/// Does everything that a server might feel moved to write down. Returns the key that it has named.
fn misbehave(port: u16, certificate: &Path) -> String {
    let key = "Y2FuYXJ5LWtleS1jYW5hcnkta2V5LWNhbmFyeS1rZXk".to_owned();
    let proof = "A".repeat(86);
    let say = |body: &str| format!("{{\"type\":\"say\",\"id\":\"canary-id\",{body}}}\n");
    let scripts = [
        format!("{{\"type\":\"join\",\"name\":\"canary-name\",\"key\":\"{key}\",\"proof\":\"{proof}\"}}\n").repeat(5),
        "{\"type\":\"join\",\"name\":\"canary-name\",\"invite\":\"canary2secret2canary2secret2cana\"}\n".to_owned(),
        "{\"type\":\"join\",\"name\":\"canary-name\",\"invite\":\"canary2secret2canary2secret2cana!\"}\n".to_owned(),
        "canary-rubbish\n{\"type\":\"canary-rubbish\"}\n{\"type\":\"join\",\"name\":7,\"x\":\"canary-rubbish\"}\n".to_owned(),
        "{\"type\":\"join\",\"name\":\"canary-name\"}\n".to_owned()
            + &say("\"text\":\"canary-text\"").repeat(4)
            + &say("\"react\":{\"to\":1,\"emoji\":\"canary-emoji\"}")
            + "{\"type\":\"history\"}\ncanary-rubbish\n{\"type\":\"rename\",\"name\":\"\\u0000canary-name\"}\n",
        "{\"type\":\"join\",\"name\":\"canary-name\"}\n".to_owned() + &"canary-text".repeat(10_000),
        "GET /canary-rubbish HTTP/1.1\r\nHost: canary-rubbish\r\n\r\n".to_owned(),
    ];
    for script in scripts {
        let mut stream = connect(port, certificate);
        // It may be closed in the middle.
        let _ = stream.write_all(script.as_bytes());
        let _ = stream.write_all(b"{\"type\":\"leave\"}\n");
        stream.sock.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
        let _ = stream.read_to_end(&mut Vec::new());
    }
    // No TLS at all.
    let mut plain = TcpStream::connect(("127.0.0.1", port)).unwrap();
    plain.write_all(b"canary-rubbish\n").unwrap();
    let _ = plain.read_to_end(&mut Vec::new());
    key
}

fn connect(port: u16, certificate: &Path) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(certificate).unwrap()).unwrap();
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 77, 66, 55], 0)).into()).unwrap();
    socket.connect(&SocketAddr::from(([127, 0, 0, 1], port)).into()).unwrap();
    StreamOwned::new(connection, socket.into())
}

/// Opens a socket as a service manager does, and becomes the program: on its standard streams follows file 3.
const OPENER: &str = "
import os, socket, sys
opened = socket.socket() if sys.argv[1] == 'tcp' else socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
opened.bind(('127.0.0.1', 0))
if sys.argv[1] == 'tcp':
    opened.listen()
    with open(sys.argv[2], 'w') as port:
        port.write(str(opened.getsockname()[1]))
if opened.fileno() != 3:
    os.dup2(opened.fileno(), 3)
os.set_inheritable(3, True)
os.environ['LISTEN_PID'] = str(os.getpid())
os.environ['LISTEN_FDS'] = '1'
os.execv(sys.argv[3], sys.argv[3:])
";

/// Invariant: a socket that the service manager has opened is the one that is listened on, whatever the options say,
/// and what is none is named.
#[test]
fn a_socket_that_was_opened_before_is_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let port_file = folder.path().join("port");
    let opener = |kind: &str| {
        let mut command = Command::new("python3");
        command.args(["-c", OPENER, kind]).arg(&port_file).arg(env!("CARGO_BIN_EXE_papo"));
        command
    };
    let mut service = Service::start_as(opener("tcp"), &[]);
    assert_eq!(service.tells(), "READY=1");
    let port: u16 = fs::read_to_string(&port_file).unwrap().parse().unwrap();
    assert_eq!(service.port, port, "the invite names it: {}", service.invite);
    let mut member = BufReader::new(connect(port, &service.path("state/server.crt")));
    converse(&mut member, "{\"type\":\"join\",\"name\":\"Ana\"}", "\"type\":\"joined\"");
    drop(member);
    service.stop();

    let mut wrong = opener("udp");
    wrong.args(["serve", "--data"]).arg(folder.path().join("data")).env("PAPO_LANG", "en");
    wrong.env("HOME", folder.path()).env("XDG_CONFIG_HOME", folder.path());
    let ended = wrong.output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.code() == Some(1) && said.contains("no socket that listens for TCP"), "{said}");
}

/// The units that are shipped are ones that systemd understands.
#[test]
fn the_units_are_valid() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let folder = tempfile::tempdir().unwrap();
    let service = fs::read_to_string(examples.join("papo.service")).unwrap();
    // Where it is installed there need be nothing here.
    let service = service.replace("/usr/local/bin/papo", env!("CARGO_BIN_EXE_papo"));
    fs::write(folder.path().join("papo.service"), service).unwrap();
    fs::copy(examples.join("papo.socket"), folder.path().join("papo.socket")).unwrap();
    let mut command = Command::new("systemd-analyze");
    command.args(["verify", "--man=no"]).arg(folder.path().join("papo.socket"));
    match command.output() {
        Ok(said) => {
            let words = String::from_utf8_lossy(&said.stderr);
            // It also complains of the machine's own units.
            let ours: Vec<&str> = words.lines().filter(|line| line.contains("papo.s")).collect();
            assert!(ours.is_empty(), "{ours:#?}");
        }
        Err(missing) => println!("not checked: there is no systemd-analyze here ({missing})"),
    }
}

/// The unit that is shipped leaves a service few rights, as systemd itself counts them: 0 is none, 10 is all.
#[test]
fn the_unit_leaves_few_rights() {
    let unit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/papo.service");
    let mut command = Command::new("systemd-analyze");
    command.args(["security", "--offline=true", "--threshold=20"]).arg(unit);
    match command.output() {
        Ok(said) => assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stdout)),
        Err(missing) => println!("not checked: there is no systemd-analyze here ({missing})"),
    }
}
