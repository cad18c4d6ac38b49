//! A certificate of an authority by ACME, from the first word to the page that a browser opens: the real server, and
//! Pebble, the test server of Let's Encrypt. Where Pebble is not installed, nothing is tested. Not here: when a
//! certificate is renewed, which the server's own tests say.

// Said once more, for the lints: helpers of tests may panic as tests do.
#![cfg(test)]
#![cfg(target_os = "linux")]

use std::fs;
use std::io::{self, BufRead, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use socket2::{Domain, Socket, Type};

/// Two busy cores may need a while for all these programs.
const PATIENCE: Duration = Duration::from_mins(2);

/// A name that only Pebble's own look-ups know.
const NAME: &str = "chat.papo.test";

/// A port that is kept for a program to be started: bound, so that nobody else is given it, and not listened on, so that
/// the program may.
struct Port(Socket);

impl Port {
    fn keep() -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.set_reuse_address(true).unwrap();
        socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
        Self(socket)
    }

    fn number(&self) -> u16 {
        self.0.local_addr().unwrap().as_socket().unwrap().port()
    }
}

/// A program that ends with the test.
struct Program(Child);

impl Program {
    /// Starts a program; nothing where it is not installed.
    fn start(command: &mut Command) -> Option<(Self, BufReader<ChildStdout>)> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().ok()?;
        let output = BufReader::new(child.stdout.take().unwrap());
        Some((Self(child), output))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The authority, and what looks up names for it.
struct Authority {
    directory: String,
    /// Whom to believe that it is the authority.
    root: PathBuf,
    /// Where it tells whom to believe what it signs.
    management: u16,
    _pebble: Program,
    _names: Program,
    _ports: [Port; 4],
}

impl Authority {
    /// Starts it; it looks at servers at this port.
    fn start(folder: &Path, server: u16) -> Option<Self> {
        let ports: [Port; 4] = std::array::from_fn(|_| Port::keep());
        let [directory, management, names, names_management] = [0, 1, 2, 3].map(|at| ports[at].number());
        let root = folder.join("pebble.crt");
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        fs::write(&root, certificate.self_signed(&key).unwrap().pem()).unwrap();
        fs::write(folder.join("pebble.key"), key.serialize_pem()).unwrap();
        let config = serde_json::json!({ "pebble": {
            "listenAddress": format!("127.0.0.1:{directory}"),
            "managementListenAddress": format!("127.0.0.1:{management}"),
            "certificate": root,
            "privateKey": folder.join("pebble.key"),
            "httpPort": 1,
            "tlsPort": server,
        }});
        fs::write(folder.join("pebble.json"), config.to_string()).unwrap();

        let mut command = Command::new("pebble-challtestsrv");
        command.args(["-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-http01", "", "-https01", ""]);
        command.args(["-tlsalpn01", "", "-dns01", &format!("127.0.0.1:{names}")]);
        command.args(["-management", &format!("127.0.0.1:{names_management}")]).stderr(Stdio::null());
        let (names_server, said) = Program::start(&mut command)?;
        take_all(said);
        wait_for_names(names);
        let mut command = Command::new("pebble");
        command.arg("-config").arg(folder.join("pebble.json"));
        command.args(["-dnsserver", &format!("127.0.0.1:{names}")]).env("PEBBLE_VA_NOSLEEP", "1");
        command.stderr(Stdio::null());
        let (pebble, mut said) = Program::start(&mut command)?;
        wait_for(&mut said, "ACME directory available at");
        take_all(said);
        Some(Self {
            directory: format!("https://127.0.0.1:{directory}/dir"),
            root,
            management,
            _pebble: pebble,
            _names: names_server,
            _ports: ports,
        })
    }

    /// The certificate that all that it signs leads to.
    fn signs_as(&self) -> CertificateDer<'static> {
        let own = CertificateDer::from_pem_file(&self.root).unwrap();
        let mut stream = connect(self.management, "127.0.0.1", own, &[]).unwrap();
        let request = "GET /roots/0 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        let begin = answer.find("-----BEGIN").expect("a certificate in PEM");
        CertificateDer::from_pem_slice(&answer.as_bytes()[begin..]).unwrap()
    }
}

/// Takes what a program still says: a full pipe would hold it up, and a closed one would end it.
fn take_all(mut said: impl io::Read + Send + 'static) {
    thread::spawn(move || io::copy(&mut said, &mut io::sink()));
}

/// Asks for the name's address (RFC 1035) until that is answered.
fn wait_for_names(port: u16) {
    let mut question = vec![0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in NAME.split('.') {
        question.push(u8::try_from(label.len()).unwrap());
        question.extend_from_slice(label.as_bytes());
    }
    question.extend_from_slice(&[0, 0, 1, 0, 1]);
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(("127.0.0.1", port)).unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let begun = Instant::now();
    loop {
        // Where nobody listens yet, the answer is an error.
        let _ = socket.send(&question);
        if socket.recv(&mut [0; 512]).is_ok_and(|len| len > question.len()) {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "nobody looks up names");
        thread::yield_now();
    }
}

/// Reads up to a line that holds this.
fn wait_for(said: &mut impl BufRead, awaited: &str) -> String {
    let mut line = String::new();
    while !line.contains(awaited) {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "it ended before {awaited:?}");
    }
    line
}

/// A connection to a program on this computer that is believed by this root.
fn connect(
    port: u16,
    name: &str,
    root: CertificateDer<'static>,
    alpn: &[&[u8]],
) -> io::Result<StreamOwned<ClientConnection, TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(root).unwrap();
    let mut config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let mut connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    while connection.is_handshaking() {
        connection.complete_io(&mut stream)?;
    }
    Ok(StreamOwned::new(connection, stream))
}

/// Starts the server and waits for its invite. What it says besides comes back as well.
fn serve(folder: &Path, port: u16, authority: &Authority) -> (Program, String, BufReader<ChildStderr>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_papo"));
    command.args(["serve", "127.0.0.1", "-p", &port.to_string(), "--history", "none", "--log-level", "info"]);
    command.args(["--acme", NAME, "--acme-directory", &authority.directory, "--acme-root"]);
    command.arg(&authority.root).arg("--data").arg(folder.join("data"));
    command.env("HOME", folder).env("XDG_CONFIG_HOME", folder);
    command.arg("--limits=off").stderr(Stdio::piped());
    let (mut program, mut output) = Program::start(&mut command).unwrap();
    let said = BufReader::new(program.0.stderr.take().unwrap());
    let mut invite = String::new();
    output.read_line(&mut invite).unwrap();
    (program, invite.trim().to_owned(), said)
}

/// Invariant: the server gets a certificate that a browser takes without asking, keeps the key that its invites name, and
/// uses what it got after a restart.
#[test]
fn a_server_gets_a_certificate_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let port = Port::keep();
    let Some(authority) = Authority::start(folder.path(), port.number()) else {
        println!("not checked: pebble and pebble-challtestsrv are not here");
        return;
    };
    let (server, invite, mut said) = serve(folder.path(), port.number(), &authority);
    assert!(invite.starts_with(&format!("https://{NAME}:{}/", port.number())), "{invite}");
    let root = authority.signs_as();
    let told = wait_for(&mut said, &format!("certificate for {NAME}"));
    assert!(told.contains("INFO"), "{told}");
    let mut browser = connect(port.number(), NAME, root.clone(), &[b"http/1.1"]).unwrap();
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n");
    browser.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    let _ = browser.read_to_string(&mut answer);
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(!answer.contains("Strict-Transport-Security"), "browsers do not know this authority");
    let as_authority = connect(port.number(), NAME, root.clone(), &[b"acme-tls/1"]);
    assert!(as_authority.is_err(), "no authority is expected any more");
    drop(server);

    let before = fs::read(folder.path().join("data/acme.crt")).unwrap();
    let (_server, again, _said) = serve(folder.path(), port.number(), &authority);
    assert_eq!(invite, again, "invites hold on");
    connect(port.number(), NAME, root, &[b"http/1.1"]).expect("what was got before is used at once");
    assert_eq!(fs::read(folder.path().join("data/acme.crt")).unwrap(), before);
}
