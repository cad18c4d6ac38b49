//! The tables in the database's schema `papo`, as the steps that lead to them. A step that was ever released never
//! changes. Texts are bytes there because a text of `PostgreSQL` cannot hold a zero; the view `papo.readable` shows them.

use tokio_postgres::{Client, Error};

/// The newest format this program knows: how many steps there are.
pub(super) const KNOWN: i32 = 1;

/// Step n leads from format n - 1 to format n; `papo.log` says which the database has.
const STEPS: [&str; KNOWN as usize] = [ROOMS_AND_ENTRIES];

/// A room's row is its lock and its counter: numbers are taken in the transaction that stores the entries, so they
/// have no gaps and are visible in their order. A sequence of the database would promise neither.
const ROOMS_AND_ENTRIES: &str = "
    CREATE TABLE papo.room(
        key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name bytea NOT NULL UNIQUE,
        first bigint NOT NULL DEFAULT 1,
        head bigint NOT NULL DEFAULT 0,
        time_ms bigint NOT NULL DEFAULT 0
    ) WITH (fillfactor = 50);
    CREATE TABLE papo.entry(
        room bigint NOT NULL,
        seq bigint NOT NULL,
        time_ms bigint NOT NULL,
        kind bigint NOT NULL,
        sender bytea NOT NULL,
        name bytea NOT NULL,
        id bytea NOT NULL,
        body bytea NOT NULL,
        PRIMARY KEY (room, seq),
        UNIQUE (room, sender, id)
    );
    CREATE TABLE papo.act(
        room bigint NOT NULL,
        seq bigint NOT NULL,
        time_ms bigint NOT NULL,
        kind bigint NOT NULL,
        sender bytea NOT NULL,
        name bytea NOT NULL,
        id bytea NOT NULL,
        body bytea NOT NULL,
        PRIMARY KEY (room, seq)
    );
    CREATE VIEW papo.readable AS
        SELECT convert_from(r.name, 'UTF8') AS room, e.seq, to_timestamp(e.time_ms / 1000.0) AS time, e.kind,
               convert_from(e.sender, 'UTF8') AS sender, convert_from(e.name, 'UTF8') AS name,
               convert_from(e.id, 'UTF8') AS id, convert_from(e.body, 'UTF8') AS body
        FROM papo.entry e JOIN papo.room r ON r.key = e.room;
";

/// Any number that no other program is likely to lock: the letters `papo`.
const ADVISORY_LOCK: &str = "SELECT pg_advisory_xact_lock(1885433967)";

/// The format of the database; `None` where it has no tables of ours.
pub(super) async fn format(client: &Client) -> Result<Option<i32>, Error> {
    let there: bool = client.query_one("SELECT to_regclass('papo.log') IS NOT NULL", &[]).await?.get(0);
    if !there {
        return Ok(None);
    }
    client.query_opt("SELECT format FROM papo.log", &[]).await.map(|row| row.map(|row| row.get(0)))
}

/// Leads the database to the newest format, in one transaction. Several servers may do so at the same time. `epoch` is
/// taken only where the log is made.
pub(super) async fn migrate(client: &mut Client, epoch: i64) -> Result<(), Error> {
    let transaction = client.transaction().await?;
    transaction.batch_execute(ADVISORY_LOCK).await?;
    transaction
        .batch_execute(
            "CREATE SCHEMA IF NOT EXISTS papo;
             CREATE TABLE IF NOT EXISTS papo.log(
                one integer PRIMARY KEY CHECK (one = 1),
                format integer NOT NULL,
                epoch bigint NOT NULL
             );",
        )
        .await?;
    let found: Option<i32> =
        transaction.query_opt("SELECT format FROM papo.log", &[]).await?.map(|row| row.get(0));
    for step in STEPS.iter().skip(usize::try_from(found.unwrap_or(0)).unwrap_or(0)) {
        transaction.batch_execute(step).await?;
    }
    transaction
        .execute(
            "INSERT INTO papo.log(one, format, epoch) VALUES (1, $1, $2)
             ON CONFLICT (one) DO UPDATE SET format = greatest(papo.log.format, excluded.format)",
            &[&KNOWN, &epoch],
        )
        .await?;
    transaction.commit().await
}
