//! Shows where a link leads before it is opened: a text may say one thing and lead to another. Not here: which
//! links there are (`papo_client::markup`).

use egui::{RichText, Ui};
use papo_client::markup::Link;
use papo_client::state::Action;
use papo_words::t;

use super::card::{self, Tone};
use crate::theme::{self, size};

/// Asks whether this link is to be opened.
pub(super) fn view(ui: &Ui, target: &str, out: &mut Vec<Action>) {
    let Some(link) = Link::new(target) else {
        out.push(Action::CloseDialog);
        return;
    };
    let mut is_closed = false;
    is_closed |= card::dialog(ui, "link", size::CARD, |ui| {
        card::title(ui, Tone::Calm, t!("screen-link"));
        ui.label(RichText::new(link.destination()).font(theme::bold(size::HEADING)));
        card::literal(ui, link.target());
        if link.is_plain_http() {
            card::problem(ui, t!("screen-link-plain"));
        }
        ui.horizontal_wrapped(|ui| {
            is_closed |= card::main_button(ui, t!("screen-cancel")).clicked();
            if card::button(ui, t!("screen-link-open")).clicked() {
                out.push(Action::OpenLink(target.to_owned()));
            }
            if card::button(ui, t!("screen-copy-link")).clicked() {
                out.push(Action::Copy(target.to_owned()));
                is_closed = true;
            }
        });
    });
    if is_closed {
        out.push(Action::CloseDialog);
    }
}
