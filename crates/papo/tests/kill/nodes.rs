//! Several real servers share one log in a real engine, and all of them are killed again and again while people write:
//! single servers, single engines, and all engines at once. The promises are those of one server: what was echoed is in
//! the log, once, in order; everybody is shown each place once and in order, on whichever server they are.

use std::fmt::Write as _;
use std::time::Instant;

use papo_proto::{Address, Invite};
use papo_torture::engines::{Nats, Postgres};
use papo_torture::history::Entry;

use crate::crew::{ComingBack, Crew};
use crate::random::Random;
use crate::server::{Place, Server, entry};
use crate::{check_settled, number, take_machine};

/// How many people write.
const WRITERS: usize = 12;

/// How many servers share the log.
const NODES: usize = 3;

/// How many echoes there have to be after each blow before the next one.
const ECHOES_BETWEEN: u64 = 150;

/// The same from the database as from the file: every message, one on a line.
pub(crate) const EVERYTHING: &str = "
    SELECT e.seq || E'\\t' || e.time_ms || E'\\t' || convert_from(e.sender, 'UTF8') || E'\\t' ||
           convert_from(e.name, 'UTF8') || E'\\t' || convert_from(e.id, 'UTF8') || E'\\t' ||
           (convert_from(e.body, 'UTF8')::json ->> 'text')
    FROM papo.entry e ORDER BY e.room, e.seq";

/// Servers that share a log.
struct Nodes {
    places: Vec<Place>,
    servers: Vec<Option<Server>>,
    invite: Invite,
    /// Where the others are.
    others: Vec<Address>,
}

impl Nodes {
    fn start(log: &str) -> Self {
        Self::start_with(log, false)
    }

    /// The same where, if that is wanted, each is told where the others are.
    fn start_with(log: &str, also: bool) -> Self {
        let mut first = Place::sharing(log, None);
        let mut next: Vec<Place> = (1..NODES).map(|_| Place::sharing(log, Some(&first))).collect();
        if also {
            first.name_others(&next.iter().map(Place::address).collect::<Vec<_>>());
        }
        let server = first.start();
        let (invite, mut places, mut servers) = (server.invite.clone(), vec![first], vec![Some(server)]);
        let mut others = Vec::new();
        for place in next.drain(..) {
            let server = place.start();
            assert_eq!(server.invite.fingerprint, invite.fingerprint, "one key for all");
            others.push(server.invite.address.clone());
            servers.push(Some(server));
            places.push(place);
        }
        Self { places, servers, invite, others }
    }

    fn gather(&self) -> Crew {
        let mut crew =
            Crew::gather_at(&self.places[0], &self.invite, &self.others, ComingBack::AtOnce, WRITERS);
        crew.expect_refusals();
        crew.write();
        follow(&mut crew, "everybody writes");
        crew
    }

    fn kill(&mut self, node: usize) {
        self.servers[node].take().unwrap().kill();
    }

    fn restart(&mut self, node: usize) {
        self.servers[node] = Some(self.places[node].start());
    }

    /// Everything is echoed and read, and all servers end in order.
    fn finish(mut self, mut crew: Crew, read: impl Fn(&Place) -> Vec<Entry>) {
        crew.stop_writing();
        crew.follow_until("everything is echoed and read", Crew::is_settled);
        for (server, place) in self.servers.iter_mut().zip(&self.places) {
            let server = server.take().unwrap();
            server.ask_to_stop();
            assert_eq!(server.wait(), Some(0), "{}", place.diary());
        }
        let (history, unsent) = crew.dismiss(&self.places[0], &self.invite);
        for place in &self.places {
            check_settled(&history, self.invite.room.as_str(), &read(place), unsent);
        }
        println!(
            "{WRITERS} writers on {NODES} servers: {} said, {} echoed, nothing lost, doubled or out of order",
            history.invoked_len(),
            history.ok_len()
        );
    }
}

/// A server that stops in order sends its people to the others: it tells them where those are when they come in, their
/// clients go there by themselves, and nothing is lost or doubled. `invite` names the others as well.
#[test]
fn people_of_a_server_that_stops_go_on_at_the_others() {
    let _machine = take_machine();
    let engine = Nats::start();
    let mut nodes = Nodes::start_with(&format!("nats://{}/room", engine.address()), true);
    assert_eq!(nodes.invite.others, nodes.others, "the invite names them");
    let writers = 6;
    // They know of the first server only.
    let mut crew = Crew::gather_at(&nodes.places[0], &nodes.invite, &[], ComingBack::ByItself, writers);
    crew.write();
    follow(&mut crew, "everybody writes on one server");
    let server = nodes.servers[0].take().unwrap();
    let asked = Instant::now();
    server.ask_to_stop();
    assert_eq!(server.wait(), Some(0), "{}", nodes.places[0].diary());
    crew.server_is_down();
    crew.follow_until("everybody was told", Crew::is_all_told);
    crew.follow_until("everybody is on another server", Crew::is_all_joined);
    println!("{writers} people are on other servers {} ms after the stop", asked.elapsed().as_millis());
    follow(&mut crew, "they write on");
    nodes.restart(0);
    nodes.finish(crew, |place| place.read_file("mirror.db"));
}

/// Waits for so many echoes that life goes on, and returns how long the first one took, for the report.
fn follow(crew: &mut Crew, what: &str) {
    let (start, before) = (Instant::now(), crew.echoes);
    crew.follow_until(what, |crew| crew.echoes > before);
    let first = start.elapsed();
    crew.follow_until(what, |crew| crew.echoes >= before + ECHOES_BETWEEN);
    println!(
        "{what}: first echo after {} ms, {ECHOES_BETWEEN} after {} ms",
        first.as_millis(),
        start.elapsed().as_millis()
    );
}

/// Three servers of NATS keep the log. One of each kind of blow, in an order that the seed says; more of them while
/// `PAPO_SOAK_SECONDS` last.
#[test]
fn servers_that_share_a_stream_lose_nothing_when_they_or_it_are_killed() {
    let _machine = take_machine();
    let mut random = Random::from_environment();
    let mut engines = Nats::cluster(3);
    let hosts: Vec<String> = engines.iter().map(Nats::address).collect();
    let mut nodes = Nodes::start(&format!("nats://{}/room", hosts.join(",")));
    let mut crew = nodes.gather();
    let (start, seconds) = (Instant::now(), number("PAPO_SOAK_SECONDS"));
    let mut blows = vec![0, 1, 2];
    let mut report = String::new();
    while !blows.is_empty() || start.elapsed().as_secs() < seconds {
        if blows.is_empty() {
            blows = vec![0, 1, 2];
        }
        let at = usize::try_from(random.below(blows.len() as u64)).unwrap();
        let one = usize::try_from(random.below(3)).unwrap();
        let blow = blows.remove(at);
        writeln!(report, "{blow} {one}").unwrap();
        match blow {
            0 => {
                nodes.kill(one);
                follow(&mut crew, "a server is dead");
                nodes.restart(one);
            }
            1 => {
                engines[one].kill();
                follow(&mut crew, "an engine is dead");
                engines[one].restart();
            }
            _ => {
                engines.iter_mut().for_each(Nats::kill);
                engines.iter_mut().for_each(Nats::restart);
                follow(&mut crew, "all engines were dead");
            }
        }
    }
    println!("PAPO_KILL_SEED={}; {}", random.seed, report.replace('\n', ", "));
    nodes.finish(crew, |place| place.read_file("mirror.db"));
}

/// Two copies follow the database, and a commit waits for either. It is killed, the copy that has more takes over,
/// and the servers find it by themselves.
#[test]
fn servers_that_share_a_database_lose_nothing_when_it_fails_over() {
    let _machine = take_machine();
    let mut primary = Postgres::start();
    let standbys = [primary.standby("a"), primary.standby("b")];
    primary.sql("ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (a, b)'");
    primary.sql("SELECT pg_reload_conf()");
    let hosts = [&primary, &standbys[0], &standbys[1]].map(Postgres::host).join(",");
    let mut nodes = Nodes::start(&format!("postgres://papo@{hosts}/postgres"));
    let mut crew = nodes.gather();
    nodes.kill(1);
    follow(&mut crew, "a server is dead");
    nodes.restart(1);
    primary.kill();
    let received = |standby: &Postgres| {
        let newest = standby.sql("SELECT pg_last_wal_receive_lsn() - '0/0'::pg_lsn");
        newest.trim().parse::<u64>().unwrap()
    };
    let next = if received(&standbys[0]) >= received(&standbys[1]) { &standbys[0] } else { &standbys[1] };
    next.promote();
    follow(&mut crew, "the database has failed over");
    nodes.finish(crew, |_| next.sql(EVERYTHING).lines().map(entry).collect());
}
