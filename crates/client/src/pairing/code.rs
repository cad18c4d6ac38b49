//! The code that pairs two devices, as people read and type it. Not here: what is proven with its secret.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::{digest, rand};
use papo_proto::Address;
use papo_proto::id::base32;
use zeroize::Zeroizing;

use super::PairingError;

/// 80 bits: nobody guesses them in the minutes that a code lives, neither by asking nor by computing.
pub(super) const SECRET_BYTES: usize = 10;

/// The secret's characters, and those that find a slip of the finger.
const SECRET_CHARS: usize = 16;
const CHECK_CHARS: usize = 4;

/// In how many characters a code is shown between two hyphens.
const GROUP_CHARS: usize = 4;

/// Where a device waits with its key, and the secret that gets it. It shows itself only where that is asked for by
/// name ([`reveal`](Self::reveal)).
#[derive(Clone, PartialEq, Eq)]
pub struct PairingCode {
    address: Address,
    secret: Zeroizing<[u8; SECRET_BYTES]>,
}

impl PairingCode {
    /// A new code for whoever waits at this address.
    pub(super) fn new(address: Address) -> Result<Self, PairingError> {
        let mut secret = Zeroizing::new([0; SECRET_BYTES]);
        rand::fill(&mut *secret).map_err(|_| PairingError::NoRandomness)?;
        Ok(Self { address, secret })
    }

    /// Where the device waits.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The code as it is typed: `192.168.0.7:40123/abcd-efgh-ijkl-mnop-qrst`.
    pub fn reveal(&self) -> String {
        let all = base32().encode(&*self.secret) + &check(&self.address, &self.secret);
        let mut text = format!("{}/", self.address);
        for (at, letter) in all.chars().enumerate() {
            if at > 0 && at % GROUP_CHARS == 0 {
                text.push('-');
            }
            text.push(letter);
        }
        text
    }

    /// The same secret at another address.
    #[cfg(test)]
    pub(super) fn moved_to(&self, address: Address) -> Self {
        Self { address, secret: self.secret.clone() }
    }

    pub(super) fn secret(&self) -> &[u8] {
        &*self.secret
    }
}

impl FromStr for PairingCode {
    type Err = PairingError;

    /// Reads a code with or without its hyphens, in small or capital letters. 0, 1 and 8, which a code does not have,
    /// are taken for the letters that look like them.
    fn from_str(text: &str) -> Result<Self, PairingError> {
        let (place, letters) = text.trim().rsplit_once('/').ok_or(PairingError::NoCode)?;
        let letters = letters.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let letters: Zeroizing<String> = Zeroizing::new(letters.map(meant).collect());
        let address: Address = place.to_lowercase().parse().map_err(|_| PairingError::NoCode)?;
        let (secret, checked) = letters.split_at_checked(SECRET_CHARS).ok_or(PairingError::Mistyped)?;
        let secret = base32().decode(secret.as_bytes()).map_err(|_| PairingError::Mistyped)?;
        let secret = Zeroizing::new(secret.try_into().map_err(|_| PairingError::Mistyped)?);
        if checked != check(&address, &secret) {
            return Err(PairingError::Mistyped);
        }
        Ok(Self { address, secret })
    }
}

impl fmt::Debug for PairingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The secret must not get into a log by way of `{:?}`.
        f.debug_struct("PairingCode").field("address", &self.address).finish_non_exhaustive()
    }
}

/// The letter that somebody means who types this one.
fn meant(typed: char) -> char {
    match typed.to_ascii_lowercase() {
        '0' => 'o',
        '1' => 'l',
        '8' => 'b',
        other => other,
    }
}

/// 20 bits that depend on everything in the code: of a million slips of the finger one is not found here, but by the
/// other device. They go nowhere but into the code.
fn check(address: &Address, secret: &[u8; SECRET_BYTES]) -> String {
    let mut bytes = Zeroizing::new(b"papo pair 1\0".to_vec());
    bytes.extend_from_slice(secret);
    bytes.extend_from_slice(address.to_string().as_bytes());
    let hash = digest::digest(&digest::SHA256, &bytes);
    base32().encode(hash.as_ref()).chars().take(CHECK_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Always the same secret: one in a million slips is not found, and a test must not meet it some day.
    fn code(address: &str) -> PairingCode {
        let secret = Zeroizing::new([0xe2, 7, 0x91, 0x4c, 0, 0xff, 0x35, 0x68, 0xaa, 0x1d]);
        PairingCode { address: address.parse().unwrap(), secret }
    }

    /// Invariant: a code reads back however it is typed, and two are never the same.
    #[test]
    fn a_code_reads_back_however_it_is_typed() {
        for address in ["192.168.0.7:40123", "[fe80::1]:9", "laptop.local:5"] {
            let code = code(address);
            let text = code.reveal();
            assert_eq!(text.len(), address.len() + 1 + 5 * GROUP_CHARS + 4, "{text}");
            let letters = text.rsplit_once('/').unwrap().1.to_owned();
            for typed in [
                text.clone(),
                format!("  {text}\n"),
                text.to_uppercase(),
                format!("{address}/{}", letters.replace('-', "")),
                format!("{address}/{}", letters.replace('-', " ")),
                format!("{address}/{}", letters.replace('o', "0").replace('l', "1").replace('b', "8")),
            ] {
                assert_eq!(typed.parse::<PairingCode>().unwrap(), code, "{typed}");
            }
            assert!(!format!("{code:?}").contains(&letters[..4]), "a secret does not show itself");
        }
        let new = || PairingCode::new(Address::default()).unwrap();
        assert_ne!(new(), new());
    }

    /// Invariant: one wrong letter, anywhere, is found before anybody is asked.
    #[test]
    fn a_slip_of_the_finger_is_found() {
        let text = code("192.168.0.7:40123").reveal();
        let letters_at = text.find('/').unwrap() + 1;
        for (at, letter) in text.char_indices().filter(|(_, letter)| letter.is_ascii_alphanumeric()) {
            let replacement = match letter {
                '3' => "4",
                'a' => "c",
                _ if at < letters_at => "3",
                _ => "a",
            };
            let mut other = text.clone();
            other.replace_range(at..=at, replacement);
            assert!(other.parse::<PairingCode>().is_err(), "{other}");
        }
        for wrong in ["", "abcd", "/", "192.168.0.7:1/", "https://a:1/lobby#x", &text[..text.len() - 1]] {
            assert!(wrong.parse::<PairingCode>().is_err(), "{wrong:?}");
        }
    }
}
