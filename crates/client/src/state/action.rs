//! The whole interface of the state: what a person does, what happens, and what has to be done outside. Not
//! here: what follows from any of it.

use std::path::PathBuf;
use std::sync::Arc;

use papo_proto::{Act, Address, Fingerprint, Member, MemberId, Message, MessageId, Name, RoomName, Seq};

use super::paste::Pasted;
use super::settings::{Notify, Settings};
use super::{Hit, Hosting, Links, Opening, Pair, Pairing, PairingOrder, Place, Reach, RoomId, WindowMemory};
use crate::configuration::Configured;
use crate::error::ConnectError;
use crate::event::{self, Event};
use crate::ignored::Ignored;
use crate::orders::Verb;
use crate::petnames::Petnames;

/// What a person does. A view pushes these and changes nothing itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Show the start screen.
    ShowStart,
    /// Show this room.
    ShowRoom(RoomId),
    /// Show the room so many places further down the list, around its ends.
    StepRoom(isize),
    /// Show the next room with something unread.
    ShowUnread,
    /// What stands in the start screen's fields has changed.
    TypeStart {
        /// Invite or address.
        target: String,
        /// What the person wants to be called.
        name: String,
    },
    /// Join what the start screen's fields say.
    Join,
    /// Join this place, which was shown to the person.
    JoinPlace(Box<Place>),
    /// Start a server in this program and join this room of it.
    OpenHere {
        /// The room.
        room: RoomName,
        /// Who reaches it.
        reach: Reach,
    },
    /// Stop the server in this program.
    StopHosting,
    /// Leave this room and take it off the list.
    LeaveRoom(RoomId),
    /// Try to connect now.
    RetryNow(RoomId),
    /// The notice of those who could be taken for somebody present was seen.
    DoublesSeen(RoomId),
    /// The server that was asked about is the right one, or not.
    AnswerTrust {
        /// The room that leads there.
        room: RoomId,
        /// Whether the person has said yes.
        accept: bool,
    },
    /// Use this invite for a room whose server's key has changed.
    UseInvite {
        /// The room.
        room: RoomId,
        /// The invite link.
        link: String,
    },
    /// The draft of this room is now this.
    Draft(RoomId, String),
    /// Put the name of this member into the draft.
    Mention(RoomId, Member),
    /// Files were dropped on this room.
    DropFiles(RoomId),
    /// Put the line of one's own that is so many further back into the draft; forward where it is less than 0.
    Recall(RoomId, isize),
    /// Show nothing of what this one says, or show it again.
    Ignore(RoomId, MemberId, bool),
    /// Send the draft of this room.
    Send(RoomId),
    /// Say this text, which was pasted, as so many messages as it takes ([`paste`](super::paste)).
    SayAll(RoomId, Arc<str>),
    /// Answer this message.
    Reply(RoomId, Seq),
    /// Change this own message.
    Edit(RoomId, Seq),
    /// Change the last own message, if there is one.
    EditLast(RoomId),
    /// Neither answer nor change anything any more.
    CancelCompose(RoomId),
    /// Take back an own message.
    Delete(RoomId, Seq),
    /// Put an emoji under a message, or take the own one away.
    React {
        /// The room.
        room: RoomId,
        /// The message.
        to: Seq,
        /// The emoji.
        emoji: String,
    },
    /// Say a failed message again.
    Retry(RoomId, MessageId),
    /// Give up a failed message.
    Discard(RoomId, MessageId),
    /// The reader is near the oldest message shown.
    WantOlder(RoomId),
    /// The reader is near the newest message shown, which is not the room's newest.
    WantNewer(RoomId),
    /// Show this message.
    JumpTo(RoomId, Seq),
    /// Show the newest message.
    JumpToEnd(RoomId),
    /// Show the first unread message.
    JumpToUnread(RoomId),
    /// Show the newest message that is meant for the person, or the one before the last one that was shown so.
    JumpToMention(RoomId),
    /// The reader is where this message is at the upper edge; at the end where there is none.
    Stay(RoomId, Option<Seq>),
    /// Everything up to here has been before the reader's eyes.
    Read(RoomId, Seq),
    /// Everything everywhere counts as read.
    ReadAll,
    /// Begin to search in this room, or search for something else.
    Search(RoomId, String),
    /// Go to the hit so many places further (older ones are further).
    StepHit(RoomId, isize),
    /// Stop searching.
    EndSearch(RoomId),
    /// Change the room: put somebody out, let only moderators speak, and so on.
    Act(RoomId, Act),
    /// Make an invite into this room.
    MakeInvite {
        /// The room.
        room: RoomId,
        /// How many may come in by it; any number where it is not said.
        uses: Option<u32>,
        /// For how many seconds it holds; for good where it is not said.
        seconds: Option<u32>,
    },
    /// Show a dialog.
    Show(Dialog),
    /// Close the dialog.
    CloseDialog,
    /// Open this link, whose target the person has seen.
    OpenLink(String),
    /// Put this text into the clipboard.
    Copy(String),
    /// These are the settings now.
    Change(Box<Settings>),
    /// How this room notifies; `None` for as the settings say.
    ChangeNotify(RoomId, Option<Notify>),
    /// The window was moved or has another size.
    MoveWindow(WindowMemory),
    /// Have `papo://` links open this program, or no longer.
    OpenLinksHere(bool),
    /// Take the key to another device, or from one.
    Pair(Pair),
    /// Show the folder of the configuration file in the system's own program for folders.
    OpenConfigurationFolder,
    /// Fold the list of members in or out.
    ToggleMembers,
    /// End the program.
    Quit,
}

/// What lies over the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// The settings.
    Settings,
    /// The list of keys.
    Keys,
    /// Opening a room here: which one, and for whom.
    Open,
    /// Asks whether this link is to be opened.
    Link(String),
    /// How to let others into this room.
    Invite(RoomId),
    /// Finds a room by a part of its name.
    Switcher,
    /// Asks whether this room is to be left.
    Leave(RoomId),
    /// How the room stands: who may do what, who may come in.
    Access(RoomId),
    /// What was done in the room.
    Audit(RoomId),
    /// Asks for how long and why this is to be done to somebody.
    About(RoomId, Verb, Member),
    /// The key goes to another device, or comes from one.
    Pair,
    /// Asks whether the server in this program is to be stopped.
    StopHosting,
    /// Asks whether this message is to be taken back.
    Delete(RoomId, Seq),
    /// Asks what becomes of this text, which was pasted and is large.
    Paste(RoomId, Pasted),
}

/// What has happened outside.
#[derive(Clone, Debug)]
pub enum Happening {
    /// In a room, or with its connection.
    Room(RoomId, Event),
    /// Messages kept on this computer were read.
    Page(Page),
    /// Messages kept on this computer that have changed some of the last [page](Happening::Page).
    Changes(RoomId, Vec<Message>),
    /// Messages were found.
    Found {
        /// The room.
        room: RoomId,
        /// Which search this answers.
        serial: u64,
        /// What was found, newest first.
        hits: Vec<Hit>,
    },
    /// Nothing is known of the server that a room leads to; its thread waits for the answer.
    Asked {
        /// The room.
        room: RoomId,
        /// Where the server is.
        address: Address,
        /// The fingerprint that it has.
        fingerprint: Fingerprint,
    },
    /// A room's connection could not even be begun.
    Cannot(RoomId, ConnectError),
    /// The server in this program.
    Hosting(Hosting),
    /// The person looks at the window, or no longer.
    Focus(bool),
    /// The person has clicked on the notification of this message.
    NotificationClicked(RoomId, Seq),
    /// Whether links open this program.
    Links(Links),
    /// What the person calls others was changed, or could not be; the text says why.
    Called(RoomId, Result<Petnames, String>),
    /// Who is ignored was changed, or could not be; the text says why.
    Ignored(RoomId, Result<Ignored, String>),
    /// It stands so with the key that goes to another device, or comes from one.
    Pairing(Pairing),
    /// The configuration file was read, or could not be; the text says why.
    Configured(Result<Box<Configured>, String>),
    /// Another start of the program has handed over what it was to open.
    Opened(String),
}

/// Messages of a room as this computer has kept them.
#[derive(Clone, Debug)]
pub struct Page {
    /// The room.
    pub room: RoomId,
    /// What was asked for.
    pub wanted: Wanted,
    /// The messages, in order, without a gap.
    pub messages: Vec<Message>,
}

/// Which messages are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The newest ones.
    Newest,
    /// Those before this one.
    Before(Seq),
    /// Those after this one.
    After(Seq),
    /// Those around this one.
    Around(Seq),
}

/// What has to be done outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Begin a room's connection.
    Connect(RoomId, Box<Place>),
    /// End a room's connection, after what was said before.
    Disconnect(RoomId),
    /// Give a command to a room's connection.
    Tell(RoomId, event::Command),
    /// Answer what was [asked](Happening::Asked).
    Answer(RoomId, bool),
    /// Read messages kept on this computer.
    Load(RoomId, Wanted),
    /// Read those messages kept on this computer that change some of the ones from here to there.
    LoadChanges(RoomId, Seq, Seq),
    /// Search the messages kept on this computer.
    Find {
        /// The room.
        room: RoomId,
        /// Which search this is; a later one outdoes it.
        serial: u64,
        /// What is searched for.
        text: Arc<str>,
    },
    /// Start a server in this program.
    OpenHere(Box<Opening>),
    /// Stop it.
    StopHosting,
    /// Have `papo://` links open this program, or no longer.
    OpenLinksHere(bool),
    /// Have the key go to another device, or fetch it from one.
    Pair(PairingOrder),
    /// Bring the settings and the configuration file together: what was changed here is written, what was changed there
    /// [is told](Happening::Configured).
    Configure,
    /// Show this folder in the system's own program for folders.
    OpenFolder(PathBuf),
    /// Open a link in the browser.
    OpenLink(String),
    /// Put a text into the clipboard.
    Copy(String),
    /// Tell the person, who may be looking elsewhere.
    Notify(Notification),
    /// Call somebody so from now on, or as they call themselves; it was asked for in this room.
    Call(RoomId, MemberId, Option<Name>),
    /// Ignore somebody from now on, or no longer; it was asked for in this room.
    Ignore(RoomId, MemberId, bool),
    /// Keep the state's [memory](super::State::memory) before long.
    Save,
    /// End the program.
    Quit,
}

/// What is told to a person who may be looking elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// The room, which a click shows.
    pub room: RoomId,
    /// The message, which a click leads to.
    pub seq: Seq,
    /// The room's name.
    pub title: String,
    /// Who has said it; empty where the content is hidden.
    pub from: String,
    /// What was said; empty where the content is hidden. Not safe to show as it is.
    pub text: String,
}
