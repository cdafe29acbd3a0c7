//! What the connection store promises.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{collections::BTreeMap, time::Duration};

use streamer_store::{ErrorKind, PING_WRITE_INTERVAL, PingOutcome, TIME_TO_LIVE};
use support::{connection, stores};

const MINUTE: Duration = Duration::from_secs(60);

mod save {
    use super::*;

    #[tokio::test]
    async fn creates_and_then_replaces() {
        let (stores, clock) = stores().await;
        let store = stores.connections();
        let mut saved = connection("c-1", &clock);

        store.save(&saved).await.unwrap();
        saved.metadata = BTreeMap::from([("agent".to_owned(), "a # b".to_owned())]);
        store.save(&saved).await.unwrap();

        assert_eq!(store.get("c-1").await.unwrap().metadata, saved.metadata);
    }

    #[tokio::test]
    async fn stores_a_ttl_of_a_day_and_leaves_the_value_alone() {
        let (stores, clock) = stores().await;
        let saved = connection("c-1", &clock);

        stores.connections().save(&saved).await.unwrap();

        assert_eq!(saved.ttl, None);
        let stored = stores.connections().get("c-1").await.unwrap();
        assert_eq!(stored.ttl, saved.connected_at.checked_add(TIME_TO_LIVE));
    }

    #[tokio::test]
    async fn keeps_a_ttl_that_is_given() {
        let (stores, clock) = stores().await;
        let mut saved = connection("c-1", &clock);
        saved.ttl = saved.connected_at.checked_add(MINUTE);

        stores.connections().save(&saved).await.unwrap();

        assert_eq!(stores.connections().get("c-1").await.unwrap(), saved);
    }

    #[tokio::test]
    async fn refuses_each_field_that_is_missing() {
        let (stores, clock) = stores().await;
        let valid = connection("c-1", &clock);
        let without = |change: fn(&mut streamer_store::Connection)| {
            let mut connection = valid.clone();
            change(&mut connection);
            connection
        };

        for (field, connection) in [
            ("connection_id", without(|c| c.connection_id.clear())),
            ("user_id", without(|c| c.user_id.clear())),
            ("tenant_id", without(|c| c.tenant_id.clear())),
            ("endpoint", without(|c| c.endpoint.clear())),
        ] {
            let error = stores.connections().save(&connection).await.unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::Validation { field });
        }
        assert!(stores.connections().list_by_user("ann").page().await.unwrap().items.is_empty());
    }
}

mod create {
    use super::*;

    #[tokio::test]
    async fn refuses_an_id_that_is_taken() {
        let (stores, clock) = stores().await;
        let store = stores.connections();
        store.create(&connection("c-1", &clock)).await.unwrap();

        let error = store.create(&connection("c-1", &clock)).await.unwrap_err();

        assert_eq!(*error.kind(), ErrorKind::AlreadyExists);
        assert_eq!(error.key(), Some("c-1"));
    }

    #[tokio::test]
    async fn takes_the_place_of_one_that_has_expired() {
        let (stores, clock) = stores().await;
        let store = stores.connections();
        store.create(&connection("c-1", &clock)).await.unwrap();

        clock.advance(TIME_TO_LIVE);

        store.create(&connection("c-1", &clock)).await.unwrap();
    }
}

mod ids {
    use super::*;

    #[tokio::test]
    async fn with_delimiters_never_meet_each_other() {
        let (stores, clock) = stores().await;
        let store = stores.connections();
        let ids = ["a#b", "a$23b", "a", "a#", "#", "\0", "a b", "é"];

        for id in ids {
            store.create(&connection(id, &clock)).await.unwrap();
        }

        for id in ids {
            assert_eq!(store.get(id).await.unwrap().connection_id, id);
        }
    }

    #[tokio::test]
    async fn too_long_for_a_key_are_refused() {
        let (stores, _) = stores().await;
        let long = "x".repeat(10 * 1024);

        let error = stores.connections().get(&long).await.unwrap_err();

        assert_eq!(*error.kind(), ErrorKind::Validation { field: "connection_id" });
    }

    #[tokio::test]
    async fn at_the_limit_fit_a_key_even_fully_escaped() {
        let (stores, clock) = stores().await;
        let longest = "#".repeat(512);

        stores.connections().create(&connection(&longest, &clock)).await.unwrap();

        assert_eq!(stores.connections().get(&longest).await.unwrap().connection_id, longest);
    }
}

mod get {
    use super::*;

    #[tokio::test]
    async fn does_not_find_what_is_absent_or_has_expired() {
        let (stores, clock) = stores().await;
        let store = stores.connections();
        store.create(&connection("c-1", &clock)).await.unwrap();
        assert_eq!(*store.get("c-2").await.unwrap_err().kind(), ErrorKind::NotFound);

        clock.advance(TIME_TO_LIVE);

        assert_eq!(*store.get_consistent("c-1").await.unwrap_err().kind(), ErrorKind::NotFound);
    }
}

mod delete {
    use super::*;

    #[tokio::test]
    async fn says_what_it_removed_and_is_idempotent() {
        let (stores, clock) = stores().await;
        let store = stores.connections();
        store.create(&connection("c-1", &clock)).await.unwrap();

        let first = store.delete("c-1").await.unwrap();
        let second = store.delete("c-1").await.unwrap();

        assert_eq!(first.unwrap().connection_id, "c-1");
        assert_eq!(second, None);
    }
}

mod disconnect {
    use super::*;

    #[tokio::test]
    async fn reports_the_connection_and_is_idempotent() {
        let (stores, clock) = stores().await;
        let store = stores.connections();
        store.create(&connection("c-1", &clock)).await.unwrap();

        let first = store.disconnect("c-1").await.unwrap();
        let second = store.disconnect("c-1").await.unwrap();

        assert_eq!(first.connection.unwrap().connection_id, "c-1");
        assert_eq!(second.connection, None);
    }
}

mod lists {
    use super::*;

    #[tokio::test]
    async fn give_the_newest_first_page_by_page() {
        let (stores, clock) = stores().await;
        let store = stores.connections();
        for number in 0..7 {
            store.create(&connection(&format!("c-{number}"), &clock)).await.unwrap();
            clock.advance(MINUTE);
        }

        let mut seen = Vec::new();
        let mut next = None;
        loop {
            let page = store.list_by_user("ann").page_size(3).after(next).page().await.unwrap();
            assert!(page.items.len() <= 3);
            seen.extend(page.items.into_iter().map(|connection| connection.connection_id));
            next = page.next;
            if next.is_none() {
                break;
            }
        }

        assert_eq!(seen, ["c-6", "c-5", "c-4", "c-3", "c-2", "c-1", "c-0"]);
    }

    #[tokio::test]
    async fn refuse_a_cursor_of_another_list() {
        let (stores, clock) = stores().await;
        let store = stores.connections();
        for number in 0..3 {
            store.create(&connection(&format!("c-{number}"), &clock)).await.unwrap();
        }
        let next = store.list_by_user("ann").page_size(1).page().await.unwrap().next;

        let error = store.list_by_tenant("acme").after(next).page().await.unwrap_err();

        assert_eq!(*error.kind(), ErrorKind::Cursor);
    }

    #[tokio::test]
    async fn stream_every_connection_of_the_tenant_alone() {
        let (stores, clock) = stores().await;
        let store = stores.connections();
        for number in 0..5 {
            let mut connection = connection(&format!("c-{number}"), &clock);
            if number == 2 {
                connection.tenant_id = "other".to_owned();
            }
            store.create(&connection).await.unwrap();
        }

        let mut stream = store.list_by_tenant("acme").page_size(2).stream().unwrap();
        let mut count = 0;
        while let Some(connection) = stream.try_next().await.unwrap() {
            assert_eq!(connection.tenant_id, "acme");
            count += 1;
        }

        assert_eq!(count, 4);
    }

    #[tokio::test]
    async fn leave_out_what_has_expired() {
        let (stores, clock) = stores().await;
        let store = stores.connections();
        store.create(&connection("old", &clock)).await.unwrap();
        clock.advance(TIME_TO_LIVE);
        store.create(&connection("new", &clock)).await.unwrap();

        let listed = store.list_by_user("ann").take(10).await.unwrap();

        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].connection_id, "new");
    }
}

mod ping {
    use super::*;

    #[tokio::test]
    async fn renews_the_connection() {
        let (stores, clock) = stores().await;
        let store = stores.connections();
        store.create(&connection("c-1", &clock)).await.unwrap();
        clock.advance(TIME_TO_LIVE - MINUTE);

        assert_eq!(store.update_last_ping("c-1").await.unwrap(), PingOutcome::Written);
        clock.advance(TIME_TO_LIVE - MINUTE);

        let stored = store.get("c-1").await.unwrap();
        assert_eq!(stored.ttl, stored.last_ping.checked_add(TIME_TO_LIVE));
    }

    #[tokio::test]
    async fn is_written_at_most_once_a_minute() {
        let (stores, clock) = stores().await;
        let store = stores.connections();
        store.create(&connection("c-1", &clock)).await.unwrap();

        let mut outcomes = vec![store.update_last_ping("c-1").await.unwrap()];
        clock.advance(PING_WRITE_INTERVAL - Duration::from_secs(1));
        outcomes.push(store.update_last_ping("c-1").await.unwrap());
        clock.advance(Duration::from_secs(1));
        outcomes.push(store.update_last_ping("c-1").await.unwrap());

        assert_eq!(outcomes, [PingOutcome::Written, PingOutcome::Recent, PingOutcome::Written]);
    }

    #[tokio::test]
    async fn of_another_tenants_connection_finds_none_however_recent_its_own_is() {
        let (stores, clock) = stores().await;
        let store = stores.connections();
        store.create(&connection("c-1", &clock)).await.unwrap();
        store.update_last_ping("c-1").await.unwrap();
        let other = store.for_tenant("other");

        let error = other.update_last_ping("c-1").await.unwrap_err();
        other.delete("c-1").await.unwrap();

        assert_eq!(*error.kind(), ErrorKind::NotFound);
        assert_eq!(store.update_last_ping("c-1").await.unwrap(), PingOutcome::Recent);
    }

    #[tokio::test]
    async fn is_one_a_minute_and_finds_what_is_removed_by_whatever_store_of_the_factory() {
        let (stores, clock) = stores().await;
        stores.connections().create(&connection("c-1", &clock)).await.unwrap();

        let first = stores.connections().update_last_ping("c-1").await.unwrap();
        let second = stores.connections().update_last_ping("c-1").await.unwrap();
        stores.connections().delete("c-1").await.unwrap();
        let error = stores.connections().update_last_ping("c-1").await.unwrap_err();

        assert_eq!([first, second], [PingOutcome::Written, PingOutcome::Recent]);
        assert_eq!(*error.kind(), ErrorKind::NotFound);
    }

    #[tokio::test]
    async fn is_not_recent_where_the_connection_was_replaced() {
        let (stores, clock) = stores().await;
        let store = stores.connections();
        store.create(&connection("c-1", &clock)).await.unwrap();
        store.update_last_ping("c-1").await.unwrap();
        let mut brief = connection("c-1", &clock);
        brief.ttl = brief.connected_at.checked_add(Duration::from_secs(10));
        store.save(&brief).await.unwrap();
        clock.advance(Duration::from_secs(10));

        let error = store.update_last_ping("c-1").await.unwrap_err();

        assert_eq!(*error.kind(), ErrorKind::NotFound);
    }

    #[tokio::test]
    async fn that_comes_late_raises_no_ghost_item() {
        let (stores, clock) = stores().await;
        let store = stores.connections();
        store.create(&connection("c-1", &clock)).await.unwrap();
        store.update_last_ping("c-1").await.unwrap();
        store.delete("c-1").await.unwrap();

        let error = store.update_last_ping("c-1").await.unwrap_err();

        assert_eq!(*error.kind(), ErrorKind::NotFound);
        assert_eq!(*store.get("c-1").await.unwrap_err().kind(), ErrorKind::NotFound);
    }
}

mod delete_stale {
    use super::*;

    #[tokio::test]
    async fn removes_what_was_not_pinged_since() {
        let (stores, clock) = stores().await;
        let store = stores.connections();
        store.create(&connection("stale", &clock)).await.unwrap();
        store.create(&connection("pinged", &clock)).await.unwrap();
        clock.advance(MINUTE);
        let before = store.now();
        store.update_last_ping("pinged").await.unwrap();

        let removal = store.delete_stale(before).await.unwrap();

        assert_eq!((removal.removed, removal.kept, removal.failed.len()), (1, 0, 0));
        assert!(store.get("pinged").await.is_ok());
        assert_eq!(*store.get("stale").await.unwrap_err().kind(), ErrorKind::NotFound);
    }

    #[tokio::test]
    async fn of_one_tenant_leaves_the_others_alone() {
        let (stores, clock) = stores().await;
        let store = stores.connections();
        let mut other = connection("other", &clock);
        other.tenant_id = "other".to_owned();
        store.create(&other).await.unwrap();
        store.create(&connection("mine", &clock)).await.unwrap();
        clock.advance(MINUTE);

        let removal = store.for_tenant("acme").delete_stale(store.now()).await.unwrap();

        assert_eq!(removal.removed, 1);
        assert!(store.get("other").await.is_ok());
    }
}

mod unreadable_item {
    use super::*;

    /// A connection as another program may have written it: its instants are no instants.
    #[derive(Clone, Debug, dynamorm::Model)]
    #[dynamorm(table = "connections", key(partition = "CONN#{connection_id}", sort = "METADATA"))]
    struct Foreign {
        connection_id: String,
        connected_at: String,
        last_ping: String,
    }

    #[tokio::test]
    async fn stands_in_the_way_of_no_removal() {
        let (stores, clock) = stores().await;
        let store = stores.connections();
        store.create(&connection("c-1", &clock)).await.unwrap();
        let foreign =
            Foreign { connection_id: "c-2".into(), connected_at: "zzz".into(), last_ping: "2".into() };
        stores.db().create(&foreign).await.unwrap();
        assert!(matches!(store.get("c-2").await.unwrap_err().kind(), ErrorKind::Decode { .. }));

        let removal = store.delete_all().await.unwrap();

        assert_eq!((removal.removed, removal.failed.len()), (2, 0));
        assert_eq!(*store.get("c-2").await.unwrap_err().kind(), ErrorKind::NotFound);
    }
}

mod tenant {
    use super::*;

    #[tokio::test]
    async fn of_another_store_sees_and_changes_nothing() {
        let (stores, clock) = stores().await;
        let store = stores.connections();
        store.create(&connection("c-1", &clock)).await.unwrap();
        let other = store.for_tenant("other");
        let mut stolen = connection("c-1", &clock);
        stolen.tenant_id = "other".to_owned();

        let not_found = |error: streamer_store::Error| *error.kind() == ErrorKind::NotFound;

        assert!(not_found(other.get("c-1").await.unwrap_err()));
        assert!(not_found(other.update_last_ping("c-1").await.unwrap_err()));
        assert!(not_found(other.save(&stolen).await.unwrap_err()));
        assert!(not_found(other.list_by_tenant("acme").page().await.unwrap_err()));
        assert_eq!(other.delete("c-1").await.unwrap(), None);
        assert!(other.list_by_user("ann").page().await.unwrap().items.is_empty());
        assert_eq!(store.get("c-1").await.unwrap().tenant_id, "acme");
    }

    #[tokio::test]
    async fn of_the_store_takes_no_connection_of_another() {
        let (stores, clock) = stores().await;

        let error =
            stores.connections().for_tenant("other").save(&connection("c-1", &clock)).await.unwrap_err();

        assert_eq!(*error.kind(), ErrorKind::Validation { field: "tenant_id" });
    }
}

mod json {
    use super::*;

    #[tokio::test]
    async fn has_camel_case_names_and_reads_back() {
        let (_, clock) = stores().await;
        let connection = connection("c-1", &clock);

        let json = serde_json::to_value(&connection).unwrap();

        assert_eq!(json["connectionId"], "c-1");
        assert_eq!(json["lastPing"], connection.last_ping.to_string());
        assert_eq!(serde_json::from_value::<streamer_store::Connection>(json).unwrap(), connection);
    }
}
