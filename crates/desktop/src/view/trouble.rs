//! What is wrong with a room's connection: a heading for each cause, the cause and the remedy in words, and the way
//! to try again. Not here: a server whose key is another one ([`super::trust`]).

use egui::{Frame, Label, Margin, RichText, Ui};
use papo_client::event::ConnectionState;
use papo_client::state::{Action, Room};
use papo_client::{ConnectError, State};
use papo_proto::{ClosingCode, ErrorCode};
use papo_words::t;

use super::card::{self, Tone};
use crate::theme::{self, radius, size, space};

/// The cause, if there is no connection for one.
fn cause(room: &Room) -> Option<(&ConnectError, bool)> {
    match &room.connection {
        ConnectionState::Waiting { cause, .. } => Some((cause, false)),
        ConnectionState::Stopped { cause } => Some((cause, true)),
        _ => None,
    }
}

/// Draws a card in the place of a room that has nothing else to show. Returns whether there was a cause for one.
pub(super) fn view(ui: &mut Ui, state: &State, room: &Room, out: &mut Vec<Action>) -> bool {
    let Some((cause, is_final)) = cause(room) else { return false };
    if room.timeline.rows().next().is_some() {
        return false;
    }
    card::middle(ui, |ui| {
        card::card(ui, Tone::Warn, |ui| {
            card::title(ui, Tone::Warn, heading(cause));
            card::words(ui, cause.to_string());
            if !is_final {
                card::aside(ui, t!("screen-tries-again"));
            }
            ui.horizontal_wrapped(|ui| {
                if let Some(opening) = state.can_open_again(room)
                    && card::main_button(ui, t!("screen-open-again")).clicked()
                {
                    let (room, reach) = (opening.room.clone(), opening.reach);
                    out.push(Action::OpenHere { room, reach });
                }
                if card::main_button(ui, t!("screen-retry-now")).clicked() {
                    out.push(Action::RetryNow(room.id));
                }
                if card::button(ui, t!("screen-back")).clicked() {
                    out.push(Action::ShowStart);
                }
            });
        });
    });
    true
}

/// Draws a strip over a room whose messages can still be read. Draws nothing while all is well.
pub(super) fn strip(ui: &mut Ui, state: &State, room: &Room, out: &mut Vec<Action>) {
    let Some((cause, _)) = cause(room) else { return };
    let palette = theme::palette(ui);
    let frame = Frame::new()
        .fill(palette.warn_wash)
        .corner_radius(radius::ROW)
        .inner_margin(Margin::symmetric(12, 8))
        .outer_margin(Margin::symmetric(20, 6));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = space::TINY;
        ui.label(RichText::new(heading(cause)).font(theme::bold(size::LABEL)).color(palette.warn));
        let font = theme::plain(size::LABEL);
        let job = card::marked(ui, &cause.to_string(), font, size::LABEL_LINE, palette.ink);
        ui.add(Label::new(job).wrap());
        ui.horizontal_wrapped(|ui| {
            if let Some(opening) = state.can_open_again(room)
                && card::word_button(ui, t!("screen-open-again")).clicked()
            {
                out.push(Action::OpenHere { room: opening.room.clone(), reach: opening.reach });
            }
            if card::word_button(ui, t!("screen-retry-now")).clicked() {
                out.push(Action::RetryNow(room.id));
            }
        });
    });
}

/// What has happened, in a few words.
fn heading(cause: &ConnectError) -> String {
    match cause {
        ConnectError::Refused { .. } => t!("screen-no-server"),
        ConnectError::UnknownHost { .. } => t!("screen-no-host"),
        ConnectError::NoRoute { .. } => t!("screen-no-route"),
        ConnectError::TimedOut { .. } => t!("screen-timed-out"),
        ConnectError::NoHandshake { .. } | ConnectError::Silent => t!("screen-silent"),
        ConnectError::NotTls { .. } | ConnectError::NotPapo => t!("screen-not-papo"),
        ConnectError::TlsMismatch { .. } => t!("screen-tls"),
        ConnectError::NotTrusted { .. } | ConnectError::OtherCertificate { .. } => t!("screen-changed"),
        ConnectError::UnknownServer { .. } => t!("screen-unknown-server"),
        ConnectError::Expired { .. } => t!("screen-expired"),
        ConnectError::NotYetValid { .. } => t!("screen-not-yet"),
        ConnectError::WrongHostName { .. } => t!("screen-other-name"),
        ConnectError::BadCertificate { .. } => t!("screen-bad-certificate"),
        ConnectError::Version { .. } => t!("screen-version"),
        ConnectError::JoinRefused(refusal) => match refusal.code {
            ErrorCode::Banned => t!("screen-banned"),
            ErrorCode::Locked => t!("screen-locked"),
            ErrorCode::NoEntry => t!("screen-no-entry"),
            ErrorCode::InviteExpired | ErrorCode::InviteUsed | ErrorCode::InviteRevoked => {
                t!("screen-invite-over")
            }
            _ => t!("screen-refused"),
        },
        ConnectError::Closed { code: ClosingCode::Stopping, .. } => t!("screen-stopping"),
        ConnectError::Closed { code: ClosingCode::Full, .. } => t!("screen-full"),
        ConnectError::Closed { .. } => t!("screen-closed"),
        ConnectError::Lost { .. } => t!("screen-lost"),
        ConnectError::Garbled { .. } => t!("screen-garbled"),
        ConnectError::Local { .. } => t!("screen-local"),
    }
}
