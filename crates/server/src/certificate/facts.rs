//! What stands in a certificate, as far as the server or a person cares. Not here: whether its key is there too.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::SystemTime;

use x509_cert::Certificate;
use x509_cert::der::Decode as _;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

/// What stands in a certificate (RFC 5280).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The names and addresses that it is for, as they stand there. What somebody else wrote: to be neutralised before
    /// a terminal shows it.
    pub names: Vec<String>,
    /// From when it holds.
    pub begins: SystemTime,
    /// Until when it holds.
    pub ends: SystemTime,
    /// Whether it is signed by its own key, as it seems from its names.
    pub is_self_signed: bool,
}

impl Facts {
    /// Reads a certificate's DER.
    ///
    /// # Errors
    /// Says what in it is not as RFC 5280 has it.
    pub fn read(der: &[u8]) -> Result<Self, String> {
        let certificate = Certificate::from_der(der).map_err(|error| error.to_string())?;
        let certificate = certificate.tbs_certificate();
        let alternatives =
            certificate.get_extension::<SubjectAltName>().map_err(|error| error.to_string())?;
        let names = alternatives.iter().flat_map(|(_, names)| &names.0).filter_map(name).collect();
        let validity = certificate.validity();
        Ok(Self {
            names,
            begins: validity.not_before.to_system_time(),
            ends: validity.not_after.to_system_time(),
            is_self_signed: certificate.issuer() == certificate.subject(),
        })
    }
}

/// A name or address that a certificate is for; other kinds do not matter to TLS.
fn name(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(name.as_str().to_owned()),
        GeneralName::IpAddress(bytes) => match *bytes.as_bytes() {
            [a, b, c, d] => Some(Ipv4Addr::new(a, b, c, d).to_string()),
            ref bytes => Some(Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?).to_string()),
        },
        _ => None,
    }
}
