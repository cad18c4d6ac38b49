//! Engines that take encrypted connections alone, each with a certificate that it has signed itself. Not here: what else they
//! can (the module above).

use std::fs;
use std::path::PathBuf;

use super::{Folder, Running, binary, done, free_ports, program};

/// What the certificate says: it is no authority, and it is for this computer.
const REQUEST: &str = "
[req]
distinguished_name = name
x509_extensions = what
prompt = no
[name]
CN = localhost
[what]
basicConstraints = critical, CA:FALSE
subjectAltName = DNS:localhost, IP:127.0.0.1
";

/// A running engine.
pub struct Encrypted {
    // Dropped in this order.
    _running: Running,
    port: u16,
    folder: Folder,
}

impl Encrypted {
    /// A server of `PostgreSQL` with its key and certificate.
    pub fn postgres() -> Self {
        let (folder, [port, _]) = (Self::folder("pg"), free_ports());
        let data = folder.path().join("data");
        done(
            program(binary("initdb"))
                .args(["--no-sync", "-A", "trust", "-U", "papo", "-E", "UTF8", "-D"])
                .arg(&data),
        );
        fs::write(data.join("pg_hba.conf"), "hostssl all all 127.0.0.1/32 trust\n").unwrap();
        let mut command = program(binary("postgres"));
        command.arg("-D").arg(&data).arg("-k").arg(folder.path()).args(["-p", &port.to_string()]);
        for setting in ["listen_addresses=127.0.0.1", "shared_buffers=32MB", "ssl=on"] {
            command.args(["-c", setting]);
        }
        for (setting, file) in [("ssl_cert_file", "server.crt"), ("ssl_key_file", "server.key")] {
            command.args(["-c", &format!("{setting}={}", folder.path().join(file).display())]);
        }
        Self { _running: Running::start(command, "ready to accept", |_| {}), port, folder }
    }

    /// A server of NATS with its key and certificate.
    pub fn nats() -> Self {
        let (folder, [port, _]) = (Self::folder("nats"), free_ports());
        let at = folder.path().display();
        let text = format!(
            "listen: 127.0.0.1:{port}\njetstream {{ store_dir: \"{at}\" }}\n\
             tls {{ cert_file: \"{at}/server.crt\", key_file: \"{at}/server.key\" }}\n"
        );
        let config = folder.path().join("nats.conf");
        fs::write(&config, text).unwrap();
        let mut command = program("nats-server");
        command.arg("-c").arg(config);
        Self { _running: Running::start(command, "Server is ready", |_| {}), port, folder }
    }

    /// The port at which it takes connections.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The file that says whom to believe.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("server.crt")
    }

    /// A folder with a key and a certificate.
    fn folder(name: &str) -> Folder {
        let folder = Folder::new(name);
        let request = folder.path().join("request.cnf");
        fs::write(&request, REQUEST).unwrap();
        // As whoever the engine runs as: it refuses a key that others may read.
        let mut command = program("openssl");
        command.args(["req", "-x509", "-nodes", "-days", "2", "-newkey", "ec"]);
        command.args(["-pkeyopt", "ec_paramgen_curve:P-256", "-config"]).arg(request);
        command.arg("-keyout").arg(folder.path().join("server.key"));
        done(command.arg("-out").arg(folder.path().join("server.crt")));
        folder
    }
}
