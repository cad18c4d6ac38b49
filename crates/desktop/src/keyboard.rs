//! Gives the window one step of the keyboard for each frame. Whoever types faster than the window draws has several
//! keys in one frame, and a key that leads elsewhere (Ctrl+F, Enter, Tab) moves the keyboard only with the next one: so
//! what was typed behind it waits for that. Not here: what any key does.

use egui::{Context, Event, Key, Plugin, RawInput, Ui};

/// What waits for the next frame.
#[derive(Debug, Default)]
pub(crate) struct Keyboard {
    waiting: Vec<Event>,
    /// Whether every letter is a step, because none of them is written anywhere.
    pub(crate) letters_are_steps: bool,
}

impl Plugin for Keyboard {
    fn debug_name(&self) -> &'static str {
        "keyboard"
    }

    fn input_hook(&mut self, _context: &Context, input: &mut RawInput) {
        input.events.splice(0..0, self.waiting.drain(..));
        self.waiting = behind_step(&mut input.events, self.letters_are_steps);
    }

    fn on_begin_pass(&mut self, ui: &mut Ui) {
        if !self.waiting.is_empty() {
            ui.ctx().request_repaint();
        }
    }
}

/// Takes away what was typed behind the first step.
fn behind_step(events: &mut Vec<Event>, letters_are_steps: bool) -> Vec<Event> {
    let step = events.iter().enumerate().find_map(|(at, event)| match event {
        Event::Key { key, pressed: true, modifiers, .. } => {
            let leads_on = matches!(key, Key::Enter | Key::Tab | Key::Escape | Key::F1 | Key::F5);
            let is_step =
                leads_on || letters_are_steps || modifiers.command || modifiers.ctrl || modifiers.alt;
            // Some systems tell of a letter too, where Alt is held down.
            let may_write = key.name().len() == 1 && (letters_are_steps || modifiers.alt);
            is_step.then_some((at, may_write))
        }
        _ => None,
    });
    let Some((at, may_write)) = step else { return Vec::new() };
    let has_letter = may_write && matches!(events.get(at + 1), Some(Event::Text(_)));
    let behind = events.split_off(at + 1 + usize::from(has_letter));
    let (typed, others): (Vec<Event>, Vec<Event>) = behind.into_iter().partition(is_typed);
    events.extend(others);
    typed
}

/// Whether an event is of the keyboard. A press and its end stay in their order.
fn is_typed(event: &Event) -> bool {
    matches!(
        event,
        Event::Text(_) | Event::Paste(_) | Event::Ime(_) | Event::Key { .. } | Event::Copy | Event::Cut
    )
}

#[cfg(test)]
mod tests {
    use egui::Modifiers;

    use super::*;

    fn key(key: Key, modifiers: Modifiers) -> Event {
        Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers }
    }

    fn text(text: &str) -> Event {
        Event::Text(text.to_owned())
    }

    #[test]
    fn what_follows_a_step_waits_and_the_pointer_does_not() {
        let (search, gone) = (key(Key::F, Modifiers::COMMAND), Event::PointerGone);
        let mut events = vec![text("a"), search.clone(), text("b"), text("c"), gone.clone()];
        assert_eq!(behind_step(&mut events, false), [text("b"), text("c")]);
        assert_eq!(events, [text("a"), search, gone]);
    }

    #[test]
    fn a_letter_stays_with_its_key() {
        let rows: [(Modifiers, bool, &[Event]); 3] = [
            (Modifiers::NONE, false, &[]),
            (Modifiers::NONE, true, &[key(Key::C, Modifiers::NONE), text("c")]),
            (Modifiers::ALT, false, &[key(Key::C, Modifiers::NONE), text("c")]),
        ];
        for (modifiers, letters_are_steps, expected) in rows {
            let behind = [key(Key::C, Modifiers::NONE), text("c")];
            let mut events = vec![key(Key::C, modifiers), text("c")];
            events.extend(behind);
            assert_eq!(behind_step(&mut events, letters_are_steps), expected, "{modifiers:?}");
            assert_eq!(events[..2], [key(Key::C, modifiers), text("c")]);
        }
    }
}
