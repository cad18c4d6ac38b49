//! Faults that the window had once. Not here: the server's.

use egui_kittest::kittest::Queryable as _;
use papo_client::ConnectError;
use papo_client::event::{ConnectionState, Event};
use papo_client::state::{Action, Dialog};
use papo_proto::{Address, Timestamp};

use super::support::{happen, joined, message, window, zoe};

/// Who can read along was not said in a window of less than a thousand points.
#[test]
fn who_can_read_along_is_said_in_a_narrow_window_too() {
    let mut window = joined(vec![message(1, &zoe(), "oi")]);
    for width in [1180.0, 880.0, 420.0] {
        window.set_size(egui::vec2(width, 600.0));
        window.run_ok();
        assert!(window.query_by_label_contains("encrypted").is_some(), "{width}");
        for button in ["More", "Invite"] {
            let rect = window.get_by_label(button).rect();
            assert!(rect.right() <= width, "{button} is outside of {width}: {rect:?}");
        }
    }
}

/// A room that cannot be reached was said to have no people.
#[test]
fn a_room_that_cannot_be_reached_counts_nobody() {
    let mut window = window(&["lobby"]);
    let cause = ConnectError::Refused { address: Address::default() };
    happen(&mut window, Event::State(ConnectionState::Stopped { cause }));
    window.run_ok();
    assert!(window.query_by_label("0 people").is_none());
}

/// What is to be typed stood between backticks.
#[test]
fn no_error_shows_its_backticks() {
    let mut window = window(&["lobby"]);
    let cause = ConnectError::Refused { address: Address::default() };
    assert!(cause.to_string().contains('`'), "or this test looks at nothing");
    happen(&mut window, Event::State(ConnectionState::Stopped { cause }));
    window.run_ok();
    assert!(window.query_by_label_contains("papo serve").is_some());
    assert!(window.query_by_label_contains("`").is_none());
}

/// The list of keys was said to show the commands and did not.
#[test]
fn the_list_of_keys_shows_the_commands_too() {
    let mut window = joined(vec![]);
    window.state_mut().desk.state.act(Action::Show(Dialog::Keys), Timestamp::default());
    window.run_ok();
    for binding in papo_desktop::view::shortcuts::BINDINGS {
        assert!(window.query_all_by_label(&binding.what.help()).count() > 0, "{binding:?}");
    }
    for command in ["/kick", "/nick", "/lock"] {
        assert!(window.query_all_by_label_contains(command).count() > 0, "{command}");
    }
}
