//! The stream and what is asked of it: publish a record, get one. Not here: what the records mean.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::context::{ContextBuilder, GetStreamErrorKind, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::{Config, RawMessageErrorKind};
use async_nats::jetstream::{Context, ErrorCode, stream};
use async_nats::{Client, ConnectOptions, Event, ServerAddr};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::Notify;
use tokio::time::sleep;

use crate::{EngineUrl, LogError, engine};

use super::record::Record;

/// How long one question may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// After so long without an answer a question is asked again beside the first one. A question that came before its stream
/// had a leader is heard by nobody, and waiting for its end would be waiting for nothing.
const ASK_AGAIN_AFTER: Duration = Duration::from_millis(250);

/// The same for a record that is not acknowledged. Published twice it is stored once.
const PUBLISH_AGAIN_AFTER: Duration = Duration::from_millis(500);

/// A longer record is not published again before its time is over: a slow line would have more of it than it can carry.
const PUBLISHED_AGAIN_BYTES_MAX: usize = 64 * 1024;

/// The longest time between two attempts to connect: there are few servers and each has few papo, so nobody is hurt.
const AGAIN_AFTER_MAX: Duration = Duration::from_millis(250);

/// How long a silent connection is left alone. The third question without an answer ends it.
const PING_AFTER: Duration = Duration::from_secs(1);

/// How many servers keep the stream where they are a cluster.
const REPLICAS: usize = 3;

/// For how long the servers themselves recognise a record that is published again.
const RECOGNISED_FOR: Duration = Duration::from_mins(2);

/// The stream's name where the address has none.
const STREAM: &str = "papo";

/// What a message has beside the record.
const HEADER_BYTES: usize = 1024;

/// The first release whose stream can be told to wait for the disk.
const WAITS_FOR_DISK_FROM: (u64, u64) = (2, 10);

/// Why something failed.
#[derive(Debug)]
pub(super) enum Fault {
    /// Another attempt may succeed.
    Passing(String),
    /// Somebody has to do something.
    Lasting(String),
    /// This server's copy cannot be used.
    Copy(LogError),
    /// A newer papo has written to the stream, in this version.
    Newer(u32),
    /// The stream is another one than it was.
    Replaced,
}

/// Where the stream is, by its address.
pub(super) struct Address {
    servers: Vec<ServerAddr>,
    name: String,
    replicas: Option<usize>,
    encrypted: bool,
    /// The file with the authorities that may sign for the servers.
    authorities: Option<PathBuf>,
    /// Whether the operator says that the servers wait for their disks.
    pub(super) is_synced: bool,
}

impl Address {
    /// Reads `nats://[USER:PASSWORD@]HOST[,HOST…][/STREAM][?replicas=N&tls=off&tlsca=FILE&sync=always]`.
    pub(super) fn new(url: &EngineUrl) -> Result<Self, Fault> {
        let wrong = |what: &str| Fault::Lasting(format!("{what} in the address is not understood"));
        let (scheme, rest) = url.reveal().split_once("://").unwrap_or(("", url.reveal()));
        let (place, parameters) = rest.split_once('?').unwrap_or((rest, ""));
        let (hosts, name) = place.split_once('/').unwrap_or((place, ""));
        let (user, hosts) = hosts.rsplit_once('@').map_or(("", hosts), |(user, hosts)| (user, hosts));
        let at = if user.is_empty() { "" } else { "@" };
        let servers: Result<Vec<ServerAddr>, _> =
            hosts.split(',').map(|host| format!("{scheme}://{user}{at}{host}").parse()).collect();
        let servers = servers.map_err(|_| wrong("a host"))?;
        let near = |host: &str| {
            host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
        };
        let mut encrypted = scheme == "tls" || !servers.iter().all(|server| near(server.host()));
        let (mut replicas, mut is_synced, mut authorities) = (None, false, None);
        for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
            match parameter.split_once('=') {
                Some(("replicas", count)) => {
                    replicas = Some(count.parse().map_err(|_| wrong("the number of replicas"))?);
                }
                Some(("tls", "off")) => encrypted = false,
                Some(("tlsca", file)) => {
                    (encrypted, authorities) = (true, Some(PathBuf::from(file.replace("%2F", "/"))));
                }
                Some(("sync", "always")) => is_synced = true,
                _ => return Err(wrong("a parameter (replicas, tls=off, tlsca and sync=always are known)")),
            }
        }
        let name = if name.is_empty() { STREAM } else { name }.to_owned();
        if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
            return Err(wrong("the stream's name (letters, digits, - and _)"));
        }
        Ok(Self { servers, name, replicas, encrypted, authorities, is_synced })
    }
}

/// The stream.
pub(super) struct Stream {
    pub(super) client: Client,
    context: Context,
    kept: stream::Stream<()>,
    subject: String,
    /// Where servers tell one another what is not kept.
    pub(super) news_subject: String,
    /// Told when there is a connection again: answers to what was asked on the one before are lost.
    connected: Arc<Notify>,
}

impl Stream {
    /// Connects, and makes the stream where there is none.
    pub(super) async fn open(place: &Address) -> Result<Self, Fault> {
        let mut options = ConnectOptions::new()
            .name("papo")
            .connection_timeout(ANSWER_WITHIN)
            .request_timeout(Some(ANSWER_WITHIN))
            .ping_interval(PING_AFTER)
            .max_reconnects(None)
            .reconnect_delay_callback(|attempts| {
                AGAIN_AFTER_MAX.min(Duration::from_millis(20) * u32::try_from(attempts).unwrap_or(u32::MAX))
            });
        let connected = Arc::new(Notify::new());
        let tell = Arc::clone(&connected);
        options = options.event_callback(move |event| {
            if event == Event::Connected {
                tell.notify_waiters();
            }
            std::future::ready(())
        });
        if place.encrypted {
            options = options
                .require_tls(true)
                .tls_client_config(engine::tls(place.authorities.as_deref()).map_err(Fault::Lasting)?);
        }
        let client = options.connect(&place.servers[..]).await.map_err(|error| match error.kind() {
            async_nats::ConnectErrorKind::Authentication
            | async_nats::ConnectErrorKind::AuthorizationViolation => Fault::Lasting(error.to_string()),
            _ if engine::is_untrusted(&error) => Fault::Lasting(format!(
                "{error}: name the file of its authority with ?tlsca=FILE at the end of the address"
            )),
            _ => Fault::Passing(error.to_string()),
        })?;
        let context =
            ContextBuilder::new().timeout(ANSWER_WITHIN).ack_timeout(ANSWER_WITHIN).build(client.clone());
        let subject = format!("papo.{}.log", place.name);
        ensure(&context, &client, place, &subject).await?;
        let kept = context
            .get_stream_no_info(&place.name)
            .await
            .map_err(|error| Fault::Passing(error.to_string()))?;
        Ok(Self {
            client,
            context,
            kept,
            subject,
            news_subject: format!("papo.{}.news", place.name),
            connected,
        })
    }

    /// The longest record.
    pub(super) fn record_bytes_max(&self) -> usize {
        self.client.server_info().max_payload.saturating_sub(HEADER_BYTES)
    }

    /// Puts a record into the stream, unless it is in it, and returns its place: it is then with as many servers as it
    /// takes to find it again. `first` stores it only where the stream is empty.
    pub(super) async fn publish(&self, id: u64, record: &[u8], first: bool) -> Result<u64, Fault> {
        let is_short = record.len() <= PUBLISHED_AGAIN_BYTES_MAX;
        let again_after = if is_short { PUBLISH_AGAIN_AFTER } else { ANSWER_WITHIN };
        insist(&self.connected, again_after, || self.publish_once(id, record, first)).await
    }

    async fn publish_once(&self, id: u64, record: &[u8], first: bool) -> Result<u64, Fault> {
        let mut message =
            PublishMessage::build().payload(record.to_vec().into()).message_id(format!("{id:016x}"));
        if first {
            message = message.expected_last_sequence(0);
        }
        let passing = |error: async_nats::jetstream::context::PublishError| match error.kind() {
            PublishErrorKind::MaxPayloadExceeded | PublishErrorKind::WrongLastSequence => {
                Fault::Lasting(error.to_string())
            }
            _ => Fault::Passing(error.to_string()),
        };
        let acknowledged = self.context.send_publish(self.subject.clone(), message).await;
        let place = acknowledged.map_err(passing)?.await.map_err(passing)?.sequence;
        // No record has this place: it would be taken for a stream that has gone back. Servers that do not refuse a record
        // that they were given before and that is not with the others yet may say so.
        if place == 0 { Err(Fault::Passing("a record is on its way".to_owned())) } else { Ok(place) }
    }

    /// The record at a place, where perhaps nobody can answer yet.
    pub(super) async fn get_insisting(&self, position: u64) -> Result<Option<Vec<u8>>, Fault> {
        insist(&self.connected, ASK_AGAIN_AFTER, || self.get(position)).await
    }

    /// The record at a place; none where there is none yet.
    pub(super) async fn get(&self, position: u64) -> Result<Option<Vec<u8>>, Fault> {
        match self.kept.get_raw_message(position).await {
            Ok(message) => Ok(Some(message.payload.to_vec())),
            Err(error) => match error.kind() {
                RawMessageErrorKind::NoMessageFound => Ok(None),
                RawMessageErrorKind::JetStream(error)
                    if error.error_code() == ErrorCode::NO_MESSAGE_FOUND =>
                {
                    Ok(None)
                }
                _ => Err(Fault::Passing(error.to_string())),
            },
        }
    }

    /// Whether this record is at this place; a place of 0 is in every stream.
    pub(super) async fn has(&self, position: u64, record: u64) -> Result<bool, Fault> {
        if position == 0 {
            return Ok(true);
        }
        match self.get(position).await? {
            Some(bytes) => Ok(Record::decode(&bytes).is_ok_and(|found| found.id == record)),
            // A server that has just started may not know its newest records yet.
            None if self.bounds().await?.1 >= position => {
                Err(Fault::Passing("a record is not there yet".to_owned()))
            }
            None => Ok(false),
        }
    }

    /// The places of the oldest record that the stream has and of the newest.
    pub(super) async fn bounds(&self) -> Result<(u64, u64), Fault> {
        let info = self.kept.get_info().await.map_err(|error| Fault::Passing(error.to_string()))?;
        Ok((info.state.first_sequence, info.state.last_sequence))
    }

    /// What could be lost, in sentences.
    pub(super) fn warnings(&self, place: &Address, engine: &str) -> Vec<String> {
        let version = self.client.server_info().version;
        let mut numbers = version.split('.').map(|number| number.parse::<u64>().unwrap_or(0));
        let release = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        if release < WAITS_FOR_DISK_FROM {
            return vec![format!(
                "{engine}: this nats-server ({version}) acknowledges before its disk has it, and cannot be told \
                 otherwise: what was said in the last two minutes may be lost if all of its servers lose power at \
                 once. A newer one with `sync_interval: always` waits for the disk"
            )];
        }
        if place.is_synced {
            return Vec::new();
        }
        vec![format!(
            "{engine}: a nats-server acknowledges before its disk has it unless its configuration says \
             `sync_interval: always` within `jetstream`, which cannot be seen from here. Set it on every server, and \
             say so with ?sync=always at the end of the address"
        )]
    }
}

/// Asks until there is an answer, or the first question has had its time: again after this time, and whenever there is
/// another connection.
async fn insist<T, Q: Future<Output = Result<T, Fault>>>(
    connected: &Notify,
    again_after: Duration,
    question: impl Fn() -> Q,
) -> Result<T, Fault> {
    let mut asked = FuturesUnordered::new();
    loop {
        asked.push(question());
        let reconnected = connected.notified();
        tokio::select! {
            biased;
            Some(answer) = asked.next() => return answer,
            () = reconnected => {}
            () = sleep(again_after) => {}
        }
    }
}

/// Makes the stream where there is none. It forgets nothing by itself, and nothing can be taken out of it.
async fn ensure(context: &Context, client: &Client, place: &Address, subject: &str) -> Result<(), Fault> {
    match context.get_stream(&place.name).await {
        Ok(found) if found.cached_info().config.subjects == [subject] => return Ok(()),
        Ok(_) => return Err(Fault::Lasting(format!("the stream {} is another program's", place.name))),
        Err(error) => match error.kind() {
            GetStreamErrorKind::JetStream(error) if error.error_code() == ErrorCode::STREAM_NOT_FOUND => {}
            _ => return Err(Fault::Passing(error.to_string())),
        },
    }
    let clustered = client.server_info().cluster.is_some();
    let config = Config {
        name: place.name.clone(),
        subjects: vec![subject.to_owned()],
        num_replicas: place.replicas.unwrap_or(if clustered { REPLICAS } else { 1 }),
        duplicate_window: RECOGNISED_FOR,
        deny_delete: true,
        deny_purge: true,
        ..Config::default()
    };
    // With fewer servers than copies this is refused. Perhaps the others are only about to start.
    context.create_stream(config).await.map(drop).map_err(|error| {
        Fault::Passing(format!(
            "{error}; with fewer than three servers, say ?replicas=1 at the end of the address"
        ))
    })
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use tokio::time::{Instant, timeout};

    use super::*;

    /// Comes when so much of the virtual time has passed.
    async fn passed(time: Duration) {
        let _ = timeout(time, std::future::pending::<()>()).await;
    }

    /// Asks a question that the first so many times is heard by nobody, and else answered after so long. Returns the answer,
    /// after how many milliseconds it came and how often was asked.
    fn ask(
        heard_from: u32,
        answered_in_ms: u64,
        again_after: Duration,
        connected_in_ms: u64,
    ) -> (Option<u32>, u128, u32) {
        let clock = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        clock.unwrap().block_on(async {
            let (asked, start, connected) = (Cell::new(0), Instant::now(), Notify::new());
            let question = || {
                let this = asked.replace(asked.get() + 1);
                async move {
                    if this >= heard_from {
                        passed(Duration::from_millis(answered_in_ms)).await;
                        return Ok(this);
                    }
                    passed(ANSWER_WITHIN).await;
                    Err(Fault::Passing(String::new()))
                }
            };
            let reconnect = async {
                passed(Duration::from_millis(connected_in_ms)).await;
                connected.notify_waiters();
                std::future::pending::<()>().await;
            };
            let answer = tokio::select! {
                answer = insist(&connected, again_after, question) => answer.ok(),
                () = reconnect => None,
            };
            (answer, start.elapsed().as_millis(), asked.get())
        })
    }

    /// Invariant: a question that nobody has heard costs a fraction of a second and not its whole time; one that is merely
    /// answered slowly is answered all the same, and what never comes ends with the first question's time.
    #[test]
    fn a_question_that_nobody_heard_is_asked_again() {
        let (soon, never) = (ASK_AGAIN_AFTER, 3_600_000);
        assert_eq!(ask(0, 5, soon, never), (Some(0), 5, 1));
        assert_eq!(ask(1, 5, soon, never), (Some(1), 255, 2));
        assert_eq!(ask(0, 1100, soon, never), (Some(0), 1100, 5), "the first one's answer is still taken");
        assert_eq!(ask(99, 5, soon, never), (None, 2000, 8), "bounded by the first one's time");
        assert_eq!(ask(1, 5, ANSWER_WITHIN, 20), (Some(1), 25, 2), "at once on another connection");
    }
}
