//! Several real servers that share one log in a real engine. The promises are those of one server: what was echoed is in
//! the log, once, in order; everybody is shown each place once and in order, on whichever server they are. Not here: what
//! is killed among them (`chaos.rs`).

use std::time::Instant;

use papo_proto::{Address, Invite};
use papo_torture::engines::Nats;
use papo_torture::history::{Entry, History};

use crate::crew::{Cast, ComingBack, Crew};
use crate::server::{Place, Server};
use crate::{check_settled, take_machine};

/// How many servers share the log.
pub(crate) const NODES: usize = 3;

/// How many echoes there have to be after each blow before the next one.
const ECHOES_BETWEEN: u64 = 150;

/// The same from the database as from the file: every message, one on a line.
pub(crate) const EVERYTHING: &str = "
    SELECT e.seq || E'\\t' || e.time_ms || E'\\t' || convert_from(e.sender, 'UTF8') || E'\\t' ||
           convert_from(e.name, 'UTF8') || E'\\t' || convert_from(e.id, 'UTF8') || E'\\t' ||
           (convert_from(e.body, 'UTF8')::json ->> 'text')
    FROM papo.entry e ORDER BY e.room, e.seq";

/// Servers that share a log.
pub(crate) struct Nodes {
    pub(crate) places: Vec<Place>,
    servers: Vec<Option<Server>>,
    pub(crate) invite: Invite,
    /// Where the others are.
    others: Vec<Address>,
}

impl Nodes {
    pub(crate) fn start(log: &str) -> Self {
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

    /// Everybody, spread over the servers.
    pub(crate) fn gather(&self, cast: Cast, coming_back: ComingBack) -> Crew {
        let mut crew = Crew::gather_at(&self.places[0], &self.invite, &self.others, coming_back, cast);
        crew.expect_refusals();
        crew.follow_until("everybody is in", Crew::is_all_joined);
        crew.write();
        crew
    }

    pub(crate) fn kill(&mut self, node: usize) {
        self.servers[node].take().unwrap().kill();
    }

    pub(crate) fn restart(&mut self, node: usize) {
        self.servers[node] = Some(self.places[node].start());
    }

    /// Everything is echoed and read, all servers end in order, and what they have is what everybody was told and shown.
    pub(crate) fn finish(mut self, mut crew: Crew, read: impl Fn(&Place) -> Vec<Entry>) -> History {
        crew.stop_writing();
        crew.follow_until("everything is echoed and read", Crew::is_settled);
        for (server, place) in self.servers.iter_mut().zip(&self.places) {
            let server = server.take().unwrap();
            server.ask_to_stop();
            assert_eq!(server.wait(), Some(0), "{}", place.diary());
        }
        let (history, unsent) = crew.dismiss(&self.places[0], &self.invite);
        let mut logs: Vec<Vec<Entry>> = self.places.iter().map(read).collect();
        // A server that nobody was on any more may have ended before it had read the last of it.
        logs.sort_by_key(Vec::len);
        let log = logs.pop().unwrap();
        assert!(logs.iter().all(|other| log.starts_with(other)), "they have the same log");
        check_settled(&history, self.invite.room.as_str(), &log, unsent);
        history
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
    let history = nodes.finish(crew, |place| place.read_file("mirror.db"));
    println!(
        "{} said, {} echoed, nothing lost, doubled or out of order",
        history.invoked_len(),
        history.ok_len()
    );
}

/// Waits for so many echoes that life goes on.
fn follow(crew: &mut Crew, what: &str) {
    let before = crew.echoes;
    crew.follow_until(what, |crew| crew.echoes >= before + ECHOES_BETWEEN);
}
