//! What the derives make of a struct or an enum: its items, its keys, its table.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::HashSet;

use dynamorm::prelude::*;
use dynamorm_core::{
    codec::{DecodeError, Reader, Writer, decode_value, encode_value},
    key::KeyForm,
    model::{IndexProjection, PrimaryKey, StreamView, WriteContext},
};

const NOW: i64 = 1_700_000_000;

#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(
    table = "orders",
    key(partition = "ORDER#{order_id}", sort = "METADATA"),
    index(name = "region-index", partition("T#{tenant_id}#R#{region}", attribute = "region_pk"), sort = placed_at),
    index(name = "owner-index", partition = owner, sort("S#{status}#{order_id}", attribute = "owner_sk"), projection = keys),
)]
struct Order {
    order_id: String,
    tenant_id: String,
    region: Option<String>,
    status: Status,
    owner: String,
    placed_at: Timestamp,
    #[dynamorm(rename = "OrderNote")]
    note: Option<String>,
    #[dynamorm(skip_if_empty)]
    lines: Vec<Line>,
    #[dynamorm(default = standard_priority)]
    priority: u8,
    #[dynamorm(version)]
    version: u64,
    #[dynamorm(created_at)]
    created_at: Option<Timestamp>,
    #[dynamorm(updated_at)]
    updated_at: Timestamp,
    #[dynamorm(ttl)]
    ttl: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Attribute)]
#[dynamorm(rename_all = "SCREAMING_SNAKE_CASE")]
enum Status {
    Open,
    OnHold,
    #[dynamorm(rename = "DONE")]
    Closed,
}

#[derive(Clone, Debug, PartialEq, Attribute)]
#[dynamorm(rename_all = "camelCase")]
struct Line {
    article_id: ArticleId,
    count: u32,
    #[dynamorm(default)]
    is_gift: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Attribute)]
struct ArticleId(String);

fn standard_priority() -> u8 {
    3
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds).unwrap()
}

fn order() -> Order {
    Order {
        order_id: "o#1".to_owned(),
        tenant_id: "t".to_owned(),
        region: Some("eu".to_owned()),
        status: Status::OnHold,
        owner: "ann".to_owned(),
        placed_at: at(NOW),
        note: None,
        lines: Vec::new(),
        priority: 1,
        version: 4,
        created_at: None,
        updated_at: Timestamp::default(),
        ttl: Some(at(NOW + 60)),
    }
}

fn item<M: dynamorm::Model>(model: &M) -> serde_json::Value {
    let mut writer = Writer::new();
    model.encode_item(&mut writer, &WriteContext { now: at(NOW) }).unwrap();
    serde_json::from_slice(writer.as_bytes()).unwrap()
}

fn read<M: dynamorm::Model>(item: &serde_json::Value) -> Result<M, DecodeError> {
    M::decode_item(&mut Reader::from_text(&item.to_string()))
}

mod item {
    use super::*;

    #[test]
    fn holds_keys_fields_and_index_keys() {
        let now = "2023-11-14T22:13:20.000000000Z";

        let item = item(&order());

        let expected = serde_json::json!({
            "pk": {"S": "ORDER#o$231"},
            "sk": {"S": "METADATA"},
            "order_id": {"S": "o#1"},
            "tenant_id": {"S": "t"},
            "region": {"S": "eu"},
            "status": {"S": "ON_HOLD"},
            "owner": {"S": "ann"},
            "placed_at": {"S": now},
            "priority": {"N": "1"},
            "version": {"N": "5"},
            "created_at": {"S": now},
            "updated_at": {"S": now},
            "ttl": {"N": (NOW + 60).to_string()},
            "region_pk": {"S": "T#t#R#eu"},
            "owner_sk": {"S": "S#ON_HOLD#o$231"},
        });
        assert_eq!(item, expected);
    }

    #[test]
    fn is_read_as_it_was_written() {
        let line = Line { article_id: ArticleId("a-1".to_owned()), count: 2, is_gift: true };
        let order = Order { note: Some("soon".to_owned()), lines: vec![line], ..order() };

        let read: Order = read(&item(&order)).unwrap();

        let stamped = Order { version: 5, created_at: Some(at(NOW)), updated_at: at(NOW), ..order };
        assert_eq!(read, stamped);
    }

    #[test]
    fn keeps_a_created_at_that_is_set() {
        let order = Order { created_at: Some(at(7)), ..order() };

        let read: Order = read(&item(&order)).unwrap();

        assert_eq!(read.created_at, Some(at(7)));
    }

    #[test]
    fn has_no_index_key_without_all_its_parts() {
        let item = item(&Order { region: None, ..order() });

        assert_eq!(item.get("region_pk"), None);
        assert_eq!(item["owner_sk"], serde_json::json!({"S": "S#ON_HOLD#o$231"}));
    }

    #[test]
    fn reads_what_is_missing_as_its_default() {
        let mut item = item(&Order { lines: Vec::new(), note: None, ..order() });
        item.as_object_mut().unwrap().remove("priority");

        let read: Order = read(&item).unwrap();

        assert_eq!((read.priority, read.lines, read.note), (3, Vec::new(), None));
    }

    #[test]
    fn names_the_attribute_that_is_missing() {
        let mut item = item(&order());
        item.as_object_mut().unwrap().remove("owner");

        let error = read::<Order>(&item).unwrap_err();

        assert_eq!(error.to_string(), "attribute `owner`: missing attribute");
    }

    #[test]
    fn names_the_path_of_what_cannot_be_read() {
        let line = Line { article_id: ArticleId("a-1".to_owned()), count: 2, is_gift: true };
        let mut item = item(&Order { lines: vec![line], ..order() });
        item["lines"]["L"][0]["M"]["articleId"] = serde_json::json!({"N": "7"});

        let error = read::<Order>(&item).unwrap_err();

        assert_eq!(error.path().to_string(), "lines[0].articleId");
    }

    #[test]
    fn may_hold_attributes_that_the_model_does_not_know() {
        let mut item = item(&order());
        item["colour"] = serde_json::json!({"M": {"red": {"N": "7"}}});

        assert!(read::<Order>(&item).is_ok());
    }
}

mod key {
    use super::*;

    #[derive(Clone, Debug, Model)]
    #[dynamorm(table = "messages", key(partition = "R#{room}#{day}", sort = "M#{number}"))]
    struct Message {
        room: String,
        day: String,
        number: i64,
    }

    #[derive(Clone, Debug, Model)]
    #[dynamorm(table = "scores", key(partition = player, sort = points, method = of_player))]
    struct Score {
        player: ArticleId,
        points: u64,
    }

    fn text(key: &impl PrimaryKey) -> String {
        let mut writer = Writer::new();
        key.encode_key(&mut writer).unwrap();
        String::from_utf8(writer.into_vec()).unwrap()
    }

    #[test]
    fn is_that_of_the_item() {
        let message = Message { room: "a".to_owned(), day: "b".to_owned(), number: 7 };

        assert_eq!(text(&message.primary_key()), text(&Message::key("a", "b", 7)));
    }

    #[test]
    fn tells_fields_apart_whose_texts_join_alike() {
        assert_ne!(text(&Message::key("a#b", "c", 1)), text(&Message::key("a", "b#c", 1)));
    }

    #[test]
    fn is_a_fields_own_attribute() {
        let key = Score::key(ArticleId("ann".to_owned()), 7_u64);

        assert_eq!(text(&key), r#"{"player":{"S":"ann"},"points":{"N":"7"}}"#);
        assert_eq!(
            item(&Score { player: ArticleId("ann".to_owned()), points: 7 }).as_object().unwrap().len(),
            2
        );
    }

    #[test]
    fn takes_literals_references_and_borrowed_text() {
        let message = Message { room: "a".to_owned(), day: "b".to_owned(), number: 7 };
        let (number, player) = (&message.number, ArticleId("ann".to_owned()));

        let key = Message::key(&message.room, &*message.day, number);

        assert_eq!(key, Message::key("a", "b", 7));
        assert_eq!(Score::key(&player, 7), Score::key(player, 7));
        let _ = Message::partition("a", "b").number().ge(5);
    }

    #[test]
    fn is_equal_to_that_of_the_same_item() {
        let keys = HashSet::from([Message::key("a", "b", 7), Message::key("a", "b", 7)]);

        assert_eq!(keys.len(), 1);
        assert_ne!(Message::key("a", "b", 7), Message::key("a", "b", 8));
    }

    #[test]
    fn says_what_its_sort_keys_have_in_common() {
        assert_eq!(Order::TABLE.sort_form, KeyForm::Joined(&["METADATA"]));
        assert_eq!(Message::TABLE.sort_form, KeyForm::Joined(&["M#", ""]));
        assert_eq!(Score::TABLE.sort_form, KeyForm::Any);
    }
}

mod index {
    use dynamorm_core::{expression::QueryKey, model::Index};

    use super::*;

    fn name_of<K: QueryKey>(_: K) -> Option<&'static str> {
        K::Index::NAME
    }

    #[test]
    fn is_named_by_its_function() {
        assert_eq!(name_of(Order::by_owner("ann")), Some("owner-index"));
        assert_eq!(name_of(Order::by_region("t", "eu").placed_at().lt(at(NOW))), Some("region-index"));
        assert_eq!(name_of(Order::partition("o-1")), None);
    }

    #[test]
    fn without_whole_items_carries_the_ttl() {
        let index = Order::TABLE.index("owner-index").unwrap();

        assert_eq!(index.projection, IndexProjection::Include(&["ttl"]));
    }
}

mod table {
    use super::*;

    #[test]
    fn has_the_stream_that_the_model_names() {
        macro_rules! streams {
            ($($view:literal),+) => {
                [$({
                    #[derive(Model)]
                    #[dynamorm(table = "streamed", key(partition = id), stream = $view)]
                    struct Streamed { id: String }
                    Streamed::TABLE.stream
                }),+]
            };
        }

        let streams = streams!["keys_only", "new_image", "old_image", "new_and_old_images"];

        assert_eq!(streams, StreamView::ALL.map(Some));
        assert_eq!(Order::TABLE.stream, None);
    }

    #[test]
    fn is_data() {
        let table = Order::table();

        assert_eq!((table.name, table.ttl), ("orders", Some("ttl")));
        assert_eq!(
            table.indexes.iter().map(|index| index.name).collect::<Vec<_>>(),
            ["region-index", "owner-index"]
        );
    }
}

mod attribute {
    use super::*;

    #[derive(Clone, Debug, PartialEq, serde::Serialize, Attribute)]
    #[serde(rename_all = "snake_case")]
    #[dynamorm(rename_all = "snake_case")]
    enum Payment {
        Open,
        Card(String),
        BankTransfer { account: String, reference: Option<String> },
    }

    fn json(value: &impl dynamorm::Attribute) -> serde_json::Value {
        serde_json::from_slice(&encode_value(value).unwrap()).unwrap()
    }

    #[test]
    fn of_an_enum_is_read_as_it_was_written() {
        let transfer = Payment::BankTransfer { account: "a".to_owned(), reference: None };
        for payment in [Payment::Open, Payment::Card("4".to_owned()), transfer] {
            let read: Payment = decode_value(&encode_value(&payment).unwrap()).unwrap();

            assert_eq!(read, payment);
        }
    }

    #[test]
    fn of_an_enum_has_serdes_shape() {
        let transfer = Payment::BankTransfer { account: "a".to_owned(), reference: Some("r".to_owned()) };
        for payment in [Payment::Open, Payment::Card("4".to_owned()), transfer] {
            assert_eq!(plain(&json(&payment)), serde_json::to_value(&payment).unwrap());
        }
    }

    /// The value without its type tags.
    fn plain(attribute: &serde_json::Value) -> serde_json::Value {
        let (tag, value) = attribute.as_object().unwrap().iter().next().unwrap();
        match tag.as_str() {
            "M" => {
                value.as_object().unwrap().iter().map(|(name, value)| (name.clone(), plain(value))).collect()
            }
            _ => value.clone(),
        }
    }

    #[test]
    fn of_an_unknown_variant_names_the_known_ones() {
        let error = decode_value::<Status>(br#"{"S":"secret"}"#).unwrap_err();

        assert_eq!(error.to_string(), "unknown variant; known are `OPEN`, `ON_HOLD` and `DONE`");
    }

    #[test]
    fn of_two_variants_is_an_error() {
        let json = br#"{"M":{"card":{"S":"4"},"bank_transfer":{"M":{"account":{"S":"a"}}}}}"#;

        assert!(decode_value::<Payment>(json).is_err());
    }

    #[test]
    fn of_texts_can_stand_in_sets() {
        assert_eq!(json(&HashSet::from([Status::Closed])), serde_json::json!({"SS": ["DONE"]}));
        assert_eq!(json(&HashSet::from([ArticleId("a".to_owned())])), serde_json::json!({"SS": ["a"]}));
    }
}

mod generics {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Model)]
    #[dynamorm(
        table = "envelopes",
        key(partition = "E#{id}"),
        index(name = "kind-index", partition("K#{kind}#{size}", attribute = "kind_pk")),
        index(name = "size-index", partition = kind, sort("S#{size}#{id}", attribute = "size_sk")),
    )]
    struct Envelope<T>
    where
        T: Clone,
    {
        id: String,
        kind: String,
        size: u16,
        body: Wrapped<T, 2>,
    }

    #[derive(Clone, Debug, PartialEq, Attribute)]
    struct Wrapped<T, const N: usize> {
        values: [T; N],
    }

    #[test]
    fn of_a_model_are_kept_by_all_that_belongs_to_it() {
        let envelope = Envelope {
            id: "e".to_owned(),
            kind: "k".to_owned(),
            size: 3,
            body: Wrapped { values: [Status::Open, Status::Closed] },
        };
        let fields = Envelope::<Status>::fields();

        let read: Envelope<Status> = read(&item(&envelope)).unwrap();

        assert_eq!(read, envelope);
        assert_eq!(Envelope::<Status>::key("e").id, envelope.primary_key().id);
        let _ =
            Filter::<Envelope<Status>, envelope_schema::KindIndex<Status>>::new().and(fields.size.gt(1_u16));
        let _ = Envelope::<Status>::by_size("k").size().eq(3).id().begins_with("e");
        assert_eq!(Envelope::<Status>::key("e"), envelope.primary_key());
    }
}
