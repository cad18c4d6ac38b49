//! Several real servers share one log in a real engine, and the network between each of them and the engine is cut, held
//! half open, made deaf on one side and mended again and again, while people write on all of them. The promises are those
//! of one server, and history is never split: what anybody was shown on whichever server is the beginning of one log.
//! Not here: servers and engines that die (`nodes`).

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use papo_proto::{Address, Invite};
use papo_torture::engines::{Nats, Postgres};
use papo_torture::history::Entry;
use papo_torture::wire::{End, Wire, Wiring};

use crate::crew::{ComingBack, Crew};
use crate::nodes::EVERYTHING;
use crate::random::Random;
use crate::server::{Place, Server, entry};
use crate::{check_settled, number, take_machine};

/// How many people write: a third of them on each server.
const WRITERS: usize = 12;

/// How many servers share the log.
const NODES: usize = 3;

/// How many echoes there have to be between two storms.
const ECHOES_BETWEEN: u64 = 150;

/// How long a wire is as it is: mostly for a moment, now and then for longer than an engine is waited for.
const MOMENT_MS_MAX: u64 = 400;
const LONG_MS_MAX: u64 = 6000;

/// What members of a server that does not reach its log are told.
const WHY: &str = "does not answer at the moment";

/// A server and its wires to the engine.
struct Node {
    place: Place,
    server: Server,
    wires: Vec<Wire>,
}

/// Servers that share a log, each behind wires of its own.
struct Nodes {
    all: Vec<Node>,
    invite: Invite,
    others: Vec<Address>,
    /// Whether each server has a copy of its own, from which everything can be read.
    has_copies: bool,
    /// How the wires were, and how often.
    met: BTreeMap<String, u64>,
}

impl Nodes {
    /// `log` is the log's address by those of the wires to all servers of the engine.
    fn start(engine: &[End], has_copies: bool, log: impl Fn(&str) -> String) -> Self {
        let mut nodes: Vec<Node> = Vec::new();
        for _ in 0..NODES {
            let wires: Vec<Wire> = engine.iter().map(|end| Wire::to(end.clone()).unwrap()).collect();
            let addresses: Vec<String> = wires.iter().map(|wire| wire.address.to_string()).collect();
            let place = Place::sharing(&log(&addresses.join(",")), nodes.first().map(|first| &first.place));
            let server = place.start();
            nodes.push(Node { place, server, wires });
        }
        let mut invites = nodes.iter().map(|node| node.server.invite.clone());
        let invite = invites.next().unwrap();
        let others = invites.map(|invite| invite.address).collect();
        Self { all: nodes, invite, others, has_copies, met: BTreeMap::new() }
    }

    fn gather(&self) -> Crew {
        let place = &self.all[0].place;
        let mut crew = Crew::gather_at(place, &self.invite, &self.others, ComingBack::AtOnce, WRITERS);
        crew.expect_refusals();
        crew.write();
        crew
    }

    /// One server loses the engine for as long as it takes until its people are told why they wait, and the wires of the
    /// others break and mend meanwhile as the seed says.
    fn storm(&mut self, random: &mut Random, crew: &mut Crew) {
        let lost = below(random, NODES);
        let how = [Wiring::Held, Wiring::Deaf, Wiring::Cut][below(random, 3)];
        self.all[lost].wires.iter().for_each(|wire| wire.set(how));
        *self.met.entry(format!("{how:?} for good")).or_default() += 1;
        // Everybody began at another server, and none of those has gone.
        let people: Vec<usize> = (0..WRITERS).filter(|index| index % NODES == lost).collect();
        crew.read_back(people[0]);
        let start = Instant::now();
        let is_told = |crew: &Crew| people.iter().any(|&index| crew.was_told(index, WHY));
        let has_read = |crew: &Crew| !self.has_copies || crew.has_read(people[0]);
        let mut broken = Vec::new();
        while !(is_told(crew) && has_read(crew)) {
            assert!(start.elapsed() < crate::server::PATIENCE, "nobody is told why they wait");
            let node = (lost + 1 + below(random, NODES - 1)) % NODES;
            let wiring = [Wiring::Whole, Wiring::Cut, Wiring::Held, Wiring::Deaf][below(random, 4)];
            *self.met.entry(format!("{wiring:?}")).or_default() += 1;
            let wires = &self.all[node].wires;
            // All servers of the engine, or one.
            let only = (random.below(2) == 0).then(|| below(random, wires.len()));
            let is_late = random.below(2) == 0;
            for (_, wire) in wires.iter().enumerate().filter(|(at, _)| only.is_none_or(|only| *at == only)) {
                wire.set(wiring);
                if !is_late {
                    wire.reset();
                }
            }
            let ms_max = if random.below(8) == 0 { LONG_MS_MAX } else { MOMENT_MS_MAX };
            broken.push((node, wiring));
            crew.follow_for(Duration::from_millis(random.below(ms_max)));
        }
        println!(
            "server {lost} {how:?}: its people are told after {} ms; meanwhile {} changes at the others",
            start.elapsed().as_millis(),
            broken.len()
        );
    }

    /// Everything is whole again. What was held passes on late, or is lost, as the seed says.
    fn mend(&self, random: &mut Random) {
        for wire in self.all.iter().flat_map(|node| &node.wires) {
            if random.below(2) == 0 {
                wire.reset();
            }
            wire.set(Wiring::Whole);
        }
    }

    /// Everything is echoed and read, and all servers end in order.
    fn finish(self, mut crew: Crew, read: impl Fn(&Place) -> Vec<Entry>) {
        crew.stop_writing();
        crew.follow_until("everything is echoed and read", Crew::is_settled);
        let mut places = Vec::new();
        for Node { place, server, wires } in self.all {
            server.ask_to_stop();
            assert_eq!(server.wait(), Some(0), "{}", place.diary());
            drop(wires);
            places.push(place);
        }
        let (history, unsent) = crew.dismiss(&places[0], &self.invite);
        for place in &places {
            check_settled(&history, self.invite.room.as_str(), &read(place), unsent);
        }
        println!("{:?}", self.met);
        println!(
            "soak: partition: {} changes of the wires, {} messages said, {} echoed, 0 broken promises",
            self.met.values().sum::<u64>(),
            history.invoked_len(),
            history.ok_len()
        );
    }
}

fn below(random: &mut Random, bound: usize) -> usize {
    usize::try_from(random.below(bound as u64)).unwrap()
}

/// Storms until `PAPO_SOAK_SECONDS` are over; at least one.
fn go_through(nodes: &mut Nodes, random: &mut Random) -> Crew {
    let start = Instant::now();
    let mut crew = nodes.gather();
    let mut longest = Duration::ZERO;
    let mut storms = 0;
    while storms == 0 || start.elapsed().as_secs() < number("PAPO_SOAK_SECONDS") {
        let before = crew.echoes;
        crew.follow_until("everybody writes", |crew| crew.echoes >= before + ECHOES_BETWEEN);
        nodes.storm(random, &mut crew);
        nodes.mend(random);
        storms += 1;
        let mended = Instant::now();
        let before = crew.echoes;
        crew.follow_until("echoes come again", |crew| crew.echoes > before);
        longest = longest.max(mended.elapsed());
    }
    println!("{storms} storms; the first echo at most {} ms after the mending", longest.as_millis());
    crew
}

/// Invariant: whatever becomes of the network between servers and their stream, there is one history. Three servers of
/// NATS keep it.
#[test]
fn a_cut_network_does_not_split_a_stream() {
    let _machine = take_machine();
    let mut random = Random::from_environment();
    let engines = Nats::cluster(3);
    let ends: Vec<End> = engines.iter().map(|engine| End::Port(engine.address().parse().unwrap())).collect();
    let mut nodes = Nodes::start(&ends, true, |hosts| format!("nats://{hosts}/room"));
    let crew = go_through(&mut nodes, &mut random);
    nodes.finish(crew, |place| place.read_file("mirror.db"));
}

/// Invariant: the same with a database.
#[test]
fn a_cut_network_does_not_split_a_database() {
    let _machine = take_machine();
    let mut random = Random::from_environment();
    let engine = Postgres::start();
    let ends = [End::File(engine.socket())];
    let mut nodes = Nodes::start(&ends, false, |host| format!("postgres://papo@{host}/postgres"));
    let crew = go_through(&mut nodes, &mut random);
    nodes.finish(crew, |_| engine.sql(EVERYTHING).lines().map(entry).collect());
}
