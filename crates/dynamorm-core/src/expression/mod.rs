//! Typed paths, conditions and values, rendered to expressions with placeholders.
//!
//! All expressions of a request share one [`Placeholders`], so that no two of them can use one placeholder for
//! different values. Names are always placeholders too: no reserved word can be met.

mod absence;
mod compared;
mod comparison;
mod condition;
mod filter;
mod filter_on;
mod fluent;
mod function;
mod key_condition;
mod operand;
mod path;
mod placeholders;
mod presence;
mod projection;
mod settable;
mod sort_key;
mod template_sort_key;
mod value;
mod value_kind;
mod whole_partition;

pub use absence::Absence;
pub use compared::{Compared, Size};
pub use comparison::{Between, Comparison, InList};
pub use condition::{And, Condition, Not, Or, Precedence};
pub use filter::Filter;
pub use filter_on::FilterOn;
pub use fluent::PathConditions;
pub use function::{AttributeType, BeginsWith, Contains, Exists};
pub use key_condition::{KeyCondition, QueryKey};
pub use operand::{Assignable, KeyOperand, NoModel, Operand, ValueOperand};
pub use path::{AtIndex, Entry, Nested, Path};
pub use placeholders::Placeholders;
pub use presence::{Fixed, Optional, Presence, Required};
pub use projection::projection;
pub use settable::{
    Mutable, PartsInHand, Rekeyable, Removable, RemovableValue, Settable, SettableWith, WholeGroups,
};
pub use sort_key::SortKey;
pub use template_sort_key::{AfterField, GoesOn, SortKeyStart, TemplateSortKey};
pub use value_kind::{
    Addable, ContainsElement, Growable, HasPrefix, Holds, Keyed, ListElement, Listed, Number, SetValue,
};
pub use whole_partition::WholePartition;
