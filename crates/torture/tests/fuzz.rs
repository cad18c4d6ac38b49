//! Every target of this crate with every input that was kept and random changes of them. Invariant: no input from
//! outside makes anything panic, and what is read keeps its promises.

use papo_torture::explore::explore;
use papo_torture::fuzz::TARGETS;

macro_rules! explored {
    ($($name:ident),*) => {$(
        #[test]
        fn $name() {
            explore(TARGETS.iter().find(|target| target.name == stringify!($name)).unwrap());
        }
    )*
        #[test]
        fn every_target_is_explored() {
            assert_eq!(TARGETS.map(|target| target.name), [$(stringify!($name)),*]);
        }
    };
}

explored!(lines, client_message, server_message, invite, names, proof, sanitiser, markup, timeline, session);
