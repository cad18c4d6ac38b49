//! Real servers of `PostgreSQL` and NATS for tests: started in folders of their own, killed and started again. They end
//! with the test, also where it is killed. Linux only, like the packages that hold them. Not here: what they are for.
//!
//! Start one from the thread that keeps it: the system ends it together with that thread.

mod encrypted;

pub use encrypted::Encrypted;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

/// Whom the servers run as where the test runs as root, which `PostgreSQL` refuses to.
const USER: &str = "postgres";

/// A running program, ended when this is dropped.
struct Running(Child);

impl Running {
    /// Starts a program and waits until it says that it is ready. What it says afterwards is heard line by line.
    fn start(mut command: Command, ready: &str, hear: impl Fn(&str) + Send + 'static) -> Self {
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut all = String::new();
        while !all.contains(ready) {
            let read = said.read_line(&mut all).unwrap_or(0);
            assert!(read > 0, "{command:?} did not start:\n{all}");
        }
        // Where nobody listens it is read all the same, so that it never waits for us.
        thread::spawn(move || said.lines().map_while(Result::ok).for_each(|line| hear(&line)));
        Self(child)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A folder of a test outside the build's own, which another user could not enter.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        // Short: a socket's path has at most 107 bytes.
        let path = std::env::temp_dir().join(format!("papo-{name}-{}-{count}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        if is_root() {
            done(Command::new("chown").arg(USER).arg(&path));
        }
        Self(path)
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}

/// A program that ends with this thread, under another user where this one is root.
fn program(path: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL"]);
    if is_root() {
        command.args(["--reuid", USER, "--regid", USER, "--clear-groups"]);
    }
    command.arg("--").arg(path).current_dir("/").env("LC_ALL", "C");
    command
}

fn done(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{command:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

/// A server of `PostgreSQL` that listens on a socket in its folder and nowhere else.
pub struct Postgres {
    // Dropped in this order.
    running: Option<Running>,
    folder: Folder,
}

impl Postgres {
    /// Makes an empty database server and starts it.
    pub fn start() -> Self {
        let folder = Folder::new("pg");
        done(
            program(binary("initdb"))
                .args(["--no-sync", "-A", "trust", "-U", "papo", "-E", "UTF8", "-D"])
                .arg(folder.path().join("data")),
        );
        let mut server = Self { running: None, folder };
        server.restart();
        server
    }

    /// Makes a copy of this server that follows it under this name, and starts it.
    #[must_use]
    pub fn standby(&self, name: &str) -> Self {
        let mut server = Self { running: None, folder: Folder::new("pg") };
        server.copy(self, name);
        server
    }

    /// Makes this one, which is killed, a copy of another that follows it under this name, and starts it.
    pub fn copy(&mut self, of: &Self, name: &str) {
        let data = self.folder.path().join("data");
        let _ = fs::remove_dir_all(&data);
        let connect = format!("{} application_name={name}", of.connection());
        done(
            program(binary("pg_basebackup"))
                .args(["--no-sync", "-R", "-c", "fast", "-d", &connect, "-D"])
                .arg(data),
        );
        self.restart();
    }

    /// Has a standby follow another server than before, under this name.
    pub fn follow(&self, other: &Self, name: &str) {
        let connection = other.connection();
        self.sql(&format!("ALTER SYSTEM SET primary_conninfo = '{connection} application_name={name}'"));
        self.sql("SELECT pg_reload_conf()");
    }

    /// Has every commit wait for one of these standbys.
    pub fn wait_for_any(&self, names: &str) {
        self.sql(&format!("ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 ({names})'"));
        self.sql("SELECT pg_reload_conf()");
    }

    fn connection(&self) -> String {
        format!("host={} user=papo", self.folder.path().display())
    }

    /// Starts it again where it is killed.
    pub fn restart(&mut self) {
        let mut command = program(binary("postgres"));
        command.arg("-D").arg(self.folder.path().join("data")).arg("-k").arg(self.folder.path());
        command.args(["-c", "listen_addresses=", "-c", "max_connections=60", "-c", "shared_buffers=32MB"]);
        // A standby looks for its new primary so often; usually each 5 s.
        command.args(["-c", "wal_retrieve_retry_interval=200ms"]);
        self.running = Some(Running::start(command, "ready to accept", |_| {}));
    }

    /// Kills it (`SIGKILL`).
    pub fn kill(&mut self) {
        self.running = None;
    }

    /// Makes a standby the one that is written to.
    pub fn promote(&self) {
        assert_eq!(self.sql("SELECT pg_promote()").trim(), "t");
    }

    /// How far it has received what it follows.
    pub fn received(&self) -> u64 {
        self.sql("SELECT pg_last_wal_receive_lsn() - '0/0'::pg_lsn").trim().parse().unwrap()
    }

    /// Its host in an address: the folder of its socket.
    pub fn host(&self) -> String {
        self.folder.path().display().to_string().replace('/', "%2F")
    }

    /// Where its socket is.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join(".s.PGSQL.5432")
    }

    /// Its address for a log.
    pub fn url(&self) -> String {
        format!("postgres://papo@{}/postgres", self.host())
    }

    /// What the database's own client says to a statement.
    pub fn sql(&self, statement: &str) -> String {
        let mut psql = Command::new(binary("psql"));
        psql.args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-U", "papo", "-d", "postgres", "-c", statement]);
        done(psql.arg("-h").arg(self.folder.path()))
    }
}

/// A program of the newest `PostgreSQL` there is.
fn binary(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let found = versions.map(|version| version.path().join("bin").join(name)).filter(|path| path.exists());
    found.max().unwrap_or_else(|| PathBuf::from(name))
}

/// A server of NATS with its `JetStream`, alone or in a cluster.
pub struct Nats {
    // Dropped in this order.
    running: Option<Running>,
    config: PathBuf,
    port: u16,
    cluster_port: u16,
    led: Led,
    folder: Folder,
}

/// When a server of NATS became the leader of what, by its own words, over all its runs.
#[derive(Clone, Debug, Default)]
pub struct Led {
    /// Held for a moment.
    moments: Arc<Mutex<Vec<(Instant, Leads)>>>,
}

/// What a server of NATS leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leads {
    /// The cluster's own book of which streams there are.
    Book,
    /// A stream: what is published to it is stored from then on.
    Stream,
}

impl Led {
    fn hear(&self, line: &str) {
        let leads = if line.contains("Self is new JetStream cluster metadata leader") {
            Leads::Book
        } else if line.contains("JetStream cluster new stream leader") {
            Leads::Stream
        } else {
            return;
        };
        self.lock().push((Instant::now(), leads));
    }

    /// When it became the leader of the cluster's book, without which no stream is looked after.
    pub fn the_book(&self) -> Vec<Instant> {
        self.moments_of(Leads::Book)
    }

    /// When it became the leader of a stream.
    pub fn the_stream(&self) -> Vec<Instant> {
        self.moments_of(Leads::Stream)
    }

    fn moments_of(&self, what: Leads) -> Vec<Instant> {
        self.lock().iter().filter(|(_, leads)| *leads == what).map(|(at, _)| *at).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(Instant, Leads)>> {
        self.moments.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Nats {
    /// Starts one server.
    pub fn start() -> Self {
        Self::make("one", free_ports(), None)
    }

    /// Starts so many servers that keep a log together.
    pub fn cluster(len: usize) -> Vec<Self> {
        let ports: Vec<[u16; 2]> = (0..len).map(|_| free_ports()).collect();
        let routes: Vec<String> =
            ports.iter().map(|ports| format!("nats://127.0.0.1:{}", ports[1])).collect();
        let routes = routes.join(", ");
        ports
            .iter()
            .enumerate()
            .map(|(at, ports)| Self::make(&format!("n{at}"), *ports, Some(&routes)))
            .collect()
    }

    fn make(name: &str, [port, cluster_port]: [u16; 2], routes: Option<&str>) -> Self {
        let folder = Folder::new("nats");
        let store = folder.path().display();
        let cluster = routes.map_or_else(String::new, |routes| {
            format!("cluster {{ name: papo, listen: 127.0.0.1:{cluster_port}, no_advertise: true, routes: [{routes}] }}\n")
        });
        let text = format!(
            "listen: 127.0.0.1:{port}\nserver_name: {name}\njetstream {{ store_dir: \"{store}\", max_file: 4G }}\n{cluster}"
        );
        let config = folder.path().join("nats.conf");
        fs::write(&config, text).unwrap();
        let mut server = Self { running: None, config, port, cluster_port, led: Led::default(), folder };
        server.restart();
        server
    }

    /// Starts it again where it is killed.
    pub fn restart(&mut self) {
        let mut command = program("nats-server");
        command.arg("-c").arg(&self.config);
        let led = self.led.clone();
        self.running = Some(Running::start(command, "Server is ready", move |line| led.hear(line)));
    }

    /// Kills it (`SIGKILL`).
    pub fn kill(&mut self) {
        self.running = None;
    }

    /// When it became the leader of what; goes on to tell of runs to come.
    pub fn led(&self) -> Led {
        self.led.clone()
    }

    /// Where it listens.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The port for others of its cluster.
    pub fn cluster_port(&self) -> u16 {
        self.cluster_port
    }

    /// Where it keeps its streams.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// Two ports that were free a moment ago: a server that is started again must have the same ones. They are outside the
/// range from which the system gives ports by itself, and begin at another place in each process.
fn free_ports() -> [u16; 2] {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let mut found = Vec::new();
    while found.len() < 2 {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = u16::try_from(10_000 + (std::process::id() * 37 + step) % 20_000).unwrap();
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            found.push(port);
        }
    }
    [found[0], found[1]]
}
