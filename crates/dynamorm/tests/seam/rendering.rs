//! The expressions that builders render: every name and every value by a placeholder.

use dynamorm::{Db, Error, Explanation, prelude::*};

use crate::{
    fixture::db,
    layer::Scripted,
    model::{Job, JobSiteAndRoom, Lease},
};

fn offline() -> Db {
    db(Scripted::default())
}

/// Checks the expressions of a request, and then what its placeholders stand for.
#[track_caller]
fn renders(explanation: Result<Explanation, Error>, expected: &[&str]) {
    let json: serde_json::Value = serde_json::from_slice(explanation.unwrap().request()).unwrap();
    let mut lines = Vec::new();
    for (name, value) in json.as_object().unwrap() {
        if let Some(text) = value.as_str().filter(|_| name.ends_with("Expression")) {
            lines.push(format!("{name}: {text}"));
        }
    }
    for member in ["ExpressionAttributeNames", "ExpressionAttributeValues"] {
        for (placeholder, value) in json[member].as_object().into_iter().flatten() {
            lines.push(format!("{placeholder} {value}"));
        }
    }
    assert_eq!(lines, expected);
}

#[test]
fn create_asks_that_the_item_is_absent() {
    let db = offline();

    renders(
        db.create(&Job::new("j")).explain(),
        &["ConditionExpression: attribute_not_exists(#n0)", r##"#n0 "pk""##],
    );
}

#[test]
fn create_of_a_model_with_a_ttl_takes_an_expired_item_for_absent() {
    let db = offline();

    renders(
        db.create(&Lease::new("l")).explain(),
        &[
            "ConditionExpression: attribute_not_exists(#n0) OR #n1 <= :v0",
            r##"#n0 "name""##,
            r##"#n1 "until""##,
            r##":v0 {"N":"4102444800"}"##,
        ],
    );
}

#[test]
fn put_without_a_condition_has_none() {
    let db = offline();

    renders(db.put(&Job::new("j")).explain(), &[]);
}

#[test]
fn put_of_a_version_checks_it() {
    let db = offline();

    renders(
        db.put(&Lease { version: 3, ..Lease::new("l") }).only_if(Lease::fields().holder.eq("h")).explain(),
        &[
            "ConditionExpression: NOT #n2 <= :v2 AND #n0 = :v0 AND #n1 = :v1",
            r##"#n0 "holder""##,
            r##"#n1 "version""##,
            r##"#n2 "until""##,
            r##":v0 {"S":"h"}"##,
            r##":v1 {"N":"3"}"##,
            r##":v2 {"N":"4102444800"}"##,
        ],
    );
}

#[test]
fn delete_with_a_condition_on_a_model_with_a_ttl() {
    let db = offline();

    renders(
        db.delete(Lease::key("l"))
            .only_if(Lease::fields().holder.eq("a").or(Lease::fields().holder.not_exists()))
            .explain(),
        &[
            "ConditionExpression: #n1 <= :v1 OR (#n0 = :v0 OR attribute_not_exists(#n0))",
            r##"#n0 "holder""##,
            r##"#n1 "until""##,
            r##":v0 {"S":"a"}"##,
            r##":v1 {"N":"4102444800"}"##,
        ],
    );
}

#[test]
fn update_of_every_clause() {
    let db = offline();
    let f = Job::fields();

    renders(
        db.update(Job::key("j"))
            .set(f.note, "n")
            .set_if_absent(f.owner, "o")
            .remove(f.tags)
            .add(f.tries, 2)
            .set(f.labels.entry("a.b"), "l")
            .append(f.steps, vec!["s".to_owned()])
            .only_if(f.tries.lt(5))
            .explain(),
        &[
            "ConditionExpression: attribute_exists(#n7) AND #n3 < :v6",
            "UpdateExpression: SET #n0 = :v0, #n1 = if_not_exists(#n1, :v1), #n4.#n5 = :v3, #n6 = list_append(if_not_exists(#n6, :v4), :v5) REMOVE #n2 ADD #n3 :v2",
            r##"#n0 "note""##,
            r##"#n1 "owner""##,
            r##"#n2 "tags""##,
            r##"#n3 "tries""##,
            r##"#n4 "labels""##,
            r##"#n5 "a.b""##,
            r##"#n6 "steps""##,
            r##"#n7 "pk""##,
            r##":v0 {"S":"n"}"##,
            r##":v1 {"S":"o"}"##,
            r##":v2 {"N":"2"}"##,
            r##":v3 {"S":"l"}"##,
            r##":v4 {"L":[]}"##,
            r##":v5 {"L":[{"S":"s"}]}"##,
            r##":v6 {"N":"5"}"##,
        ],
    );
}

#[test]
fn update_of_one_name_twice_uses_one_placeholder() {
    let db = offline();
    let f = Job::fields();

    renders(
        db.update(Job::key("j")).subtract(f.tries, 1).only_if(f.tries.gt(0)).explain(),
        &[
            "ConditionExpression: attribute_exists(#n1) AND #n0 > :v1",
            "UpdateExpression: SET #n0 = #n0 - :v0",
            r##"#n0 "tries""##,
            r##"#n1 "pk""##,
            r##":v0 {"N":"1"}"##,
            r##":v1 {"N":"0"}"##,
        ],
    );
}

#[test]
fn update_keeps_the_roles() {
    let db = offline();

    renders(
        db.update(Lease::key("l")).set(Lease::fields().holder, None::<String>).explain(),
        &[
            "ConditionExpression: attribute_exists(#n3) AND NOT #n4 <= :v2",
            "UpdateExpression: SET #n1 = :v0 REMOVE #n0 ADD #n2 :v1",
            r##"#n0 "holder""##,
            r##"#n1 "updated_at""##,
            r##"#n2 "version""##,
            r##"#n3 "name""##,
            r##"#n4 "until""##,
            r##":v0 {"S":"2100-01-01T00:00:00.000000000Z"}"##,
            r##":v1 {"N":"1"}"##,
            r##":v2 {"N":"4102444800"}"##,
        ],
    );
}

#[test]
fn update_of_a_group_rejoins_its_key() {
    let db = offline();

    renders(
        db.update(Job::key("j")).set_group(JobSiteAndRoom { site: "s#1".into(), room: "r".into() }).explain(),
        &[
            "ConditionExpression: attribute_exists(#n3)",
            "UpdateExpression: SET #n0 = :v0, #n1 = :v1, #n2 = :v2",
            r##"#n0 "site""##,
            r##"#n1 "room""##,
            r##"#n2 "place_pk""##,
            r##"#n3 "pk""##,
            r##":v0 {"S":"s#1"}"##,
            r##":v1 {"S":"r"}"##,
            r##":v2 {"S":"P#s$231#r"}"##,
        ],
    );
}

#[test]
fn rekey_asks_that_the_other_part_is_unchanged() {
    let db = offline();
    let job = Job::new("j");
    let f = Job::fields();

    renders(
        db.update(Job::key("j")).rekey(&job).set(f.room, "r").explain(),
        &[
            "ConditionExpression: attribute_exists(#n3) AND #n2 = :v2",
            "UpdateExpression: SET #n0 = :v0, #n1 = :v1",
            r##"#n0 "room""##,
            r##"#n1 "place_pk""##,
            r##"#n2 "site""##,
            r##"#n3 "pk""##,
            r##":v0 {"S":"r"}"##,
            r##":v1 {"S":"P#site$20of$20j#r"}"##,
            r##":v2 {"S":"site of j"}"##,
        ],
    );
}

#[test]
fn conditions_stand_in_as_few_parentheses_as_they_need() {
    let db = offline();
    let f = Job::fields();

    renders(
        db.update(Job::key("j"))
            .only_if(
                f.tries
                    .eq(1)
                    .and(f.owner.eq("o"))
                    .or(f.note.exists())
                    .and(f.created.between(1_u64, 2_u64).not()),
            )
            .explain(),
        &[
            "ConditionExpression: attribute_exists(#n4) AND (#n0 = :v0 AND #n1 = :v1 OR attribute_exists(#n2)) AND NOT #n3 BETWEEN :v2 AND :v3",
            r##"#n0 "tries""##,
            r##"#n1 "owner""##,
            r##"#n2 "note""##,
            r##"#n3 "created""##,
            r##"#n4 "pk""##,
            r##":v0 {"N":"1"}"##,
            r##":v1 {"S":"o"}"##,
            r##":v2 {"N":"1"}"##,
            r##":v3 {"N":"2"}"##,
        ],
    );
}

#[test]
fn functions_and_lists() {
    let db = offline();
    let f = Job::fields();

    renders(
        db.query(Job::partition("j"))
            .filter(
                f.owner
                    .begins_with("o")
                    .and(f.tags.contains("t"))
                    .and(f.steps.size().gt(1_u64))
                    .and(f.steps.at(2).eq("s"))
                    .and(f.tries.one_of([1, 2])),
            )
            .explain(),
        &[
            "FilterExpression: begins_with(#n0, :v0) AND contains(#n1, :v1) AND size(#n2) > :v2 AND #n2[2] = :v3 AND #n3 IN (:v4, :v5)",
            "KeyConditionExpression: #n4 = :v6 AND #n5 = :v7",
            r##"#n0 "owner""##,
            r##"#n1 "tags""##,
            r##"#n2 "steps""##,
            r##"#n3 "tries""##,
            r##"#n4 "pk""##,
            r##"#n5 "sk""##,
            r##":v0 {"S":"o"}"##,
            r##":v1 {"S":"t"}"##,
            r##":v2 {"N":"1"}"##,
            r##":v3 {"S":"s"}"##,
            r##":v4 {"N":"1"}"##,
            r##":v5 {"N":"2"}"##,
            r##":v6 {"S":"JOB#j"}"##,
            r##":v7 {"S":"METADATA"}"##,
        ],
    );
}

#[test]
fn a_list_of_nothing_never_holds() {
    let db = offline();
    let f = Job::fields();

    renders(
        db.query(Job::partition("j"))
            .filter(f.tries.one_of([0_i64; 0]).or(f.note.eq(None::<String>)))
            .explain(),
        &[
            "FilterExpression: (attribute_exists(#n0) AND attribute_not_exists(#n0) OR attribute_not_exists(#n1))",
            "KeyConditionExpression: #n2 = :v0 AND #n3 = :v1",
            r##"#n0 "tries""##,
            r##"#n1 "note""##,
            r##"#n2 "pk""##,
            r##"#n3 "sk""##,
            r##":v0 {"S":"JOB#j"}"##,
            r##":v1 {"S":"METADATA"}"##,
        ],
    );
}

#[test]
fn query_of_an_index_with_a_sort_key() {
    let db = offline();

    renders(
        db.query(Job::by_owner("o").created().between(1_u64, 9_u64)).explain(),
        &[
            "KeyConditionExpression: #n0 = :v0 AND #n1 BETWEEN :v1 AND :v2",
            r##"#n0 "owner""##,
            r##"#n1 "created""##,
            r##":v0 {"S":"o"}"##,
            r##":v1 {"N":"1"}"##,
            r##":v2 {"N":"9"}"##,
        ],
    );
}

#[test]
fn query_of_a_model_with_a_ttl_leaves_out_what_expired() {
    let db = offline();

    renders(
        db.query(Lease::partition("l"))
            .filter(Lease::fields().holder.eq("a").or(Lease::fields().holder.eq("b")))
            .explain(),
        &[
            "FilterExpression: (#n0 = :v0 OR #n0 = :v1) AND NOT #n2 <= :v3",
            "KeyConditionExpression: #n1 = :v2",
            r##"#n0 "holder""##,
            r##"#n1 "name""##,
            r##"#n2 "until""##,
            r##":v0 {"S":"a"}"##,
            r##":v1 {"S":"b"}"##,
            r##":v2 {"S":"l"}"##,
            r##":v3 {"N":"4102444800"}"##,
        ],
    );
}

#[test]
fn scan_keeps_to_the_model() {
    let db = offline();
    let f = Job::fields();

    renders(
        db.scan::<Job>().filter(f.tries.eq(1).or(f.tries.eq(2))).explain(),
        &[
            "FilterExpression: (#n0 = :v0 OR #n0 = :v1) AND begins_with(#n1, :v2) AND #n2 = :v3",
            r##"#n0 "tries""##,
            r##"#n1 "pk""##,
            r##"#n2 "sk""##,
            r##":v0 {"N":"1"}"##,
            r##":v1 {"N":"2"}"##,
            r##":v2 {"S":"JOB#"}"##,
            r##":v3 {"S":"METADATA"}"##,
        ],
    );
}

#[test]
fn query_of_a_collection_asks_for_the_whole_partition_and_leaves_out_what_expired_of_any_model() {
    #[derive(Model)]
    #[dynamorm(table = "tours", key(partition = "TOUR#{tour}", sort = "HEAD"))]
    struct Tour {
        tour: String,
    }

    #[derive(Model)]
    #[dynamorm(table = "tours", key(partition = "TOUR#{tour}", sort = "STOP#{stop}"))]
    struct Stop {
        tour: String,
        stop: u32,
        #[dynamorm(ttl)]
        until: Option<Timestamp>,
    }

    #[derive(Collection)]
    #[allow(dead_code, reason = "nothing is read")]
    enum Entry {
        Tour(Tour),
        Stop(Stop),
    }

    let db = offline();

    renders(
        db.query(Entry::in_partition(Stop::partition("t"))).explain(),
        &[
            "FilterExpression: NOT #n1 <= :v1",
            "KeyConditionExpression: #n0 = :v0",
            r##"#n0 "pk""##,
            r##"#n1 "until""##,
            r##":v0 {"S":"TOUR#t"}"##,
            r##":v1 {"N":"4102444800"}"##,
        ],
    );
}
