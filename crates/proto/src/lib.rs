//! papo's wire protocol, complete and alone: what the two sides say, in which words and within which
//! limits. `docs/PROTOCOL.md` tells the same for people who write a client in another language.
//!
//! This crate is pure. It opens no socket, reads no clock, makes nothing random and starts no task; it
//! depends on none of papo's other crates, and every side of papo depends on it.
//!
//! - [`message`]: the two enums, client to server and back. Start there.
//! - [`codec`]: bytes to lines, lines to messages, messages to bytes.
//! - [`limits`]: every bound with its reason.
//! - [`id`], [`name`], [`body`], [`act`], [`timestamp`]: the types that messages are made of.
//! - [`invite`]: the link that carries address, room, the server's fingerprint and the secret that lets in.
//! - [`proof`]: the bytes that a member signs to prove its key.

pub mod act;
pub mod body;
pub mod codec;
pub mod error;
pub mod id;
pub mod invite;
pub mod limits;
pub mod message;
pub mod name;
pub mod proof;
pub mod timestamp;

pub use act::{Act, InviteState, Role, RoomAccess, Sanction, Standing, Until, Whom};
pub use body::{Body, BodyError, Reaction};
pub use codec::LineBuffer;
pub use error::{ClosingCode, ErrorCode};
pub use id::{
    AddressTag, Epoch, Fingerprint, IdError, InviteId, Member, MemberId, MessageId, Nonce, PublicKey, Seq,
    Signature,
};
pub use invite::{Address, Invite, InviteSecret};
pub use message::{ClientMessage, Join, Message, Refusal, ServerMessage};
pub use name::{Name, NameError, RoomName, RoomNameError};
pub use timestamp::Timestamp;
