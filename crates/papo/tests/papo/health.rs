//! `papo health`: what a container's health check learns from it.

use crate::support::{ClosedPort, Running, Server, World, text};

/// Invariant: the check passes for the server of the folder, in either language; it fails, each time with a code of its
/// own, where no server was ever started, where another has the port, and where none answers.
#[test]
fn only_the_folders_own_server_is_healthy() {
    let (world, elsewhere) = (World::new(), World::new());
    world.run(&["health", "--data", "s"]).check(7, &["no server has been started with the folder s yet"]);
    let (server, other) = (Server::start(&world, &[]), Server::start(&elsewhere, &[]));
    let folder = world.path("server");
    let health = |port: u16| world.run(&["health", "-p", &port.to_string(), "--data", text(&folder)]);
    let healthy = health(server.port);
    healthy.check(0, &[]);
    assert_eq!(healthy.out, format!("ready: {}", server.address()));
    // As in a container, where the check has the server's own variables.
    let mut check = world.papo(["health", "--lang", "pt"]);
    check.env("PAPO_IP", "0.0.0.0").env("PAPO_PORT", server.port.to_string()).env("PAPO_DATA", &folder);
    let healthy = Running::start(check).end();
    healthy.check(0, &[]);
    assert_eq!(healthy.out, format!("pronto: {}", server.address()));

    health(other.port).check(4, &["does not have the expected key"]);
    let closed = ClosedPort::new();
    health(closed.port).check(3, &[&closed.port.to_string()]);
    server.stop();
    other.stop();
}
