//! The keys of the window: one table, from which the list of keys is drawn as well. Not here: the keys of a field
//! that has the keyboard.

use egui::{Event, Key, KeyboardShortcut, Modifiers, Ui};
use papo_client::State;
use papo_client::state::rows::Key as MessageKey;
use papo_client::state::{Action, Dialog, Room, Screen, Settings};
use papo_client::timeline::{Content, Row};
use papo_words::t;

use super::place::Scroll;
use super::{Local, composer, search};
use crate::keyboard::Keyboard;
use crate::theme::size;

/// How much larger or smaller one press makes the text, in percent.
const ZOOM_PERCENT: i16 = 10;

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Search in the room.
    Search,
    /// Find a room by its name.
    Switch,
    /// The room above.
    RoomAbove,
    /// The room below.
    RoomBelow,
    /// The next room with something unread.
    RoomUnread,
    /// Everything counts as read.
    ReadAll,
    /// A window's height up.
    PageUp,
    /// A window's height down.
    PageDown,
    /// The first message in memory.
    Top,
    /// The newest message.
    End,
    /// The first unread message.
    FirstUnread,
    /// The newest message for the person, then those before it.
    Mention,
    /// Choose a message, the one above the chosen one.
    ChooseAbove,
    /// Choose the message below the chosen one.
    ChooseBelow,
    /// The line of one's own before the one in the field.
    OwnAbove,
    /// The line of one's own after the one in the field.
    OwnBelow,
    /// Back to writing.
    Write,
    /// Show or hide the rooms.
    Rooms,
    /// Show or hide the members.
    Members,
    /// The settings.
    Settings,
    /// The list of keys.
    Keys,
    /// Connect now.
    Retry,
    /// Larger text.
    Larger,
    /// Smaller text.
    Smaller,
    /// Text of the usual size.
    UsualSize,
    /// End the program.
    Quit,
}

/// A key and what it does.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// The key.
    pub keys: KeyboardShortcut,
    /// What it does.
    pub what: What,
}

const fn bound(modifiers: Modifiers, key: Key, what: What) -> Binding {
    Binding { keys: KeyboardShortcut::new(modifiers, key), what }
}

/// What is held down to go through one's own lines.
const OWN_LINES: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

/// Every key of the window. Where two keys do the same, the first is the one that is shown.
pub const BINDINGS: [Binding; 32] = [
    bound(Modifiers::COMMAND, Key::F, What::Search),
    bound(Modifiers::COMMAND, Key::K, What::Switch),
    bound(Modifiers::COMMAND, Key::P, What::Switch),
    bound(Modifiers::ALT, Key::ArrowUp, What::RoomAbove),
    bound(Modifiers::ALT, Key::ArrowDown, What::RoomBelow),
    bound(Modifiers::ALT, Key::A, What::RoomUnread),
    bound(Modifiers::SHIFT, Key::Escape, What::ReadAll),
    bound(Modifiers::NONE, Key::PageUp, What::PageUp),
    bound(Modifiers::NONE, Key::PageDown, What::PageDown),
    bound(Modifiers::COMMAND, Key::Home, What::Top),
    bound(Modifiers::COMMAND, Key::End, What::End),
    bound(Modifiers::COMMAND, Key::J, What::FirstUnread),
    bound(Modifiers::ALT, Key::M, What::Mention),
    bound(Modifiers::COMMAND, Key::ArrowUp, What::ChooseAbove),
    bound(Modifiers::COMMAND, Key::ArrowDown, What::ChooseBelow),
    bound(OWN_LINES, Key::ArrowUp, What::OwnAbove),
    bound(OWN_LINES, Key::ArrowDown, What::OwnBelow),
    bound(Modifiers::ALT, Key::S, What::Rooms),
    bound(Modifiers::ALT, Key::U, What::Members),
    bound(Modifiers::COMMAND, Key::Comma, What::Settings),
    bound(Modifiers::NONE, Key::F1, What::Keys),
    bound(Modifiers::COMMAND, Key::Slash, What::Keys),
    bound(Modifiers::COMMAND, Key::R, What::Retry),
    bound(Modifiers::NONE, Key::F5, What::Retry),
    bound(Modifiers::COMMAND, Key::Plus, What::Larger),
    bound(Modifiers::COMMAND, Key::Equals, What::Larger),
    bound(Modifiers::COMMAND, Key::Minus, What::Smaller),
    bound(Modifiers::COMMAND, Key::Num0, What::UsualSize),
    bound(Modifiers::COMMAND, Key::Q, What::Quit),
    bound(Modifiers::ALT, Key::W, What::Write),
    bound(Modifiers::ALT, Key::N, What::RoomUnread),
    bound(Modifiers::COMMAND, Key::Backtick, What::RoomUnread),
];

/// The keys that hold while nothing stands in the field: there they move the cursor.
pub const WHILE_EMPTY: [Binding; 2] =
    [bound(Modifiers::NONE, Key::Home, What::Top), bound(Modifiers::NONE, Key::End, What::End)];

/// The keys that show a room by its number in the list, with Alt.
pub const NUMBERS: [Key; 9] =
    [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];

/// What a key does with a message that was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnChosen {
    /// Choose the one above.
    Above,
    /// Choose the one below.
    Below,
    /// Select it, to be copied with others.
    Select,
    /// Answer it.
    Reply,
    /// Change it.
    Edit,
    /// Take it back.
    TakeBack,
    /// Put an emoji under it.
    React,
    /// Copy it.
    Copy,
    /// Back to writing.
    Back,
}

/// Every key of a chosen message.
pub const CHOSEN: [(Key, OnChosen); 12] = [
    (Key::ArrowUp, OnChosen::Above),
    (Key::ArrowDown, OnChosen::Below),
    (Key::Space, OnChosen::Select),
    (Key::R, OnChosen::Reply),
    (Key::E, OnChosen::Edit),
    (Key::Delete, OnChosen::TakeBack),
    (Key::Backspace, OnChosen::TakeBack),
    (Key::Plus, OnChosen::React),
    (Key::Equals, OnChosen::React),
    (Key::C, OnChosen::Copy),
    (Key::Y, OnChosen::Copy),
    (Key::Escape, OnChosen::Back),
];

impl OnChosen {
    /// What it does, for the list of keys.
    pub fn help(self) -> String {
        match self {
            Self::Above => t!("window-key-choose-above"),
            Self::Below => t!("window-key-choose-below"),
            Self::Select => t!("window-key-select"),
            Self::Reply => t!("window-key-reply"),
            Self::Edit => t!("window-key-edit"),
            Self::TakeBack => t!("window-key-take-back"),
            Self::React => t!("window-key-react"),
            Self::Copy => t!("window-key-copy"),
            Self::Back => t!("window-key-write"),
        }
    }
}

impl What {
    /// What it does, for the list of keys.
    pub fn help(self) -> String {
        match self {
            Self::Search => t!("window-key-search"),
            Self::Switch => t!("window-key-switch"),
            Self::RoomAbove => t!("window-key-room-above"),
            Self::RoomBelow => t!("window-key-room-below"),
            Self::RoomUnread => t!("window-key-room-unread"),
            Self::ReadAll => t!("window-key-read-all"),
            Self::PageUp => t!("window-key-page-up"),
            Self::PageDown => t!("window-key-page-down"),
            Self::Top => t!("window-key-top"),
            Self::End => t!("window-key-end"),
            Self::FirstUnread => t!("window-key-first-unread"),
            Self::Mention => t!("window-key-mention"),
            Self::ChooseAbove => t!("window-key-choose-above"),
            Self::ChooseBelow => t!("window-key-choose-below"),
            Self::OwnAbove => t!("window-key-own-above"),
            Self::OwnBelow => t!("window-key-own-below"),
            Self::Write => t!("window-key-write"),
            Self::Rooms => t!("window-key-rooms"),
            Self::Members => t!("window-key-members"),
            Self::Settings => t!("window-key-settings"),
            Self::Keys => t!("window-key-keys"),
            Self::Retry => t!("window-key-retry"),
            Self::Larger => t!("window-key-larger"),
            Self::Smaller => t!("window-key-smaller"),
            Self::UsualSize => t!("window-key-usual-size"),
            Self::Quit => t!("window-key-quit"),
        }
    }
}

/// Does what the keys say. Called before any field sees them.
pub(super) fn handle(ui: &Ui, state: &State, local: &mut Local, out: &mut Vec<Action>) {
    keys(ui, state, local, out);
    let letters_are_steps = local.timeline.chosen.is_some() && state.dialog.is_none();
    ui.ctx().plugin_or_default::<Keyboard>().lock().letters_are_steps = letters_are_steps;
}

fn keys(ui: &Ui, state: &State, local: &mut Local, out: &mut Vec<Action>) {
    for binding in &BINDINGS {
        if is_pressed(ui, binding.keys) {
            perform(ui, state, local, binding.what, out);
            if binding.keys.modifiers.alt {
                forget_letter(ui);
            }
        }
    }
    rooms_by_number(ui, state, out);
    if state.dialog.is_some() {
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
            out.push(Action::CloseDialog);
        }
        return;
    }
    let Some(room) = state.current() else { return };
    selected(ui, local, out);
    let focused = ui.memory(egui::Memory::focused);
    let is_free =
        focused.is_none_or(|id| id == composer::field_id(room.id) && room.composer.draft.is_empty());
    for binding in WHILE_EMPTY.iter().filter(|_| is_free) {
        if is_pressed(ui, binding.keys) {
            perform(ui, state, local, binding.what, out);
        }
    }
    if local.timeline.chosen.is_some() {
        forget_letter(ui);
        on_chosen(ui, state, room, local, out);
    } else if ui.memory(|memory| memory.focused().is_none()) {
        // Whoever types means the message.
        let types = ui.input(|input| input.events.iter().any(|event| matches!(event, Event::Text(_))));
        if types {
            ui.memory_mut(|memory| memory.request_focus(composer::field_id(room.id)));
        }
    }
}

/// Whether a key was pressed; it is then gone. With the arrows, Shift means something else.
fn is_pressed(ui: &Ui, keys: KeyboardShortcut) -> bool {
    let is_arrow = matches!(keys.logical_key, Key::ArrowUp | Key::ArrowDown);
    if !is_arrow {
        return ui.input_mut(|input| input.consume_shortcut(&keys));
    }
    ui.input_mut(|input| {
        let before = input.events.len();
        input.events.retain(|event| {
            !matches!(event, Event::Key { key, pressed: true, modifiers, .. }
                if *key == keys.logical_key && modifiers.matches_exact(keys.modifiers))
        });
        input.events.len() < before
    })
}

fn perform(ui: &Ui, state: &State, local: &mut Local, what: What, out: &mut Vec<Action>) {
    let room = state.current().map(|room| room.id);
    let zoom = |percent| Action::Change(Box::new(state.settings.zoomed(percent)));
    let action = match what {
        What::Search => search(state, local),
        What::Switch => Some(Action::Show(Dialog::Switcher)),
        What::RoomAbove => Some(Action::StepRoom(-1)),
        What::RoomBelow => Some(Action::StepRoom(1)),
        What::RoomUnread => Some(Action::ShowUnread),
        What::ReadAll => Some(Action::ReadAll),
        What::End => room.map(Action::JumpToEnd),
        What::FirstUnread => room.map(Action::JumpToUnread),
        What::Mention => room.map(Action::JumpToMention),
        What::Rooms => rooms(ui, state, local),
        What::Members => Some(Action::ToggleMembers),
        What::Settings => Some(Action::Show(Dialog::Settings)),
        What::Keys => Some(Action::Show(Dialog::Keys)),
        What::Retry => room.map(Action::RetryNow),
        What::Larger => Some(zoom(ZOOM_PERCENT)),
        What::Smaller => Some(zoom(-ZOOM_PERCENT)),
        What::UsualSize => {
            let settings = Settings { text_percent: 100, ..state.settings.clone() };
            Some(Action::Change(Box::new(settings)))
        }
        What::Quit => Some(Action::Quit),
        What::PageUp => local.scroll(Scroll::Pages(-PAGE)),
        What::PageDown => local.scroll(Scroll::Pages(PAGE)),
        What::Top => local.scroll(Scroll::Top),
        What::ChooseAbove => choose(ui, state, local, -1),
        What::ChooseBelow => choose(ui, state, local, 1),
        What::OwnAbove => recall(state, local, 1),
        What::OwnBelow => recall(state, local, -1),
        What::Write => {
            write(ui, state, local);
            None
        }
    };
    out.extend(action);
}

/// Begins to search, or goes back to the search that is there.
fn search(state: &State, local: &mut Local) -> Option<Action> {
    let room = state.current()?;
    if room.search.is_none() {
        return Some(Action::Search(room.id, String::new()));
    }
    local.lead = Some(search::field_id(room.id));
    None
}

/// Shows the list of rooms, or folds it away. Where the window is narrow, it lies open only until a room is chosen.
fn rooms(ui: &Ui, state: &State, local: &mut Local) -> Option<Action> {
    if ui.available_width() < size::FOLD_SIDEBAR_BELOW {
        local.is_rooms_open = !local.is_rooms_open;
        return None;
    }
    local.is_rooms_open = false;
    let rooms_shown = !state.settings.rooms_shown;
    Some(Action::Change(Box::new(Settings { rooms_shown, ..state.settings.clone() })))
}

/// Puts another line of one's own into the field.
fn recall(state: &State, local: &mut Local, by: isize) -> Option<Action> {
    let room = state.current()?;
    local.lead = Some(composer::field_id(room.id));
    local.timeline.chosen = None;
    local.is_recalled = true;
    Some(Action::Recall(room.id, by))
}

/// How far one page goes, as a part of the window's height: a little of the old page stays.
const PAGE: f64 = 0.85;

fn choose(ui: &Ui, state: &State, local: &mut Local, by: isize) -> Option<Action> {
    let room = state.current()?;
    if !local.timeline.choose(room.id, by) {
        write(ui, state, local);
    }
    None
}

/// Back to writing.
fn write(ui: &Ui, state: &State, local: &mut Local) {
    local.timeline.chosen = None;
    if let Screen::Room(room) = state.screen {
        ui.memory_mut(|memory| memory.request_focus(composer::field_id(room)));
    }
}

fn rooms_by_number(ui: &Ui, state: &State, out: &mut Vec<Action>) {
    for (room, key) in state.rooms.iter().zip(NUMBERS) {
        if ui.input_mut(|input| input.consume_key(Modifiers::ALT, key)) {
            out.push(Action::ShowRoom(room.id));
            forget_letter(ui);
        }
    }
}

/// Takes away what a key writes besides what it does: the last text of this frame, which ends with such a key
/// ([`Keyboard`]).
fn forget_letter(ui: &Ui) {
    ui.input_mut(|input| {
        if let Some(at) = input.events.iter().rposition(|event| matches!(event, Event::Text(_))) {
            input.events.remove(at);
        }
    });
}

/// The keys of messages that are selected to be copied.
fn selected(ui: &Ui, local: &mut Local, out: &mut Vec<Action>) {
    // A field that has the keyboard may have something of its own to copy.
    if local.timeline.selection.is_empty() || ui.memory(|memory| memory.focused().is_some()) {
        return;
    }
    let copies = ui.input_mut(|input| {
        let before = input.events.len();
        input.events.retain(|event| *event != Event::Copy);
        input.events.len() < before
    });
    if copies {
        out.push(Action::Copy(local.timeline.selection.text()));
    }
    if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        local.timeline.selection.clear();
    }
}

/// The keys of a message that was chosen.
fn on_chosen(ui: &Ui, state: &State, room: &Room, local: &mut Local, out: &mut Vec<Action>) {
    let Some(key) = local.timeline.chosen.clone() else { return };
    let row = match &key {
        MessageKey::Stored(seq) => room.timeline.row(*seq),
        MessageKey::Own(id) => room.timeline.row_of(id),
    };
    let Some(row) = row else {
        local.timeline.chosen = None;
        return;
    };
    let extends = |key| ui.input_mut(|input| input.consume_key(Modifiers::SHIFT, key));
    let by = isize::from(extends(Key::ArrowDown)) - isize::from(extends(Key::ArrowUp));
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let is_done = if by != 0 {
        local.timeline.extend(state, room, by);
        false
    } else if let Some((_, what)) = CHOSEN.iter().find(|(key, _)| pressed(*key)) {
        do_with(state, room, &row, *what, local, out)
    } else {
        false
    };
    if is_done {
        local.timeline.chosen = None;
        ui.memory_mut(|memory| memory.request_focus(composer::field_id(room.id)));
    } else {
        ui.memory_mut(|memory| memory.surrender_focus(composer::field_id(room.id)));
    }
}

/// Does something with the chosen message. Returns whether one writes again after it.
fn do_with(
    state: &State,
    room: &Room,
    row: &Row<'_>,
    what: OnChosen,
    local: &mut Local,
    out: &mut Vec<Action>,
) -> bool {
    let text = match row.content {
        Content::Text { text, .. } => Some(text),
        _ => None,
    };
    let own = row.seq.filter(|_| row.is_own && text.is_some());
    match (what, row.seq) {
        (OnChosen::Above, _) => {
            local.timeline.choose(room.id, -1);
        }
        (OnChosen::Below, _) => return !local.timeline.choose(room.id, 1),
        (OnChosen::Back, _) => return true,
        (OnChosen::Select, Some(seq)) => local.timeline.selection.turn(state, room, seq),
        (OnChosen::Reply, Some(seq)) => {
            out.push(Action::Reply(room.id, seq));
            return true;
        }
        (OnChosen::Edit, _) => {
            out.extend(own.map(|seq| Action::Edit(room.id, seq)));
            return own.is_some();
        }
        (OnChosen::TakeBack, _) => {
            out.extend(own.map(|seq| Action::Show(Dialog::Delete(room.id, seq))));
        }
        (OnChosen::React, Some(to)) => {
            let emoji = super::message::EMOJI_OFFERED[0].to_owned();
            out.push(Action::React { room: room.id, to, emoji });
        }
        (OnChosen::Copy, _) => {
            out.push(Action::Copy(papo_client::text::for_terminal(text.unwrap_or_default()).into_owned()));
        }
        // The room does not have it yet.
        (OnChosen::Select | OnChosen::Reply | OnChosen::React, None) => {}
    }
    false
}

/// A key as it is shown: `Ctrl+F`.
pub fn shown(ui: &Ui, keys: &KeyboardShortcut) -> String {
    ui.ctx().format_shortcut(keys)
}
