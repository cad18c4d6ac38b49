//! State and view without the outside: what is drawn, and what follows from what the person does with it.
//! The window runs it with real connections, a test with none. Not here: connections and files.

use std::time::Duration;

use egui::Ui;
use papo_client::State;
use papo_client::state::{Action, Command};
use papo_proto::Timestamp;

use crate::view::{self, Local};

/// How often the window is drawn at most because of what happens outside: 30 times a second.
pub(crate) const FRAME: Duration = Duration::from_millis(33);

/// What lies on the desk: the state, and what each view keeps for itself.
#[derive(Debug)]
pub struct Desk {
    /// What is shown.
    pub state: State,
    /// What each view keeps for itself.
    pub local: Local,
}

impl Desk {
    /// A desk with nothing moved yet.
    pub fn new(state: State) -> Self {
        Self { state, local: Local::default() }
    }

    /// Whether these are hours in which nothing is told, by this computer's clock.
    pub fn is_quiet(&self, now: Timestamp) -> bool {
        let hours = self.state.settings.quiet_hours;
        hours.is_some_and(|hours| hours.hold(view::minute_of_day(now)))
    }

    /// Draws everything at `now`, by our own clock, and does what the person asks for. Returns what has to be
    /// done outside.
    pub fn ui(&mut self, ui: &mut Ui, now: Timestamp) -> Vec<Command> {
        let mut actions: Vec<Action> = Vec::new();
        self.local.now = now;
        view::set_petnames(&self.state.petnames);
        view::root(ui, &self.state, &mut self.local, &mut actions);
        // What follows from an action is drawn in the next frame, which nothing else might cause. That something
        // was read, or where the reader is, is no hurry: in a busy room it would double the frames.
        let is_hurry = |action: &Action| !matches!(action, Action::Read(..) | Action::Stay(..));
        if actions.iter().any(is_hurry) {
            ui.ctx().request_repaint();
        } else if !actions.is_empty() {
            ui.ctx().request_repaint_after(FRAME);
        }
        actions.into_iter().flat_map(|action| self.state.act(action, now)).collect()
    }
}
