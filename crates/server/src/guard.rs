//! Who is at the door: what each address and each key has used of what it may, and how many connections there are.
//! Everything that one address or key could use up to the harm of others is counted here, in memory that is bounded
//! however many addresses an attacker has. Pure: time is an argument. Not here: what happens to a connection that
//! has used up its share, which shard and listener decide.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use papo_proto::MemberId;

use crate::limits::{Limits, Rate};
use crate::meter::Meter;
use crate::metrics::Unsaid;

/// How many addresses, and how many keys, are remembered without a connection: enough for whoever comes back, and at
/// most some MiB. Beyond it those without a connection are forgotten, which gives an attacker nothing that a further
/// address would not give.
const REMEMBERED_MAX: usize = 16 * 1024;

/// From how many on the tables are tidied up.
const TIDY_FROM: usize = 1024;

/// How many connections above a limit are told so; further ones are closed unsaid, since saying it costs a handshake.
const REFUSALS_MAX: usize = 64;
const REFUSALS_PER_ADDRESS_MAX: usize = 8;

/// Where a connection comes from, as far as limits and bans care: an IPv4 address, or the /64 of an IPv6 address,
/// which is what one household or machine has; an attacker would have 2^64 addresses otherwise.
///
/// It can be compared and hashed, and shown only without the part that tells a machine: logs hold no full address.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Origin(IpAddr);

impl Origin {
    /// The origin that this address belongs to.
    pub(crate) fn of(address: IpAddr) -> Self {
        // An IPv4 address is the same one however the socket writes it.
        match address.to_canonical() {
            v4 @ IpAddr::V4(_) => Self(v4),
            IpAddr::V6(v6) => Self(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into()),
        }
    }
}

impl Origin {
    /// The address, or the first one of its network: for the mark of a ban, and for nothing that is shown.
    pub(crate) fn address(self) -> IpAddr {
        self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(v4) => {
                let network = Ipv4Addr::from_bits(v4.to_bits() & 0xffff_0000);
                write!(f, "{network}/16")
            }
            IpAddr::V6(v6) => {
                let network = Ipv6Addr::from_bits(v6.to_bits() & !(u128::MAX >> 32));
                write!(f, "{network}/32")
            }
        }
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What one member, which is a key or a guest's connection, has used of its rates.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    pub(crate) joins: Meter,
    pub(crate) messages: Meter,
    pub(crate) requests: Meter,
}

impl Usage {
    fn is_forgotten(&self, now: Duration) -> bool {
        [&self.joins, &self.messages, &self.requests].iter().all(|meter| meter.is_full(now))
    }
}

/// What one origin has used, over all of its connections.
#[derive(Debug)]
pub(crate) struct Account {
    origin: Origin,
    /// The connections that it has, and of them those that are not through with the handshake.
    connections: AtomicUsize,
    pending: AtomicUsize,
    connects: Meter,
    http: Meter,
    pub(crate) usage: Usage,
    wrong_secrets: Meter,
}

impl Account {
    fn new(origin: Origin) -> Self {
        Self {
            origin,
            connections: AtomicUsize::new(0),
            pending: AtomicUsize::new(0),
            connects: Meter::default(),
            http: Meter::default(),
            usage: Usage::default(),
            wrong_secrets: Meter::default(),
        }
    }

    /// Where its connections come from.
    pub(crate) fn origin(&self) -> Origin {
        self.origin
    }

    /// A secret or a proof from here was wrong. Returns when to come back, if there were too many. Right ones are
    /// never held up: one who guesses would lock out everybody behind the same address, and what is guessed at has
    /// 128 bits.
    pub(crate) fn wrong_secret(&self, limits: &Limits, now: Duration) -> Option<Duration> {
        self.wrong_secrets.take(limits.wrong_secrets_per_address?, now)
    }

    /// A request over HTTP came from here. Returns when to come back, if there were too many.
    pub(crate) fn http(&self, limits: &Limits, now: Duration) -> Option<Duration> {
        try_take((&self.http, limits.http_per_address), now).err()
    }

    fn is_forgotten(&self, now: Duration) -> bool {
        let meters = [&self.connects, &self.http, &self.wrong_secrets];
        meters.iter().all(|meter| meter.is_full(now)) && self.usage.is_forgotten(now)
    }
}

/// A connection's place in the counts, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Pass {
    account: Arc<Account>,
    total: Arc<AtomicUsize>,
    pending: bool,
}

impl Pass {
    /// The account that it is counted in.
    pub(crate) fn account(&self) -> &Arc<Account> {
        &self.account
    }

    /// The handshake is done.
    pub(crate) fn established(&mut self) {
        if std::mem::replace(&mut self.pending, false) {
            self.account.pending.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.established();
        self.account.connections.fetch_sub(1, Ordering::Relaxed);
        self.total.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Why a connection that is taken is only told to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The server holds as many as it may.
    Full,
    /// It holds as many of this address as it may.
    TooMany,
}

/// All accounts, and the limits that hold for them.
#[derive(Debug)]
pub(crate) struct Guard {
    limits: Limits,
    total: Arc<AtomicUsize>,
    /// Held for finding one account: once for a connection, and for a join with a key.
    addresses: Mutex<Table<Origin, Account>>,
    keys: Mutex<Table<MemberId, Usage>>,
}

impl Guard {
    /// Without connections.
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, total: Arc::default(), addresses: Mutex::default(), keys: Mutex::default() }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Decides about a connection before anything is read from it. The reason to close it unsaid, if so: before the handshake
    /// nothing can be said, and that would cost more than the connection. Else its pass, and why it is to be told
    /// that it cannot stay, if so.
    pub(crate) fn admit(&self, address: IpAddr, now: Duration) -> Result<(Pass, Option<Refused>), Unsaid> {
        let limits = &self.limits;
        let account = self.account(address, now);
        try_take((&account.connects, limits.connects_per_address), now)
            .map_err(|_| Unsaid::AddressTooFast)?;
        // From here on the counts are given back by the pass.
        let held = self.total.fetch_add(1, Ordering::Relaxed);
        let held_here = account.connections.fetch_add(1, Ordering::Relaxed);
        let pending_here = account.pending.fetch_add(1, Ordering::Relaxed);
        let pass = Pass { account, total: Arc::clone(&self.total), pending: true };
        let (most, most_here) = (limits.connections_max, limits.connections_per_address_max);
        if pending_here >= limits.pending_per_address_max {
            return Err(Unsaid::AddressPending);
        }
        if held >= most.saturating_add(REFUSALS_MAX) {
            return Err(Unsaid::Full);
        }
        if held_here >= most_here.saturating_add(REFUSALS_PER_ADDRESS_MAX) {
            return Err(Unsaid::AddressFull);
        }
        let refused = if held >= most {
            Some(Refused::Full)
        } else if held_here >= most_here {
            Some(Refused::TooMany)
        } else {
            None
        };
        Ok((pass, refused))
    }

    /// The account of an address.
    pub(crate) fn account(&self, address: IpAddr, now: Duration) -> Arc<Account> {
        let origin = Origin::of(address);
        lock(&self.addresses).find(&origin, || Account::new(origin), |account| account.is_forgotten(now))
    }

    /// A member's key has said so many messages on other servers, which share its rate with this one. Whoever is not
    /// known here has used nothing here either, and gets no place in the table by it.
    pub(crate) fn said_elsewhere(&self, id: &MemberId, count: u64, now: Duration) {
        let Some(rate) = self.limits.messages else { return };
        let usage = lock(&self.keys).accounts.get(id).map(Arc::clone);
        if let Some(usage) = usage {
            usage.messages.charge(rate, count, now);
        }
    }

    /// What a member's key has used, over all of its connections.
    pub(crate) fn usage_of(&self, id: &MemberId, now: Duration) -> Arc<Usage> {
        lock(&self.keys).find(id, Usage::default, |usage| usage.is_forgotten(now))
    }
}

/// Takes one where there is a rate. Returns how long what follows has to wait, if it has to.
pub(crate) fn take((meter, rate): (&Meter, Option<Rate>), now: Duration) -> Option<Duration> {
    meter.take(rate?, now)
}

/// Takes one if there is a rate and one is left of it; else returns when there will be.
pub(crate) fn try_take((meter, rate): (&Meter, Option<Rate>), now: Duration) -> Result<(), Duration> {
    rate.map_or(Ok(()), |rate| meter.try_take(rate, now))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Accounts by whose they are. Holds those in use, and of the others at most [`REMEMBERED_MAX`].
#[derive(Debug)]
struct Table<K, V> {
    accounts: HashMap<K, Arc<V>>,
    /// At which size it is tidied up next: at twice what was left the last time, so that this costs a constant for
    /// each that is added.
    tidy_at: usize,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self { accounts: HashMap::new(), tidy_at: TIDY_FROM }
    }
}

impl<K: Clone + Eq + Hash, V> Table<K, V> {
    fn find(&mut self, key: &K, new: impl FnOnce() -> V, is_forgotten: impl Fn(&V) -> bool) -> Arc<V> {
        if let Some(account) = self.accounts.get(key) {
            return Arc::clone(account);
        }
        if self.accounts.len() >= self.tidy_at {
            self.tidy(is_forgotten);
        }
        let account = Arc::new(new());
        self.accounts.insert(key.clone(), Arc::clone(&account));
        account
    }

    fn tidy(&mut self, is_forgotten: impl Fn(&V) -> bool) {
        let in_use = |account: &Arc<V>| Arc::strong_count(account) > 1;
        let mut idle = 0;
        self.accounts.retain(|_, account| {
            let used = in_use(account);
            let kept = used || !is_forgotten(account);
            idle += usize::from(kept && !used);
            kept
        });
        if idle > REMEMBERED_MAX / 2 {
            self.accounts.retain(|_, account| in_use(account));
        }
        let most = self.accounts.len().saturating_add(REMEMBERED_MAX / 2);
        self.tidy_at = self.accounts.len().saturating_mul(2).clamp(TIDY_FROM, most.max(TIDY_FROM));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));
    const THERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 8));
    const NOW: Duration = Duration::from_secs(1000);

    fn limits() -> Limits {
        Limits {
            connections_max: 100,
            connections_per_address_max: 10,
            pending_per_address_max: 5,
            connects_per_address: None,
            ..Limits::default()
        }
    }

    fn admitted(guard: &Guard, address: IpAddr) -> Pass {
        let (mut pass, refused) = guard.admit(address, NOW).expect("there is room");
        assert_eq!(refused, None);
        pass.established();
        pass
    }

    /// Invariant: what a key says on other servers is taken from its rate here, and only of keys that are known here.
    #[test]
    fn what_a_key_says_on_other_servers_counts_here() {
        let rate = Rate { per_second: 10, burst: 50 };
        let guard = Guard::new(Limits { messages: Some(rate), ..limits() });
        let [here, unknown] = ["a", "b"].map(|letter| MemberId::parse(&letter.repeat(24)).unwrap());
        let usage = guard.usage_of(&here, NOW);
        guard.said_elsewhere(&here, 50, NOW);
        assert_eq!(usage.messages.take(rate, NOW), Some(Duration::from_millis(100)));
        guard.said_elsewhere(&unknown, 50, NOW);
        assert!(!lock(&guard.keys).accounts.contains_key(&unknown), "nobody gets a place from afar");
        assert_eq!(guard.usage_of(&unknown, NOW).messages.take(rate, NOW), None);
    }

    #[test]
    fn an_address_has_its_share_of_connections_and_no_more() {
        let guard = Guard::new(limits());
        let mut held: Vec<Pass> = (0..10).map(|_| admitted(&guard, HERE)).collect();
        let told: Vec<_> = (0..REFUSALS_PER_ADDRESS_MAX)
            .map(|_| {
                let (mut pass, refused) = guard.admit(HERE, NOW).expect("a few are told");
                pass.established();
                assert_eq!(refused, Some(Refused::TooMany));
                pass
            })
            .collect();
        assert_eq!(
            guard.admit(HERE, NOW).err(),
            Some(Unsaid::AddressFull),
            "further ones are not worth a handshake"
        );
        let _other = admitted(&guard, THERE);
        drop(told);
        held.pop();
        held.push(admitted(&guard, HERE));
        drop(held);
        assert_eq!(guard.account(HERE, NOW).connections.load(Ordering::Relaxed), 0, "all is given back");
    }

    #[test]
    fn few_of_an_address_are_in_the_handshake_at_a_time() {
        let guard = Guard::new(limits());
        let mut held: Vec<_> = (0..5).map(|_| guard.admit(HERE, NOW).expect("there is room")).collect();
        assert_eq!(guard.admit(HERE, NOW).err(), Some(Unsaid::AddressPending));
        held[0].0.established();
        held[0].0.established();
        held.push(guard.admit(HERE, NOW).expect("one is through"));
        assert_eq!(guard.admit(HERE, NOW).err(), Some(Unsaid::AddressPending));
        drop(held);
        assert_eq!(guard.account(HERE, NOW).pending.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn the_whole_server_has_a_limit_that_is_told() {
        let guard = Guard::new(Limits { connections_per_address_max: 1000, ..limits() });
        let held: Vec<Pass> = (0..100).map(|_| admitted(&guard, HERE)).collect();
        let told: Vec<_> = (0..REFUSALS_MAX)
            .map(|_| {
                let (mut pass, refused) = guard.admit(THERE, NOW).expect("some are told");
                pass.established();
                assert_eq!(refused, Some(Refused::Full));
                pass
            })
            .collect();
        assert_eq!(guard.admit(THERE, NOW).err(), Some(Unsaid::Full));
        drop((held, told));
        admitted(&guard, HERE);
    }

    #[test]
    fn connects_have_a_rate_by_address() {
        let rate = Some(Rate { per_second: 1, burst: 3 });
        let guard = Guard::new(Limits { connects_per_address: rate, ..limits() });
        let count = |now| (0..9).filter(|_| guard.admit(HERE, now).is_ok()).count();
        assert_eq!((count(NOW), count(NOW)), (3, 0));
        assert_eq!(count(NOW + Duration::from_secs(2)), 2);
        assert!(guard.admit(THERE, NOW).is_ok(), "nobody pays for another");
    }

    #[test]
    fn wrong_secrets_are_counted_by_address() {
        let rate = Some(Rate { per_second: 1, burst: 2 });
        let guard = Guard::new(Limits { wrong_secrets_per_address: rate, ..limits() });
        let wrong = |address| guard.account(address, NOW).wrong_secret(guard.limits(), NOW);
        assert_eq!((wrong(HERE), wrong(HERE)), (None, None));
        assert_eq!((wrong(HERE), wrong(THERE)), (Some(Duration::from_secs(1)), None));
    }

    /// Invariant: whatever number of addresses an attacker has, the memory for them is bounded; and what has
    /// connections is never forgotten.
    #[test]
    fn many_addresses_cost_a_bounded_amount_of_memory() {
        let guard = Guard::new(limits());
        let held = admitted(&guard, HERE);
        let mut most = 0;
        for i in 0..200_000_u64 {
            let address = Ipv6Addr::from_bits(u128::from(i) << 64);
            guard.account(address.into(), NOW).wrong_secret(guard.limits(), NOW);
            most = most.max(lock(&guard.addresses).accounts.len());
        }
        assert!(most <= REMEMBERED_MAX + TIDY_FROM, "{most} accounts");
        assert!(Arc::ptr_eq(held.account(), &guard.account(HERE, NOW)), "it has a connection");
    }

    #[test]
    fn an_account_is_kept_until_its_meters_are_full_again() {
        let guard = Guard::new(limits());
        let id = MemberId::of_guest([1; 8]);
        let rate = Rate { per_second: 1, burst: 60 };
        guard.usage_of(&id, NOW).messages.take(rate, NOW);
        let others = |from: u64, now| {
            for i in from..from + 5000 {
                guard.usage_of(&MemberId::of_guest(i.to_be_bytes()), now);
            }
        };
        others(0, NOW);
        assert!(!guard.usage_of(&id, NOW).messages.is_full(NOW), "it is remembered");
        let later = NOW + Duration::from_mins(2);
        others(10_000, later);
        assert!(lock(&guard.keys).accounts.len() < 5000, "who has used nothing is forgotten");
    }

    #[test]
    fn an_origin_is_what_one_household_has_and_is_not_shown_in_full() {
        let origin = |text: &str| Origin::of(text.parse().unwrap());
        assert_eq!(origin("2001:db8:1:2:3:4:5:6"), origin("2001:db8:1:2::1"));
        assert_ne!(origin("2001:db8:1:2::1"), origin("2001:db8:1:3::1"));
        assert_eq!(origin("::ffff:192.0.2.7"), origin("192.0.2.7"));
        assert_ne!(origin("192.0.2.7"), origin("192.0.2.8"));
        for (text, shown) in [("192.0.2.7", "192.0.0.0/16"), ("2001:db8:1:2::1", "2001:db8::/32")] {
            assert_eq!(
                (origin(text).to_string(), format!("{:?}", origin(text))),
                (shown.into(), shown.into())
            );
        }
    }
}
