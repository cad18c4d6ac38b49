//! The real server and real clients with a network between them that breaks all the time. Promises that are checked:
//! the same as with kills, and that everybody gets on once it is calm. Not here: what exactly breaks, which the proxy
//! draws from its seed.

use std::time::{Duration, Instant};

use papo_proto::{Address, Invite};
use papo_torture::proxy::Proxy;

use crate::crew::{ComingBack, Crew};
use crate::random::Random;
use crate::server::Place;
use crate::{check_settled, number, take_machine};

/// How many people are there. Fewer than with kills: each of them comes back again and again, by itself.
const PEOPLE: usize = 12;

/// How long the network breaks before it is calm.
const STORM: Duration = Duration::from_secs(5);

/// What the network does to connections, so that a run without much of it is seen.
const FAULTS_MIN: u64 = 20;

/// Invariant: whatever the network does, everything said is stored once and shown to everybody once, in order; and when
/// it is calm, everything comes to rest. `PAPO_SOAK_SECONDS` says for how long it goes on.
#[test]
fn a_broken_network_loses_nothing() {
    let _machine = take_machine();
    let start = Instant::now();
    let mut random = Random::from_environment();
    let (mut storms, mut said, mut echoed, mut faults) = (0, 0, 0, 0);
    while storms == 0 || start.elapsed() < Duration::from_secs(number("PAPO_SOAK_SECONDS")) {
        let place = Place::new();
        let server = place.start();
        let proxy = Proxy::start(place.address(), random.below(u64::MAX)).unwrap();
        let address = Address::new(proxy.address.ip().to_string(), proxy.address.port());
        let invite = Invite { address, ..server.invite.clone() };
        let room = invite.room.as_str();
        let mut crew = Crew::gather(&place, &invite, ComingBack::AtOnce, PEOPLE);
        crew.write();
        let storm = Instant::now();
        crew.follow_until("the storm is over", |_| storm.elapsed() >= STORM);
        proxy.calm();
        crew.stop_writing();
        crew.follow_until("everything is echoed and read", Crew::is_settled);
        println!("{:?}", proxy.met());
        faults += proxy.met().values().sum::<u64>();
        server.kill();
        let (history, unsent) = crew.dismiss(&place, &invite);
        check_settled(&history, room, &place.read_log(), unsent);
        storms += 1;
        said += history.invoked_len();
        echoed += history.ok_len();
    }
    assert!(faults >= FAULTS_MIN, "the network has hardly been broken: {faults} connections");
    println!("PAPO_KILL_SEED={}", random.seed);
    println!(
        "soak: network: {storms} storms, {faults} connections, {said} messages said, {echoed} echoed, \
         0 broken promises"
    );
}
