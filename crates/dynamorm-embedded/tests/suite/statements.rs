//! PartiQL: what a statement reads, and how it is refused.

use std::collections::BTreeSet;

use dynamorm_core::transport::{Operation, TransportErrorKind};
use dynamorm_embedded::Embedded;
use serde_json::{Value, json};

use crate::support;

const SELECT: &str = r#"SELECT * FROM "items" WHERE pk = 'p'"#;

async fn engine() -> Embedded {
    let engine = Embedded::memory().unwrap();
    support::create_table(&engine).await;
    engine
}

async fn put_with_text(engine: &Embedded, sort: usize, length: usize) {
    let item =
        json!({ "pk": { "S": "p" }, "sk": { "S": format!("{sort:08}") }, "a": { "S": "x".repeat(length) } });
    support::send(engine, Operation::PutItem, json!({ "TableName": "items", "Item": item })).await.unwrap();
}

/// The sort keys of each page, to the last one.
async fn pages(engine: &Embedded, request: Value) -> Vec<Vec<String>> {
    let mut request = request;
    let mut pages = Vec::new();
    for _ in 0..1_000 {
        let page = support::send(engine, Operation::ExecuteStatement, request.clone()).await.unwrap();
        let items = page["Items"].as_array().unwrap();
        pages.push(items.iter().map(|item| item["sk"]["S"].as_str().unwrap().to_owned()).collect());
        match page.get("NextToken") {
            Some(token) => request["NextToken"] = token.clone(),
            None => return pages,
        }
    }
    panic!("the pages do not end");
}

mod a_page {
    use super::*;

    #[tokio::test]
    async fn without_a_limit_holds_all_that_is_small() {
        let engine = engine().await;
        support::fill(&engine, 5_000).await;

        let pages = pages(&engine, json!({ "Statement": SELECT })).await;

        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [5_000]);
    }

    #[tokio::test]
    async fn without_a_limit_ends_at_a_megabyte_and_leaves_none_out() {
        let engine = engine().await;
        for sort in 0..300 {
            put_with_text(&engine, sort, 10_000).await;
        }

        let pages = pages(&engine, json!({ "Statement": SELECT })).await;

        let lengths: Vec<_> = pages.iter().map(Vec::len).collect();
        assert!(lengths.iter().all(|length| *length <= 120), "{lengths:?}");
        assert!(lengths.len() <= 4, "{lengths:?}");
        let sorts: BTreeSet<_> = pages.concat().into_iter().collect();
        assert_eq!((sorts.len(), pages.concat().len()), (300, 300));
    }

    #[tokio::test]
    async fn ends_by_what_is_read_and_not_by_what_the_filter_keeps() {
        let engine = engine().await;
        for sort in 0..300 {
            put_with_text(&engine, sort, 10_000).await;
        }

        let statement = format!("{SELECT} AND a = 'absent'");
        let pages = pages(&engine, json!({ "Statement": statement })).await;

        assert!((3..=4).contains(&pages.len()), "{}", pages.len());
    }

    #[tokio::test]
    async fn keeps_a_limit_of_the_callers() {
        let engine = engine().await;
        support::fill(&engine, 100).await;

        let pages = pages(&engine, json!({ "Statement": SELECT, "Limit": 40 })).await;

        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [40, 40, 20]);
    }

    #[tokio::test]
    async fn tells_what_all_of_it_cost_to_those_who_ask() {
        let engine = engine().await;
        for sort in 0..100 {
            put_with_text(&engine, sort, 8_000).await;
        }
        let asked =
            json!({ "Statement": SELECT, "ConsistentRead": true, "ReturnConsumedCapacity": "INDEXES" });

        let told = support::send(&engine, Operation::ExecuteStatement, asked).await.unwrap();
        let untold = support::send(&engine, Operation::ExecuteStatement, json!({ "Statement": SELECT }))
            .await
            .unwrap();

        // 100 items of 8,018 bytes are 196 units of 4 KB; each of the reads behind the page is rounded up.
        let capacity = &told["ConsumedCapacity"];
        let units = capacity["CapacityUnits"].as_f64().unwrap();
        assert!((196.0..=198.0).contains(&units), "{capacity}");
        assert_eq!(capacity["Table"]["CapacityUnits"], capacity["CapacityUnits"]);
        assert_eq!(untold.get("ConsumedCapacity"), None);
    }
}

mod a_statement {
    use super::*;

    #[tokio::test]
    async fn writes_what_another_reads() {
        let engine = engine().await;
        let insert = json!({ "Statement": r#"INSERT INTO "items" VALUE {'pk': 'p', 'sk': ?}"#, "Parameters": [{ "S": "a" }] });

        let written = support::send(&engine, Operation::ExecuteStatement, insert).await.unwrap();

        assert_eq!(written, json!({ "Items": [] }));
        assert!(support::has(&engine, "a").await);
    }

    #[tokio::test]
    async fn that_fails_its_condition_shows_the_item_to_those_who_ask() {
        let engine = engine().await;
        support::put(&engine, "a").await.unwrap();
        let update = json!({
            "Statement": r#"UPDATE "items" SET a = 1 WHERE pk = 'p' AND sk = 'a' AND a = 7"#,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        });

        let error = support::send(&engine, Operation::ExecuteStatement, update).await.unwrap_err();

        assert_eq!(error.kind, TransportErrorKind::ConditionFailed, "{error}");
        let body: Value = serde_json::from_slice(&error.body).unwrap();
        assert_eq!(body["Item"], support::key("a"));
    }

    #[tokio::test]
    async fn of_a_batch_fails_alone() {
        let engine = engine().await;
        let insert = |sort: &str| json!({ "Statement": format!("INSERT INTO items VALUE {{'pk': 'p', 'sk': '{sort}'}}") });
        support::put(&engine, "a").await.unwrap();

        let batch = json!({ "Statements": [insert("a"), insert("b")] });
        let answer = support::send(&engine, Operation::BatchExecuteStatement, batch).await.unwrap();

        assert_eq!(answer["Responses"][0]["Error"]["Code"], "DuplicateItem");
        assert_eq!(answer["Responses"][1].get("Error"), None);
        assert!(support::has(&engine, "b").await);
    }

    #[tokio::test]
    async fn of_a_transaction_fails_with_all_others() {
        let engine = engine().await;
        let insert = |sort: &str| json!({ "Statement": format!("INSERT INTO items VALUE {{'pk': 'p', 'sk': '{sort}'}}") });
        support::put(&engine, "a").await.unwrap();

        let transaction = json!({ "TransactStatements": [insert("b"), insert("a")] });
        let error = support::send(&engine, Operation::ExecuteTransaction, transaction).await.unwrap_err();

        assert_eq!(error.kind, TransportErrorKind::TransactionCanceled, "{error}");
        let body: Value = serde_json::from_slice(&error.body).unwrap();
        assert_eq!(body["CancellationReasons"][0]["Code"], "None");
        assert_eq!(body["CancellationReasons"][1]["Code"], "DuplicateItem");
        assert!(!support::has(&engine, "b").await);
    }

    #[tokio::test]
    async fn of_a_batch_or_transaction_reads_one_item() {
        let engine = engine().await;
        support::fill(&engine, 10).await;
        let one = json!({ "Statement": format!("{SELECT} AND sk = '00000003'") });
        let many = json!({ "Statement": SELECT });

        let read = json!({ "Statements": [one, many] });
        let batch = support::send(&engine, Operation::BatchExecuteStatement, read).await.unwrap();
        let read = json!({ "TransactStatements": [many] });
        let transaction = support::send(&engine, Operation::ExecuteTransaction, read).await.unwrap_err();

        assert_eq!(batch["Responses"][0]["Item"], support::key("00000003"));
        assert_eq!(batch["Responses"][1]["Error"]["Code"], "ValidationError");
        assert_eq!(transaction.kind, TransportErrorKind::Validation, "{transaction}");
    }
}
