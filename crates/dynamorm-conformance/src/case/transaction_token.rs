//! The token of a transaction, and `once`, which is made of it.

use dynamorm::prelude::*;

use crate::{
    model::{Setting, Ticket},
    refusal::{found, refusal, refused_as},
    registry::{Outcome, cases},
};

cases![
    is_done_once_for_one_token,
    refuses_a_token_of_other_actions,
    refuses_a_token_that_is_empty_or_too_long,
    once_counts_and_fails_as_an_update_does,
];

async fn is_done_once_for_one_token(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    db.put(&Ticket::new(1)).await?;
    let add = || db.update(Ticket::key("q", 1_u32)).add(Ticket::fields().weight, 10);
    let token = token(&db);

    db.transact().update(add()).token(&token).await?;
    db.transact().update(add()).token(&token).await?;

    assert_eq!(found(db.get(Ticket::key("q", 1_u32)).await?).weight, 11);
    Ok(())
}

async fn refuses_a_token_of_other_actions(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let token = token(&db);
    db.transact().put(&Setting::new("theme", "dark")).token(&token).await?;

    let error = refusal(db.transact().put(&Setting::new("theme", "light")).token(&token).await);

    assert_eq!(error.kind(), ErrorKind::Validation);
    assert!(error.to_string().contains("token stands for another transaction"), "{error}");
    assert_eq!(found(db.get(Setting::key("theme")).await?).value, "dark");
    Ok(())
}

async fn refuses_a_token_that_is_empty_or_too_long(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let theme = Setting::new("theme", "dark");

    for token in ["", &"t".repeat(37)] {
        let error = refusal(db.transact().put(&theme).token(token).await);
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Validation, 0));
    }
    db.transact().put(&theme).token(token(&db)).await?;
    Ok(())
}

async fn once_counts_and_fails_as_an_update_does(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    db.put(&Ticket::new(1)).await?;
    let f = Ticket::fields();

    db.update(Ticket::key("q", 1_u32)).add(f.weight, 1).append(f.steps, vec!["s".to_owned()]).once().await?;
    let absent = refused_as(db.update(Ticket::key("q", 2_u32)).add(f.weight, 1).once().await);
    let refused =
        refusal(db.update(Ticket::key("q", 1_u32)).add(f.weight, 1).only_if(f.weight.gt(5)).once().await);

    let ticket = found(db.get(Ticket::key("q", 1_u32)).await?);
    assert_eq!((ticket.weight, ticket.steps.len(), absent), (2, 1, ErrorKind::NotFound));
    assert_eq!((refused.kind(), refused.stored::<Ticket>()?), (ErrorKind::ConditionFailed, Some(ticket)));
    Ok(())
}

/// A token that no other case uses: 36 characters, the longest.
fn token(db: &Db) -> String {
    let mut random = [0; 18];
    db.fill_random(&mut random);
    random.iter().map(|byte| format!("{byte:02x}")).collect()
}
