//! Where a room is besides the address under which it is kept, so that it is found again while that one is away. Not
//! here: who is believed, and which one is tried when.

use papo_proto::{Address, Fingerprint};
use rusqlite::params;

use super::{Store, StoreError};

/// Made where it is missing: a file of an earlier version has everything else, and that version does without.
pub(super) const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS server(
        room INTEGER NOT NULL,
        place INTEGER NOT NULL,
        address TEXT NOT NULL,
        fingerprint TEXT,
        PRIMARY KEY (room, place)
    ) STRICT;
";

impl Store {
    /// Keeps where else the room is, in the place of what was kept; `fingerprint` is the key of the server that says so,
    /// which the others have as well.
    pub fn keep_servers(
        &mut self,
        servers: &[Address],
        fingerprint: Option<&Fingerprint>,
    ) -> Result<(), StoreError> {
        let room = self.room;
        self.write(|transaction| {
            transaction.execute("DELETE FROM server WHERE room = ?1", [room])?;
            let mut insert = transaction.prepare_cached(
                "INSERT INTO server(room, place, address, fingerprint) VALUES (?1, ?2, ?3, ?4)",
            )?;
            for (place, server) in (0_i64..).zip(servers) {
                insert.execute(params![
                    room,
                    place,
                    server.to_string(),
                    fingerprint.map(ToString::to_string)
                ])?;
            }
            Ok(())
        })
    }

    /// Where else the room was when a server last said so, and the key that those servers have. What cannot be read is
    /// left out: a server will say it again.
    pub fn servers(&self) -> Result<(Vec<Address>, Option<Fingerprint>), StoreError> {
        let sql = "SELECT address, fingerprint FROM server WHERE room = ?1 ORDER BY place";
        let rows = self.rows(sql, |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?)))?;
        let key = rows.first().and_then(|(_, key)| key.as_ref()?.parse().ok());
        Ok((rows.iter().filter_map(|(address, _)| address.parse().ok()).collect(), key))
    }
}
