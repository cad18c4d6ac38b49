//! A server whose WebSocket at `/echo` sends everything back, for a conformance suite of WebSocket clients. It takes
//! the port as its argument. `web/tests/conformance.md` tells how the suite is run.

use std::net::{Ipv4Addr, SocketAddr};

use papo_server::{AccessRules, Config, History, Limits, Server};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port = std::env::args().nth(1).map_or(Ok(0), |port| port.parse())?;
    let data = std::env::temp_dir().join(format!("papo-echo-{}", std::process::id()));
    let config = Config {
        listen: vec![SocketAddr::from((Ipv4Addr::LOCALHOST, port))],
        data,
        names: Vec::new(),
        certificate: None,
        acme: None,
        history: History::None,
        shards: 1,
        websocket_echo: true,
        admin: None,
        also: Vec::new(),
        limits: Limits::without_rates(),
        access: AccessRules::OPEN,
    };
    let server = Server::bind(config)?;
    tracing::info!("listening on {:?}", server.addresses());
    Ok(server.run()?)
}
