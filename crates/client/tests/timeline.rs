//! What a reader of a room sees: the cases of `vectors/timeline.json`, which the page's timeline passes as
//! well, and that the order in which things become known does not matter.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests, which clippy.toml allows for the tests themselves only"
)]

use papo_client::Timeline;
use papo_client::event::{Event, Outgoing};
use papo_client::timeline::{Content, Delivery, EMOJI_PER_MESSAGE_MAX, MESSAGES_KEPT_MAX, Row};
use papo_proto::codec::decode_server;
use papo_proto::{
    Body, Epoch, Member, MemberId, Message, MessageId, Name, Reaction, Refusal, RoomName, Seq, ServerMessage,
    Timestamp,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

#[test]
fn every_case_of_the_vectors_holds() {
    let vectors: Value = serde_json::from_str(include_str!("../vectors/timeline.json")).unwrap();
    for case in vectors["cases"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let mut timeline = Timeline::new(serde_json::from_value(case["you"].clone()).unwrap());
        for step in case["steps"].as_array().unwrap() {
            tell(&mut timeline, step);
        }
        let rows: Vec<Value> = timeline.rows().map(shown).collect();
        assert_eq!(Value::from(rows), case["rows"], "{name}");
        let one_by_one: Vec<Value> =
            timeline.rows().filter_map(|row| timeline.row(row.seq?)).map(shown).collect();
        assert_eq!(one_by_one[..], case["rows"].as_array().unwrap()[..one_by_one.len()], "{name}");
        if let Some(before) = case.get("history_before") {
            assert_eq!(timeline.history_before().map(Seq::number), before.as_u64(), "{name}");
        }
        for badge in case.get("badges").and_then(Value::as_array).into_iter().flatten() {
            let member: Member = serde_json::from_value(badge["member"].clone()).unwrap();
            assert_eq!(timeline.needs_badge(&member), badge["needed"], "{name}: {member:?}");
        }
    }
}

/// Tells the timeline a step of a case.
fn tell(timeline: &mut Timeline, step: &Value) {
    let id = || MessageId::parse(step["id"].as_str().unwrap()).unwrap();
    let time = || Timestamp::parse(step["time"].as_str().unwrap()).unwrap();
    match step["type"].as_str().unwrap() {
        "say" => {
            let body = serde_json::from_value(step.clone()).unwrap();
            timeline.say(Outgoing { id: id(), body }, time());
        }
        "dismiss" => {
            let was_failed =
                timeline.rows().any(|row| *row.id == id() && matches!(row.delivery, Delivery::Failed(_)));
            assert_eq!(timeline.dismiss(&id()).is_some(), was_failed);
        }
        "sent" => {
            let seq = Seq::new(step["seq"].as_u64().unwrap());
            timeline.apply(&Event::Sent { id: id(), seq, time: time() });
        }
        "failed" => {
            let refusal: Refusal = serde_json::from_value(step.clone()).unwrap();
            timeline.apply(&Event::Failed { id: id(), refusal });
        }
        "reset" => timeline.apply(&Event::Reset),
        _ => timeline.apply(&event(decode_server(step.to_string().as_bytes()).unwrap())),
    }
}

fn event(message: ServerMessage) -> Event {
    match message {
        ServerMessage::Joined { you, room, epoch, first, head, count, members } => {
            Event::Joined { you, room, epoch, first, head, count, members }
        }
        ServerMessage::Truncated { first, next } => Event::Truncated { first, next },
        ServerMessage::Message(message) => Event::Message(message),
        ServerMessage::History { messages, more } => Event::History { messages, more },
        ServerMessage::Entered { members, count } => Event::Entered { members, count },
        ServerMessage::Left { members, count } => Event::Left { members, count },
        other => panic!("no step: {other:?}"),
    }
}

/// A row as the vectors write it.
fn shown(row: Row<'_>) -> Value {
    let mut fields = Map::new();
    let mut set = |key: &str, value: Value| fields.insert(key.to_owned(), value);
    if let Some(seq) = row.seq {
        set("seq", json!(seq));
    }
    set("id", json!(row.id));
    set("time", json!(row.time));
    set("from", json!(row.from));
    match row.content {
        Content::Text { text, .. } => set("text", json!(text)),
        Content::Deleted => set("deleted", json!(true)),
        Content::Change(body) => set("change", json!(body)),
        Content::Act(act) => set("act", json!(act)),
        Content::Unknown => set("unknown", json!(true)),
    };
    if let Some(reply) = row.reply {
        set("reply", json!(reply));
    }
    if !row.reactions.is_empty() {
        let reactions = row.reactions.iter();
        set("reactions", reactions.map(|one| json!({"emoji": one.emoji, "members": one.members})).collect());
    }
    match row.delivery {
        Delivery::Stored => None,
        Delivery::Pending => set("delivery", json!("pending")),
        Delivery::Failed(_) => set("delivery", json!("failed")),
    };
    for (key, is) in [
        ("own", row.is_own),
        ("edited", matches!(row.content, Content::Text { edited: true, .. })),
        ("changing", row.is_changing),
        ("gap_before", row.gap_before),
    ] {
        if is {
            set(key, json!(true));
        }
    }
    Value::Object(fields)
}

fn member(number: u8) -> Member {
    Member { id: MemberId::of_guest([number; 8]), name: Name::parse(&format!("Member {number}")).unwrap() }
}

fn message(seq: u64, from: u8, body: Body) -> Message {
    let id = MessageId::parse(&format!("id-{seq}")).unwrap();
    Message { seq: Seq::new(seq), time: Timestamp::from_unix_ms(seq), from: member(from), id, body }
}

fn reaction(to: u64, emoji: String, remove: bool) -> Body {
    Body { react: Some(Reaction { to: Seq::new(to), emoji, remove }), ..Body::default() }
}

#[test]
fn a_timeline_is_bounded_and_keeps_the_newest() {
    let mut timeline = Timeline::new(member(1));
    let more = 100;
    let last = u64::try_from(MESSAGES_KEPT_MAX).unwrap() + more;
    for seq in 1..=last {
        // Every second one is about the one before it.
        let body = if seq % 2 == 0 { reaction(seq - 1, "+".to_owned(), false) } else { Body::text("oi") };
        timeline.apply(&Event::Message(message(seq, 2, body)));
    }
    assert_eq!(timeline.rows().count(), MESSAGES_KEPT_MAX / 2);
    assert_eq!(timeline.rows().next().unwrap().seq, Some(Seq::new(more + 1)));
    assert_eq!(timeline.history_before(), Some(Seq::new(more + 1)));
}

#[test]
fn a_message_carries_a_bounded_number_of_emoji() {
    let mut timeline = Timeline::new(member(1));
    timeline.apply(&Event::Message(message(1, 2, Body::text("oi"))));
    for seq in 2..500 {
        timeline.apply(&Event::Message(message(seq, 2, reaction(1, seq.to_string(), false))));
    }
    assert_eq!(timeline.rows().next().unwrap().reactions.len(), EMOJI_PER_MESSAGE_MAX);
}

#[test]
fn the_first_joined_says_who_we_are() {
    let mut timeline = Timeline::new(member(0));
    let outgoing = Outgoing { id: MessageId::parse("p").unwrap(), body: Body::text("oi") };
    timeline.say(outgoing, Timestamp::default());
    timeline.apply(&Event::Joined {
        you: member(5),
        room: RoomName::default(),
        epoch: Epoch([0; 8]),
        first: Seq::new(1),
        head: Seq::ZERO,
        count: 1,
        members: None,
    });
    assert_eq!(timeline.you(), &member(5));
    assert_eq!(timeline.rows().next().unwrap().from, &member(5));
    timeline
        .apply(&Event::Renamed { members: vec![Member { name: Name::parse("Bia").unwrap(), ..member(5) }] });
    assert_eq!(timeline.rows().next().unwrap().from.name.as_str(), "Bia");
}

proptest! {
    /// A room's messages make the same rows whether they come live, in order, or as pages in any order.
    #[test]
    fn the_order_in_which_messages_become_known_does_not_matter(
        bodies in prop::collection::vec(any_body(), 1..40),
        page_len in 1_usize..6,
        keys in prop::collection::vec(any::<u32>(), 40),
        live_from in 0_usize..40,
    ) {
        let messages: Vec<Message> =
            (1..).zip(bodies).map(|(seq, (from, body))| message(seq, from, body)).collect();
        let mut live = Timeline::new(member(0));
        messages.iter().for_each(|message| live.apply(&Event::Message(message.clone())));
        let (old, new) = messages.split_at(live_from.min(messages.len()));
        let mut paged = Timeline::new(member(0));
        new.iter().for_each(|message| paged.apply(&Event::Message(message.clone())));
        let mut pages: Vec<(u32, &[Message])> = keys.iter().copied().zip(old.chunks(page_len)).collect();
        pages.sort_by_key(|(key, _)| *key);
        for (_, page) in pages {
            paged.apply(&Event::History { messages: page.to_vec(), more: true });
        }
        let rows = |timeline: &Timeline| timeline.rows().map(shown).collect::<Vec<Value>>();
        prop_assert_eq!(rows(&live), rows(&paged));
    }
}

/// Somebody says something, or something about one of the first messages.
fn any_body() -> impl Strategy<Value = (u8, Body)> {
    let target = || (1_u64..8).prop_map(Seq::new);
    let body = prop_oneof![
        "[a-z]{1,3}".prop_map(Body::text),
        ("[a-z]{1,3}", target()).prop_map(|(text, seq)| Body { edit: Some(seq), ..Body::text(text) }),
        target().prop_map(|seq| Body { delete: Some(seq), ..Body::default() }),
        (target(), "[xy]", any::<bool>()).prop_map(|(seq, emoji, remove)| reaction(
            seq.number(),
            emoji,
            remove
        )),
    ];
    (0_u8..3, body)
}
