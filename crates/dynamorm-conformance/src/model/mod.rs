//! The models that the claims are made of, one file each.

mod account;
mod article;
mod blob;
mod collections;
mod event;
mod keys_only;
mod library;
mod narrow;
mod order;
mod pair;
pub(crate) mod paper;
mod profile;
mod reading;
mod renamed;
mod reservation;
mod scalars;
mod session;
mod setting;
mod ticket;

pub(crate) use account::Account;
pub(crate) use article::{Article, Details, Ending, Offer, Price, Remark};
pub(crate) use blob::{Blob, Length};
pub(crate) use collections::{Collections, texts};
pub(crate) use event::Event;
pub(crate) use keys_only::KeysOnly;
pub(crate) use library::{
    Entry, Fine, FineNote, ForeignFine, Hold, Keeping, Lenient, Loan, LoanNote, Reader, Stay, Strict, Visit,
};
pub(crate) use narrow::{Narrow, Wide};
pub(crate) use order::{Order, OrderLine, OrderTenantIdAndRegion, Status};
pub(crate) use pair::Pair;
pub(crate) use profile::{Address, Contact, Profile, Tier};
pub(crate) use reading::Reading;
pub(crate) use renamed::Renamed;
pub(crate) use reservation::Reservation;
pub(crate) use scalars::Scalars;
pub(crate) use session::Session;
pub(crate) use setting::Setting;
pub(crate) use ticket::{Ticket, Title};
