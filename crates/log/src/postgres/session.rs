//! One connection to the database, ready to work: settings checked, statements prepared. Not here: when to make one.

use std::future::poll_fn;
use std::path::PathBuf;
use std::time::Duration;

use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres::{AsyncMessage, Client, Config, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::fault::{Fault, Lasting};
use super::schema;
use crate::bus::random_bits;
use crate::{EngineUrl, engine};

/// How long one host may take to accept a connection before the next one is tried.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);

/// What every session is set to. A server that has lost us must not keep our locks for longer than others wait for them; and whatever the database says for
/// others, a commit of ours waits until it is safe. There is no limit on statements: one that ended a commit's waiting
/// for a standby would call it done.
const SETTINGS: &str = "
    SET idle_in_transaction_session_timeout = '3s';
    SET lock_timeout = '5s';
    SET tcp_keepalives_idle = 2;
    SET tcp_keepalives_interval = 1;
    SET tcp_keepalives_count = 4;
    SET client_min_messages = warning;
    SELECT set_config('synchronous_commit', 'on', false)
        WHERE current_setting('synchronous_commit') <> 'remote_apply';
";

/// How to connect.
pub(super) struct Door {
    config: Config,
    tls: MakeRustlsConnect,
}

impl Door {
    /// Reads the address. What it does not say about encryption is decided by where the hosts are: nothing leaves this
    /// machine unencrypted unless it says so (`sslmode=disable`), and certificates are always checked.
    pub(super) fn new(url: &EngineUrl) -> Result<Self, Fault> {
        let (address, tls) = Encryption::read(url.reveal());
        let mut config: Config = address.parse().map_err(|error| Fault::from_url(&error))?;
        config
            .application_name("papo")
            .connect_timeout(CONNECT_WITHIN)
            .tcp_user_timeout(Duration::from_secs(5))
            .keepalives_idle(Duration::from_secs(2))
            .keepalives_interval(Duration::from_secs(1))
            .keepalives_retries(4)
            .target_session_attrs(TargetSessionAttrs::ReadWrite);
        let near = config.get_hosts().iter().all(is_near);
        match tls.mode.as_deref() {
            Some("verify-ca" | "verify-full") => drop(config.ssl_mode(SslMode::Require)),
            Some(_) => {}
            None if near && tls.authorities.is_none() => drop(config.ssl_mode(SslMode::Disable)),
            None => drop(config.ssl_mode(SslMode::Require)),
        }
        let tls = engine::tls(tls.authorities.as_deref());
        let tls = tls.map_err(|error| Fault::Lasting(Lasting::Refused(error)))?;
        Ok(Self { config, tls: MakeRustlsConnect::new(tls) })
    }

    /// Connects to the first host that can be written to. What the server says by itself goes to `hear`.
    pub(super) async fn connect(
        &self,
        mut hear: impl FnMut(AsyncMessage) + Send + 'static,
    ) -> Result<Client, Fault> {
        let (client, mut connection) = self.config.connect(self.tls.clone()).await?;
        tokio::spawn(async move {
            // It ends with the client, or with an error that the client's own calls meet as well.
            while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
                hear(message);
            }
        });
        Ok(client)
    }
}

/// What an address says of encryption, in the words of the database's own clients.
#[derive(Debug, Default, PartialEq, Eq)]
struct Encryption {
    mode: Option<String>,
    /// The file with the authorities that may sign for the server.
    authorities: Option<PathBuf>,
}

impl Encryption {
    /// Takes out of an address what the library that connects does not know: it has no modes that check certificates,
    /// because what it is given here always does, name and all.
    fn read(address: &str) -> (String, Self) {
        let Some((place, parameters)) = address.split_once('?') else {
            return (address.to_owned(), Self::default());
        };
        let mut encryption = Self::default();
        let others: Vec<&str> = parameters
            .split('&')
            .filter(|parameter| match parameter.split_once('=') {
                Some(("sslmode", mode)) => {
                    encryption.mode = Some(mode.to_owned());
                    !matches!(mode, "verify-ca" | "verify-full")
                }
                Some(("sslrootcert", file)) => {
                    encryption.authorities = Some(file.replace("%2F", "/").into());
                    false
                }
                _ => true,
            })
            .collect();
        (format!("{place}?{}", others.join("&")), encryption)
    }
}

/// Whether what goes there stays on this machine.
fn is_near(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

impl Fault {
    fn from_url(error: &tokio_postgres::Error) -> Self {
        let cause = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
        Self::Lasting(Lasting::Refused(cause))
    }
}

/// A connection with its statements.
pub(super) struct Session {
    pub(super) client: Client,
    pub(super) epoch: i64,
    pub(super) statements: Statements,
}

/// Columns of an entry, in the order that `read::to_entry` expects.
macro_rules! select_entries {
    ($table:literal, $condition:literal) => {
        concat!(
            "SELECT e.seq, e.time_ms, e.kind, e.sender, e.name, e.id, e.body FROM papo.",
            $table,
            " e WHERE e.room = (SELECT key FROM papo.room WHERE name = $1) AND ",
            $condition
        )
    };
}

/// Makes a struct of prepared statements from their names and texts.
macro_rules! statements {
    ($($name:ident: $text:expr,)*) => {
        /// Everything that is asked, prepared once a connection.
        pub(super) struct Statements {
            $(pub(super) $name: Statement,)*
        }

        impl Statements {
            async fn prepare(client: &Client) -> Result<Self, tokio_postgres::Error> {
                let ($($name,)*) = tokio::try_join!($(client.prepare($text),)*)?;
                Ok(Self { $($name,)* })
            }
        }
    };
}

statements! {
    make_rooms: "INSERT INTO papo.room(name) SELECT unnest($1::bytea[]) ON CONFLICT (name) DO NOTHING",
    // In the order of names, like everybody: so nobody waits for each other.
    lock_rooms: "SELECT key, name, head, time_ms FROM papo.room WHERE name = ANY($1::bytea[]) ORDER BY name FOR UPDATE",
    known: "SELECT k.place, e.seq, e.time_ms, e.kind, e.sender, e.name, e.id, e.body
        FROM unnest($1::bigint[], $2::bytea[], $3::bytea[], $4::bytea[]) AS k(place, room, sender, id)
        JOIN papo.room r ON r.name = k.room
        JOIN papo.entry e ON e.room = r.key AND e.sender = k.sender AND e.id = k.id",
    insert: "INSERT INTO papo.entry(room, seq, time_ms, kind, sender, name, id, body)
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[],
                             $5::bytea[], $6::bytea[], $7::bytea[], $8::bytea[])",
    insert_acts: "INSERT INTO papo.act(room, seq, time_ms, kind, sender, name, id, body)
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[],
                             $5::bytea[], $6::bytea[], $7::bytea[], $8::bytea[])",
    move_heads: "UPDATE papo.room r SET head = n.head, time_ms = n.time_ms
        FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS n(key, head, time_ms) WHERE r.key = n.key",
    after: select_entries!("entry", "e.seq > $2 ORDER BY e.seq LIMIT $3"),
    before: select_entries!("entry", "e.seq < $2 ORDER BY e.seq DESC LIMIT $3"),
    acts_after: select_entries!("act", "e.seq > $2 ORDER BY e.seq LIMIT $3"),
    acts_before: select_entries!("act", "e.seq < $2 ORDER BY e.seq DESC LIMIT $3"),
    find: select_entries!("entry", "e.sender = $2 AND e.id = $3"),
    bounds: "SELECT first, head FROM papo.room WHERE name = $1",
    epoch: "SELECT epoch FROM papo.log",
    heads: "SELECT n.place, r.head FROM unnest($1::bytea[]) WITH ORDINALITY AS n(name, place)
        JOIN papo.room r ON r.name = n.name",
}

impl Session {
    /// Connects, and makes the tables where there are none. `expected` is the epoch that the log had before.
    pub(super) async fn open(door: &Door, expected: Option<i64>) -> Result<Self, Fault> {
        let connected = door.connect(|_| ()).await;
        let mut client = if expected.is_some() { connected.map_err(Fault::when_known)? } else { connected? };
        client.batch_execute(SETTINGS).await?;
        check_safety(&client).await?;
        match schema::format(&client).await? {
            Some(found) if found > schema::KNOWN => return Err(Fault::Lasting(Lasting::Newer(found))),
            Some(schema::KNOWN) => {}
            // A log that was there and is gone was not made anew by us.
            None if expected.is_some() => return Err(Fault::Lasting(Lasting::Replaced)),
            _ => schema::migrate(&mut client, random_bits().cast_signed()).await?,
        }
        let epoch: i64 = client.query_one("SELECT epoch FROM papo.log", &[]).await?.get(0);
        if expected.is_some_and(|expected| expected != epoch) {
            return Err(Fault::Lasting(Lasting::Replaced));
        }
        let statements = Statements::prepare(&client).await?;
        Ok(Self { client, epoch, statements })
    }
}

/// What is acknowledged must be on disk: a server that does not see to it is refused, as a file system would be.
async fn check_safety(client: &Client) -> Result<(), Fault> {
    let found: String = client.query_one("SELECT current_setting('fsync')", &[]).await?.get(0);
    if found == "on" {
        return Ok(());
    }
    Err(Fault::Lasting(Lasting::Unsafe { setting: "fsync", wanted: "on", found }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_how_it_is_encrypted() {
        let read = |address| {
            let (left, Encryption { mode, authorities }) = Encryption::read(address);
            (left, mode.unwrap_or_default(), authorities.unwrap_or_default().display().to_string())
        };
        let row = |left: &str, mode: &str, file: &str| (left.to_owned(), mode.to_owned(), file.to_owned());
        assert_eq!(read("postgres://a/b"), row("postgres://a/b", "", ""));
        assert_eq!(
            read("postgres://a/b?sslmode=verify-full&user=x&sslrootcert=/etc/ca.pem"),
            row("postgres://a/b?user=x", "verify-full", "/etc/ca.pem")
        );
        assert_eq!(
            read("postgres://a/b?sslmode=disable"),
            row("postgres://a/b?sslmode=disable", "disable", "")
        );
    }

    /// Invariant: a certificate that is not believed ends the opening of a log, and not what is done with a log that is
    /// open: there another attempt may meet the host that was believed, and the cause is kept for when none does.
    #[test]
    #[cfg(target_os = "linux")]
    fn a_certificate_is_refused_for_good_only_at_first() {
        use papo_torture::engines::Encrypted;

        use crate::engine::EngineThread;

        let (server, other) = (Encrypted::postgres(), Encrypted::nats());
        let (port, file) = (server.port(), other.authority().display().to_string());
        let url = format!("postgres://papo@localhost:{port}/postgres?sslrootcert={file}");
        let door = Door::new(&url.parse().unwrap()).unwrap_or_else(|fault| panic!("{fault:?}"));
        let thread = EngineThread::start().unwrap();
        let open = |expected| thread.wait(Session::open(&door, expected)).map(drop);
        let names = |cause: &str| cause.contains("certificate") && cause.contains("sslrootcert");
        let first = open(None);
        assert!(
            matches!(&first, Err(Fault::Lasting(Lasting::Untrusted(cause))) if names(cause)),
            "{first:?}"
        );
        let later = open(Some(1));
        assert!(matches!(&later, Err(Fault::Passing(cause)) if names(cause)), "{later:?}");
    }
}
