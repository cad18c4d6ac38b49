//! Where the engine of a shared log is, as it is written: `postgres://…` or `nats://…`. Not here: connecting to it.

use std::fmt;
use std::str::FromStr;

/// Which engine keeps a shared log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineKind {
    /// `PostgreSQL`: `postgres://USER@HOST[,HOST…]/DATABASE`.
    Postgres,
    /// NATS with its `JetStream`: `nats://HOST[,HOST…][/STREAM]`.
    Nats,
}

/// The address of an engine that keeps a shared log. It shows itself without the password that may be in it.
#[derive(Clone, PartialEq, Eq)]
pub struct EngineUrl {
    kind: EngineKind,
    text: String,
}

/// The beginnings of addresses, and which engine each one names.
const SCHEMES: [(&str, EngineKind); 4] = [
    ("postgres://", EngineKind::Postgres),
    ("postgresql://", EngineKind::Postgres),
    ("nats://", EngineKind::Nats),
    ("tls://", EngineKind::Nats),
];

impl EngineUrl {
    /// Which engine it is.
    pub fn kind(&self) -> EngineKind {
        self.kind
    }

    /// The address as it was written, with the password.
    pub(crate) fn reveal(&self) -> &str {
        &self.text
    }
}

impl FromStr for EngineUrl {
    type Err = EngineUrlError;

    fn from_str(text: &str) -> Result<Self, EngineUrlError> {
        let text = text.trim();
        let known = SCHEMES.iter().find(|(scheme, _)| text.starts_with(scheme));
        let (scheme, kind) = known.ok_or(EngineUrlError)?;
        let hosts = text[scheme.len()..].split(['/', '?']).next().unwrap_or_default();
        let hosts = hosts.rsplit('@').next().unwrap_or_default();
        if hosts.is_empty() || hosts.split(',').any(str::is_empty) {
            return Err(EngineUrlError);
        }
        Ok(Self { kind: *kind, text: text.to_owned() })
    }
}

impl fmt::Display for EngineUrl {
    /// Without password and parameters.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, rest) = self.text.split_once("://").unwrap_or(("", &self.text));
        let place = rest.split('?').next().unwrap_or_default();
        let (hosts, path) = place.split_once('/').map_or((place, None), |(hosts, path)| (hosts, Some(path)));
        let hosts = hosts.rsplit('@').next().unwrap_or_default();
        write!(formatter, "{scheme}://{hosts}")?;
        path.map_or(Ok(()), |path| write!(formatter, "/{path}"))
    }
}

impl fmt::Debug for EngineUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "EngineUrl({self})")
    }
}

/// A text is no address of an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is not the address of a log that servers share: write postgres://USER@HOST/DATABASE or nats://HOST[,HOST]"
)]
pub struct EngineUrlError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        for (text, kind, shown) in [
            (
                "postgres://ana:s3cret@a:1,b:2/papo?password=s3cret",
                EngineKind::Postgres,
                "postgres://a:1,b:2/papo",
            ),
            ("postgresql://a/papo", EngineKind::Postgres, "postgresql://a/papo"),
            (" nats://ana:s3cret@a,b:4222 ", EngineKind::Nats, "nats://a,b:4222"),
            ("tls://a/room", EngineKind::Nats, "tls://a/room"),
        ] {
            let url: EngineUrl = text.parse().unwrap();
            assert_eq!((url.kind(), url.to_string()), (kind, shown.to_owned()));
            assert!(!format!("{url:?}").contains("s3cret"));
            assert_eq!(url.reveal(), text.trim());
        }
        for bad in ["", "a", "redis://a", "postgres://", "nats://,a", "nats://ana@/x"] {
            assert_eq!(bad.parse::<EngineUrl>(), Err(EngineUrlError), "{bad:?}");
        }
    }
}
