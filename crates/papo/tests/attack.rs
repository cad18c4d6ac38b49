//! Everything at once that costs a server of other kinds its life, against the real program with its usual limits:
//! peers that connect and say nothing, peers that say a byte now and then, members that never read, a member that
//! floods; and a chat in the same room that must not notice. Not here: broken input, which has tests of its own.

// Said once more, for the lints: helpers of tests may panic as tests do.
#![cfg(test)]
// Peers come from many addresses of the loopback network, and the figures from /proc.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::{self, BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use papo_torture::leaks;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use socket2::{Domain, Socket, Type};

const SILENT: u32 = 2000;
const SLOW: u32 = 250;
const NEVER_READING: u32 = 200;
const FLOOD_A_SECOND: u32 = 1000;

/// How long after their deadlines (10 s for a handshake, 30 s for a join, 60 s of silence) the peers are gone: the
/// server looks once a second, and this machine may have other work.
const GRACE: Duration = Duration::from_secs(5);

/// What all of them together may cost the server's process, in KiB. Measured: 7,700 (and for the chat 8 ms).
const MEMORY_KIB_MAX: u64 = 48 * 1024;

/// How often a message waits for the disk at most: for the commit under way, for its own, and for both halves of a
/// checkpoint between them. A disk that others keep busy has to have no part in what is asserted of the server.
const SYNCS_MAX: u32 = 4;

/// How long 99 of 100 messages of the chat may take from its writer to a reader, beside what the disk takes.
const CHAT_P99_MAX: Duration = Duration::from_millis(250);

type Tls = StreamOwned<ClientConnection, TcpStream>;

/// The server, from its start to its end.
struct Server {
    child: Child,
    address: SocketAddr,
    tls: Arc<ClientConfig>,
    folder: tempfile::TempDir,
}

impl Server {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_papo"));
        command.args(["serve", "127.0.0.1:0", "--data"]).arg(folder.path().join("data"));
        command.env("HOME", folder.path()).env("XDG_CONFIG_HOME", folder.path());
        // Every word that it can say, since nothing may make it say too many or say who it was.
        command.args(["--log-level", "info"]).env("PAPO_LANG", "en");
        let diary = fs::File::create(folder.path().join("diary")).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(diary).spawn().unwrap();
        let mut invite = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut invite).unwrap();
        let port = invite.split([':', '/']).nth(4).and_then(|port| port.parse().ok()).expect("an invite");
        let tls = tls(&folder.path().join("data/server.crt"));
        Self { child, address: ([127, 0, 0, 1], port).into(), tls, folder }
    }

    /// A connection from the given address of this computer. `receive_bytes` makes it take little at a time.
    fn connect(&self, from: Ipv4Addr, receive_bytes: Option<usize>) -> TcpStream {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from((from, 0)).into()).unwrap();
        // Where the server listens is no secret.
        if from != Ipv4Addr::LOCALHOST {
            leaks::remember(&from.to_string());
        }
        if let Some(bytes) = receive_bytes {
            socket.set_recv_buffer_size(bytes).unwrap();
        }
        socket.connect(&self.address.into()).unwrap();
        socket.into()
    }

    /// The same with TLS, its handshake done.
    fn connect_tls(&self, from: Ipv4Addr, receive_bytes: Option<usize>) -> Tls {
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let connection = ClientConnection::new(Arc::clone(&self.tls), name).unwrap();
        let mut stream = StreamOwned::new(connection, self.connect(from, receive_bytes));
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock).unwrap();
        }
        stream
    }

    fn join(&self, from: Ipv4Addr, name: &str, receive_bytes: Option<usize>) -> Tls {
        let mut stream = self.connect_tls(from, receive_bytes);
        leaks::remember(name);
        stream.write_all(format!("{{\"type\":\"join\",\"name\":\"{name}\"}}\n").as_bytes()).unwrap();
        stream
    }

    /// A figure of the process in KiB: `VmRSS` or `VmHWM`.
    fn memory_kib(&self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    fn sockets(&self) -> usize {
        let files = fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap();
        let is_socket = |file: &fs::DirEntry| {
            fs::read_link(file.path()).is_ok_and(|target| target.to_string_lossy().starts_with("socket"))
        };
        files.filter_map(Result::ok).filter(is_socket).count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if !thread::panicking() {
            let diary = fs::read_to_string(self.folder.path().join("diary")).unwrap();
            leaks::look_through("the server's diary", &diary);
        }
    }
}

fn tls(certificate: &Path) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(certificate).unwrap()).unwrap();
    let mut config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"papo/1".to_vec()];
    Arc::new(config)
}

/// Does something every so often until the sender of `stop` is dropped.
fn every(period: Duration, stop: &Receiver<()>, mut act: impl FnMut(u64) -> io::Result<()>) {
    let started = Instant::now();
    for count in 0.. {
        let due = started + period * u32::try_from(count).unwrap();
        let wait = due.saturating_duration_since(Instant::now());
        if stop.recv_timeout(wait) == Err(RecvTimeoutError::Disconnected) || act(count).is_err() {
            return;
        }
    }
}

/// The chat: three write some seven messages a second each, three read. Returns what ends it, and what the readers
/// measure.
fn chat(server: &Server) -> (Vec<Sender<()>>, Receiver<Duration>) {
    let (measured, latencies) = mpsc::channel();
    let started = Instant::now();
    let from = Ipv4Addr::LOCALHOST;
    for reader in 0..3 {
        let stream = server.join(from, &format!("reader {reader}"), None);
        let measured = measured.clone();
        thread::spawn(move || read_chat(stream, started, &measured));
    }
    let write = |writer| {
        let mut stream = server.join(from, &format!("writer {writer}"), None);
        let (stop, stopped) = mpsc::channel();
        thread::spawn(move || {
            // Within what a member may.
            every(Duration::from_millis(150), &stopped, |count| {
                let at = started.elapsed().as_micros();
                let line = format!("{{\"type\":\"say\",\"id\":\"{count}\",\"text\":\"at {at}\"}}\n");
                stream.write_all(line.as_bytes())?;
                drain(&mut stream)
            });
        });
        stop
    };
    ((0..3).map(write).collect(), latencies)
}

/// Takes what has come; it does not matter here, and who writes is not asked whether it is there.
fn drain(stream: &mut Tls) -> io::Result<()> {
    stream.sock.set_nonblocking(true)?;
    let mut bytes = [0; 16 * 1024];
    let read = loop {
        match stream.read(&mut bytes) {
            Ok(0) => break Err(ErrorKind::UnexpectedEof.into()),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    stream.sock.set_nonblocking(false)?;
    read
}

fn read_chat(stream: Tls, started: Instant, measured: &Sender<Duration>) {
    let mut lines = BufReader::new(stream);
    let mut line = String::new();
    while lines.read_line(&mut line).is_ok_and(|len| len > 0) {
        let now = started.elapsed();
        if line.contains("\"type\":\"ping\"") {
            let _ = lines.get_mut().write_all(b"{\"type\":\"pong\"}\n");
        }
        let at = line.split("\"text\":\"at ").nth(1).and_then(|rest| rest.split('"').next());
        if let Some(at) = at.and_then(|at| at.parse().ok()) {
            let _ = measured.send(now.saturating_sub(Duration::from_micros(at)));
        }
        line.clear();
    }
}

/// Writes a byte to each of them now and then, until they are gone or the sender of the result is dropped.
fn dribble<S: io::Write + Send + 'static>(mut streams: Vec<S>, bytes: &'static [u8]) -> Sender<()> {
    let (stop, stopped) = mpsc::channel();
    thread::spawn(move || {
        every(Duration::from_secs(1), &stopped, |count| {
            let byte = bytes[usize::try_from(count).unwrap() % bytes.len()];
            // Those that are gone already do not matter here.
            streams.iter_mut().for_each(|stream| drop(stream.write_all(&[byte])));
            Ok(())
        });
    });
    stop
}

/// Waits until the server has ended every one of them, by a deadline. What it says before is read over.
fn all_are_gone(what: &str, streams: &mut Vec<TcpStream>, deadline: Instant) {
    let count = streams.len();
    let started = Instant::now();
    let (_never, tick) = mpsc::channel::<()>();
    while !streams.is_empty() {
        assert!(Instant::now() < deadline, "{} of {count} {what} are still there", streams.len());
        streams.retain_mut(|stream| !is_gone(stream));
        let _ = tick.recv_timeout(Duration::from_millis(50));
    }
    println!("{count} {what} were gone after waiting for {:.1} s", started.elapsed().as_secs_f64());
}

fn is_gone(stream: &mut TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    let mut bytes = [0; 16 * 1024];
    loop {
        match stream.read(&mut bytes) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => return error.kind() != ErrorKind::WouldBlock,
        }
    }
}

/// Writes a file beside the server's log and waits for the disk, as often as somebody of the chat speaks. What the disk
/// takes for it the chat takes as well, whoever keeps it busy.
fn watch_disk(server: &Server) -> (Sender<()>, Receiver<Duration>) {
    let (measured, times) = mpsc::channel();
    let (stop, stopped) = mpsc::channel();
    let path = server.folder.path().join("probe");
    thread::spawn(move || {
        every(Duration::from_millis(50), &stopped, |count| {
            let begun = Instant::now();
            fs::write(&path, count.to_string())?;
            fs::File::options().write(true).open(&path)?.sync_all()?;
            // Who asked may have gone.
            let _ = measured.send(begun.elapsed());
            Ok(())
        });
    });
    (stop, times)
}

fn flood(mut member: Tls) -> Sender<()> {
    let (stop, stopped) = mpsc::channel();
    let text = "x".repeat(200);
    leaks::remember(&text);
    member.sock.set_write_timeout(Some(Duration::from_millis(100))).unwrap();
    thread::spawn(move || {
        every(Duration::from_secs(1) / FLOOD_A_SECOND, &stopped, |count| {
            let line = format!("{{\"type\":\"say\",\"id\":\"f{count}\",\"text\":\"{text}\"}}\n");
            // The server stops reading from it: then it waits, as a real one would.
            match member.write_all(line.as_bytes()) {
                Err(error) if error.kind() != ErrorKind::WouldBlock => Err(error),
                _ => Ok(()),
            }
        });
    });
    stop
}

/// Invariant: a chat does not notice what strangers and bad members do, their memory is bounded, and they are gone
/// within their deadlines.
#[test]
fn a_chat_goes_on_under_attack() {
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let server = Server::start();
    let (stop_chat, latencies) = chat(&server);
    let first = latencies.recv_timeout(Duration::from_secs(10)).expect("the chat goes on");
    let (stop_probe, probed) = watch_disk(&server);
    let (memory, sockets) = (server.memory_kib("VmRSS"), server.sockets());

    let from = |third: u8, index: u32| Ipv4Addr::new(127, 0, third, 1 + u8::try_from(index % 250).unwrap());
    let begun = Instant::now();
    let mut silent: Vec<TcpStream> =
        (0..SILENT).map(|index| server.connect(from(1, index / 200), None)).collect();
    let mut shaking: Vec<TcpStream> =
        (0..SLOW).map(|index| server.connect(from(2, index / 125), None)).collect();
    let copies = shaking.iter().map(|stream| stream.try_clone().unwrap()).collect();
    let stop_shaking = dribble(copies, &[22, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, 7, 7, 7, 7, 7]);
    let joining: Vec<Tls> = (0..SLOW).map(|_| server.connect_tls(from(3, 0), None)).collect();
    let mut joining_sockets: Vec<TcpStream> =
        joining.iter().map(|stream| stream.sock.try_clone().unwrap()).collect();
    let stop_joining = dribble(joining, b"{\"type\":\"join\",\"name\":\"a very long name indeed\",");
    let joined = Instant::now();
    let mut deaf: Vec<TcpStream> = (0..NEVER_READING)
        .map(|index| server.join(from(4, 0), &format!("deaf {index}"), Some(4096)).sock)
        .collect();
    let stop_flood = flood(server.join(from(5, 0), "flood", None));
    println!("all are there after {:.1} s", begun.elapsed().as_secs_f64());

    let within = |since: Instant, seconds| since + Duration::from_secs(seconds) + GRACE;
    all_are_gone("that said nothing", &mut silent, within(joined, 10));
    all_are_gone("slow in the handshake", &mut shaking, within(joined, 10));
    all_are_gone("slow in the join", &mut joining_sockets, within(joined, 30));
    let peak = server.memory_kib("VmHWM");
    // Reading would bring them back to life, so they are left alone until their time is over.
    let (_never, tick) = mpsc::channel::<()>();
    let _ = tick.recv_timeout(within(joined, 60).saturating_duration_since(Instant::now()));
    all_are_gone("that never read", &mut deaf, Instant::now() + GRACE);
    drop((stop_flood, stop_chat, stop_shaking, stop_joining, stop_probe));

    let mut times: Vec<Duration> = latencies.try_iter().collect();
    times.push(first);
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    println!(
        "chat: {} deliveries, p50 {:?}, p99 {:?}, largest {:?}; memory: {memory} KiB before, {peak} KiB at most",
        times.len(),
        at(50),
        at(99),
        at(100)
    );
    assert!(times.len() > 3000, "the chat went on: {} deliveries", times.len());
    let mut syncs: Vec<Duration> = probed.try_iter().collect();
    syncs.sort_unstable();
    let sync_at = |percent: usize| syncs[(syncs.len() - 1) * percent / 100];
    println!(
        "disk: {} syncs, p50 {:?}, p99 {:?}, largest {:?}",
        syncs.len(),
        sync_at(50),
        sync_at(99),
        sync_at(100)
    );
    let most = CHAT_P99_MAX + SYNCS_MAX * sync_at(100);
    assert!(at(99) <= most, "99 of 100 took up to {:?}, more than {most:?}", at(99));
    assert!(peak - memory <= MEMORY_KIB_MAX, "{} KiB more than before", peak - memory);
    let left = server.sockets().saturating_sub(sockets);
    assert!(left <= 1, "{left} sockets are left beside the flood's");
}
