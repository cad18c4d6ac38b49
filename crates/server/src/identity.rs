//! Checks that a member holds the key it names. Not here: what is signed, which the protocol defines.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use papo_proto::proof::{ChannelBinding, join_proof};
use papo_proto::{MemberId, Nonce, PublicKey, RoomName, Signature};

/// The id of whoever holds the key, if the signature proves it for this connection and room.
pub(crate) fn prove(
    key: &PublicKey,
    proof: &Signature,
    nonce: &Nonce,
    room: &RoomName,
    binding: &ChannelBinding,
) -> Option<MemberId> {
    let signed = join_proof(nonce, room, key, binding);
    UnparsedPublicKey::new(&ED25519, &key.0).verify(&signed, &proof.0).ok().map(|()| MemberId::of_key(key))
}
