//! What is offered while one writes, and who comes and goes. Not here: what is said.

use egui::{Key, Role};
use egui_kittest::kittest::Queryable as _;
use papo_client::event::Event;
use papo_client::state::Action;
use papo_proto::{Member, Timestamp};

use super::support::{Drawn, happen, joined, member, message, say, write, zoe};

fn draft(window: &Drawn) -> &str {
    &window.state().desk.state.rooms[0].composer.draft
}

fn press(window: &mut Drawn, key: Key) {
    window.key_press(key);
    window.run_ok();
}

#[test]
fn tab_completes_names_and_leaves_the_cursor_behind_them() {
    let mut window = joined(vec![message(1, &zoe(), "oi")]);
    write(&mut window, "oi @z");
    let listed = window.query_all_by_role_and_label(Role::ListItem, "Zoë").count();
    assert_eq!(listed, 2, "among the members, and offered");
    press(&mut window, Key::Tab);
    assert_eq!(draft(&window), "oi @Zoë ");
    assert!(window.get_by_label("Message to lobby").is_focused(), "Tab did not lead away");
    window.get_by_label("Message to lobby").type_text("tudo?");
    window.run_ok();
    assert_eq!(draft(&window), "oi @Zoë tudo?");
}

#[test]
fn of_equal_names_each_is_offered_with_its_badge() {
    let other = Member { name: zoe().name, ..member("x", 9) };
    let mut window = joined(vec![message(1, &zoe(), "oi"), message(2, &other, "eu também")]);
    write(&mut window, "@Zo");
    for who in [&zoe(), &other] {
        let label = format!("Zoë #{}", who.id.badge());
        assert!(window.query_all_by_role_and_label(Role::ListItem, &label).count() > 0, "{label}");
    }
    press(&mut window, Key::ArrowDown);
    press(&mut window, Key::Tab);
    assert_eq!(draft(&window), format!("@Zoë#{} ", zoe().id.badge()), "who has spoken last comes first");
}

#[test]
fn tab_completes_commands_and_whom_they_are_about() {
    let mut window = joined(vec![message(1, &zoe(), "oi")]);
    write(&mut window, "/ki");
    press(&mut window, Key::Tab);
    assert_eq!(draft(&window), "/kick ");
    window.get_by_label("Message to lobby").type_text("z");
    window.run_ok();
    press(&mut window, Key::Tab);
    assert_eq!(draft(&window), "/kick Zoë ");
}

#[test]
fn escape_refuses_and_a_press_takes_up() {
    let mut window = joined(vec![message(1, &zoe(), "oi")]);
    write(&mut window, "/se");
    press(&mut window, Key::Escape);
    assert!(window.query_by_role_and_label(Role::ListItem, "/search").is_none());
    assert_eq!(draft(&window), "/se", "what was written stays");
    window.get_by_label("Message to lobby").type_text("a");
    window.run_ok();
    window.get_by_role_and_label(Role::ListItem, "/search").click();
    window.run_ok();
    assert_eq!(draft(&window), "/search ");
}

#[test]
fn what_is_no_beginning_offers_nothing() {
    let mut window = joined(vec![message(1, &zoe(), "oi")]);
    write(&mut window, "mail@z");
    assert!(window.query_by_role_and_label(Role::List, "How it may go on").is_none());
    press(&mut window, Key::Tab);
    assert!(!window.get_by_label("Message to lobby").is_focused(), "Tab leads on");
}

/// Who came into an empty room was not told of once something was said there.
#[test]
fn who_came_before_the_first_message_stands_above_it() {
    let mut window = joined(vec![]);
    happen(&mut window, Event::Entered { members: vec![member("Bia", 11)], count: 3 });
    say(&mut window, 1, &member("Bia", 11), "olá");
    let came = window.get_by_label("Bia came in.").rect();
    assert!(came.bottom() <= window.get_by_label("olá").rect().top());
}

#[test]
fn who_comes_and_goes_is_folded_into_a_line() {
    let mut window = joined(vec![message(1, &zoe(), "oi")]);
    let come = |window: &mut Drawn, names: &[(&str, u8)]| {
        let members = names.iter().map(|(name, number)| member(name, *number)).collect();
        happen(window, Event::Entered { members, count: 9 });
        window.run_ok();
    };
    come(&mut window, &[("Bia", 11)]);
    assert!(window.query_by_label("Bia came in.").is_some());
    come(&mut window, &[("Caio", 12), ("Davi", 13), ("Eva", 14), ("Fábio", 15)]);
    assert!(window.query_by_label("Bia, Caio, Davi and 2 more came in.").is_some());
    happen(&mut window, Event::Left { members: vec![member("Bia", 11), zoe()], count: 7 });
    window.run_ok();
    assert!(window.query_by_label("Caio, Davi, Eva and Fábio came in. Zoë went out.").is_some());
    say(&mut window, 2, &member("Caio", 12), "olá");
    happen(&mut window, Event::Left { members: vec![member("Caio", 12)], count: 6 });
    window.run_ok();
    assert!(window.query_by_label("Caio went out.").is_some(), "a message begins another line");
    let mut settings = window.state().desk.state.settings.clone();
    settings.moves_shown = false;
    window.state_mut().desk.state.act(Action::Change(Box::new(settings)), Timestamp::default());
    window.run_ok();
    assert!(window.query_by_label("Caio went out.").is_none());
    come(&mut window, &[("Gil", 16)]);
    assert!(window.query_by_label("Gil came in.").is_none());
}

#[test]
fn tab_completes_emoji_and_rooms() {
    let mut window = super::support::window(&["lobby", "engenharia", "equipe"]);
    super::support::join(&mut window, vec![message(1, &zoe(), "oi")]);
    write(&mut window, "bom :ta");
    assert!(window.query_by_role_and_label(Role::ListItem, "🎉  :tada:").is_some());
    press(&mut window, Key::Tab);
    assert_eq!(draft(&window), "bom 🎉 ");
    window.get_by_label("Message to lobby").type_text("em #eng");
    window.run_ok();
    press(&mut window, Key::Tab);
    assert_eq!(draft(&window), "bom 🎉 em #engenharia ");
    for plain in [":)", ":D", "às 10:30", "#"] {
        let id = super::support::room_id(&window);
        window.state_mut().desk.state.act(Action::Draft(id, String::new()), Timestamp::default());
        write(&mut window, plain);
        let is_offered = window.query_by_role_and_label(Role::List, "How it may go on").is_some();
        assert_eq!(is_offered, plain == "#", "{plain}");
    }
}

#[test]
fn whole_emoji_names_offer_only_themselves() {
    let mut window = joined(vec![message(1, &zoe(), "oi")]);
    write(&mut window, ":heart:");
    assert!(window.query_by_role_and_label(Role::ListItem, "❤️  :heart:").is_some());
    assert!(window.query_by_role_and_label(Role::ListItem, "😍  :heart_eyes:").is_none());
}
