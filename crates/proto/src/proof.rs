//! The bytes that a member signs to prove its key, and that the server checks. Not here: the signing,
//! which needs cryptography.

use crate::id::{Nonce, PublicKey};
use crate::name::RoomName;

/// The label of the TLS exporter that binds a proof to its connection (RFC 9266, section 2). The context
/// is empty and the output has 32 bytes.
pub const CHANNEL_BINDING_LABEL: &[u8] = b"EXPORTER-Channel-Binding";

/// What ties a proof to one connection: 32 bytes from the TLS exporter. Whoever sits between the two
/// sides has two connections with two bindings, and cannot pass a proof on.
pub type ChannelBinding = [u8; 32];

/// What a signature for `join` is made over: a label that no other signature of papo begins with, a zero
/// byte, and then each field behind its length (32 bits, big-endian): the server's nonce, the room's
/// name, the public key, and the channel binding.
pub fn join_proof(nonce: &Nonce, room: &RoomName, key: &PublicKey, binding: &ChannelBinding) -> Vec<u8> {
    let mut bytes = b"papo join 1\0".to_vec();
    for field in [nonce.0.as_slice(), room.as_str().as_bytes(), &key.0, binding] {
        let len = u32::try_from(field.len()).unwrap_or(u32::MAX);
        bytes.extend_from_slice(&len.to_be_bytes());
        bytes.extend_from_slice(field);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_cannot_be_shifted_into_one_another() {
        let proof = |room: &str, key: u8| {
            join_proof(&Nonce([1; 16]), &RoomName::parse(room).unwrap(), &PublicKey([key; 32]), &[3; 32])
        };
        let bytes = proof("lobby", 2);
        assert!(bytes.starts_with(b"papo join 1\0\0\0\0\x10"));
        assert_eq!(bytes.len(), 12 + 4 + 16 + 4 + 5 + 4 + 32 + 4 + 32);
        assert_ne!(bytes, proof("lobby", 4));
        assert_ne!(bytes, proof("lobbyb", 2));
    }
}
