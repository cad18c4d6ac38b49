//! A member's key for the server's tests, made without the client library.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use papo_proto::proof::{ChannelBinding, join_proof};
use papo_proto::{MemberId, Nonce, PublicKey, RoomName, Signature};

/// A member's key.
pub(crate) struct Key {
    pair: Ed25519KeyPair,
}

impl Key {
    pub(crate) fn new() -> Self {
        Self { pair: Ed25519KeyPair::generate().unwrap() }
    }

    pub(crate) fn public(&self) -> PublicKey {
        PublicKey(self.pair.public_key().as_ref().try_into().unwrap())
    }

    pub(crate) fn id(&self) -> MemberId {
        MemberId::of_key(&self.public())
    }

    /// The proof for this room, nonce and connection.
    pub(crate) fn prove(&self, room: &str, nonce: &Nonce, binding: &ChannelBinding) -> Signature {
        let signed = join_proof(nonce, &RoomName::parse(room).unwrap(), &self.public(), binding);
        Signature(self.pair.sign(&signed).as_ref().try_into().unwrap())
    }

    /// A `join` with its proof and with further fields, each behind a comma.
    pub(crate) fn join_line(
        &self,
        name: &str,
        room: &str,
        nonce: &Nonce,
        binding: &ChannelBinding,
        fields: &str,
    ) -> String {
        let (key, proof) = (self.public(), self.prove(room, nonce, binding));
        format!(
            r#"{{"type":"join","name":"{name}","room":"{room}","key":"{key}","proof":"{proof}"{fields}}}"#
        )
    }
}
