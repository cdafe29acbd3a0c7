use std::future::IntoFuture;

use dynamorm_core::{
    Error,
    transport::{BoxFuture, Operation},
    wire::{self, Answer},
};

use crate::{Db, Explanation, call::Call};

impl Db {
    /// The names of all of the engine's tables, whosever they are, in order. One request for 100.
    pub fn list_tables(&self) -> ListTables {
        ListTables { db: self.clone() }
    }
}

/// Names the tables: what [`Db::list_tables`] returns.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct ListTables {
    db: Db,
}

impl ListTables {
    /// The exact request for the first 100, without sending it.
    pub fn explain(&self) -> Explanation {
        page_call(None).explain()
    }
}

/// The request for the names after `start`.
fn page_call(start: Option<&str>) -> Call {
    Call::new(Operation::ListTables, "".into(), wire::list_tables::request(start))
}

impl IntoFuture for ListTables {
    type Output = Result<Vec<String>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let mut names = Vec::new();
            let mut start = None;
            loop {
                let read = |body: &[u8]| Ok(Answer::new(wire::list_tables::response(body)?, None));
                let page = self.db.send(page_call(start.as_deref()), read).await?.value;
                names.extend(page.table_names);
                start = page.last_evaluated_table_name;
                if start.is_none() {
                    return Ok(names);
                }
            }
        })
    }
}
