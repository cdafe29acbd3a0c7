//! An object mapper for [Amazon DynamoDB](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/): typed
//! keys, indexes, conditions and updates, checked when the program is compiled.
//!
//! ```
//! use dynamorm::prelude::*;
//!
//! #[derive(Clone, Debug, PartialEq, Model)]
//! #[dynamorm(
//!     table = "notes",
//!     key(partition = "AUTHOR#{author}", sort = "NOTE#{written_at}"),
//!     index(name = "topic-index", partition = topic, sort = written_at),
//! )]
//! struct Note {
//!     author: String,
//!     written_at: Timestamp,
//!     topic: String,
//!     text: String,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), dynamorm::Error> {
//! let db = Db::memory()?;
//! db.ensure_table::<Note>().await?;
//!
//! let now = db.now();
//! let note = Note { author: "ann".into(), written_at: now, topic: "rust".into(), text: "…".into() };
//! db.create(&note).await?;
//!
//! let f = Note::fields();
//! db.update(Note::key("ann", now)).set(f.text, "typed").only_if(f.topic.eq("rust")).await?;
//!
//! let newest = db.query(Note::by_topic("rust")).descending().take(10).await?;
//! assert_eq!(newest[0].text, "typed");
//! # Ok(())
//! # }
//! ```
//!
//! | module | what stands there |
//! |---|---|
//! | [`Db`] | the tables of one engine; its methods are the verbs |
//! | [`verb`] | what the verbs return: builders, one file an operation |
//! | [`table`] | how a table differs from its model, and the steps that mend it |
//! | `testing` | faults, recordings and a clock for tests (feature `testing`) |
//! | [`prelude`] | what a program that uses the mapper imports |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod backoff;
mod call;
mod checkpoint;
mod connect;
mod cursor;
mod cursor_key;
mod db;
mod expiry;
mod explanation;
#[cfg(doctest)]
mod guide;
mod hydration;
mod observer;
mod outcomes;
mod pace;
mod paging;
pub mod prelude;
mod rounds;
mod segment_stream;
mod stream;
pub mod table;
#[cfg(feature = "testing")]
pub mod testing;
pub mod verb;

pub use cursor::Cursor;
pub use db::Db;
#[doc(inline)]
pub use dynamorm_core::{
    Attribute, Clock, Error, ErrorKind, FailedAction, Random, SystemClock, SystemRandom, Timestamp,
    codec::{self, AttributePath, Decimal, DecodeError, EncodeError, Tag},
    expression::{Condition, Filter, KeyCondition, Path, PathConditions, QueryKey, Size},
    key::{KeyForm, KeyKind},
    limits,
    model::{
        Collection, Index, IndexDefinition, IndexProjection, KeyAttribute, KeySchema, Model, Projection,
        RawItem, ReadItem, StreamView, TableDefinition, Ttl,
    },
    stream_record::{Change, ChangeKind, StreamItem, StreamRecord},
    transport,
};
pub use dynamorm_macros::{Attribute, Collection, Model, Projection};
pub use explanation::Explanation;
pub use observer::{ObservedRequest, Observer};
pub use segment_stream::SegmentStream;
pub use stream::ItemStream;

/// The transport to Amazon DynamoDB, for programs that configure it themselves.
#[cfg(feature = "aws")]
pub use dynamorm_aws as aws;

/// The embedded engine, for programs that open it themselves: options, its endpoint.
#[cfg(feature = "embedded")]
pub use dynamorm_embedded as embedded;

/// What the derives' code refers to. No stable interface.
#[doc(hidden)]
pub mod __private {
    pub use dynamorm_core::{__operand, Attribute, Timestamp, codec, expression, key, model, stream_record};
}
