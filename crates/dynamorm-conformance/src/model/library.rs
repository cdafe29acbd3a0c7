use dynamorm::{RawItem, prelude::*};

/// Three models of one partition, and the partition itself, by each policy for what is none of them.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "library", key(partition = "READER#{reader}", sort = "PROFILE"))]
pub(crate) struct Reader {
    pub(crate) reader: String,
    pub(crate) name: String,
}

#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "library", key(partition = "READER#{reader}", sort = "LOAN#{book}"))]
pub(crate) struct Loan {
    pub(crate) reader: String,
    pub(crate) book: u32,
    #[dynamorm(ttl)]
    pub(crate) until: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "library", key(partition = "READER#{reader}", sort = "FINE#{book}"))]
pub(crate) struct Fine {
    pub(crate) reader: String,
    pub(crate) book: u32,
    pub(crate) cents: u64,
}

/// A model with an attribute that is called as another model's `ttl`, and is none.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "library", key(partition = "READER#{reader}", sort = "VISIT#{visit}"))]
pub(crate) struct Visit {
    pub(crate) reader: String,
    pub(crate) visit: u32,
    pub(crate) until: String,
}

/// A model that expires by the same attribute as another one.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "library", key(partition = "READER#{reader}", sort = "HOLD#{book}"))]
pub(crate) struct Hold {
    pub(crate) reader: String,
    pub(crate) book: u32,
    #[dynamorm(ttl)]
    pub(crate) until: Timestamp,
}

/// A partition with models that expire, and one whose attribute of that name is a text.
#[derive(Clone, Debug, PartialEq, Collection)]
pub(crate) enum Stay {
    Visit(Visit),
    Hold(Hold),
    Loan(Loan),
}

/// A note on a loan: it is of no collection, though its key begins as a loan's does, and it has all that a loan has.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "library", key(partition = "READER#{reader}", sort = "LOAN#{book}#NOTE#{note}"))]
pub(crate) struct LoanNote {
    pub(crate) reader: String,
    pub(crate) book: u32,
    pub(crate) note: u32,
}

/// A note on a fine, whose key begins as a fine's does, and which lacks what a fine has.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "library", key(partition = "READER#{reader}", sort = "FINE#{book}#NOTE#{note}"))]
pub(crate) struct FineNote {
    pub(crate) reader: String,
    pub(crate) book: u32,
    pub(crate) note: u32,
}

#[derive(Clone, Debug, PartialEq, Collection)]
pub(crate) enum Entry {
    Fine(Fine),
    Loan(Loan),
    Reader(Reader),
}

#[derive(Clone, Debug, PartialEq, Collection)]
#[dynamorm(unknown = error)]
pub(crate) enum Strict {
    Loan(Loan),
    Reader(Reader),
}

#[derive(Clone, Debug, PartialEq, Collection)]
#[dynamorm(unknown = skip)]
pub(crate) enum Lenient {
    Loan(Loan),
    Reader(Reader),
}

#[derive(Clone, Debug, PartialEq, Collection)]
pub(crate) enum Keeping {
    Loan(Loan),
    Reader(Reader),
    #[dynamorm(raw)]
    Other(RawItem),
}

/// A fine as another program may write it: its key is a fine's, the rest is not.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "library", key(partition = "READER#{reader}", sort = "FINE#{book}"))]
pub(crate) struct ForeignFine {
    pub(crate) reader: String,
    pub(crate) book: u32,
    pub(crate) cents: String,
}
