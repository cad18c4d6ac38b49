//! The first screen: joining a room, opening one here, and the rooms known from before. Not here: what an
//! invite is.

use egui::{TextEdit, Ui};
use papo_client::State;
use papo_client::state::Action;
use papo_words::t;

/// Draws the start screen.
pub(super) fn view(ui: &mut Ui, state: &State, out: &mut Vec<Action>) {
    let (mut target, mut name) = (state.start.target.clone(), state.start.name.clone());
    let label = ui.label(t!("window-start-target"));
    let typed = ui.add(TextEdit::singleline(&mut target)).labelled_by(label.id);
    let label = ui.label(t!("window-start-name"));
    let named = ui.add(TextEdit::singleline(&mut name)).labelled_by(label.id);
    if typed.changed() || named.changed() {
        out.push(Action::TypeStart { target, name });
    }
    if ui.button(t!("window-start-join")).clicked() {
        out.push(Action::Join);
    }
    if let Some(problem) = &state.start.problem {
        ui.label(problem.to_string());
    }
}
