//! Typed paths, conditions and values, rendered to expressions with placeholders.
//!
//! All expressions of a request share one [`Placeholders`], so that no two of them can use one placeholder for
//! different values. Names are always placeholders too: no reserved word can be met.

mod comparison;
mod condition;
mod filter;
mod function;
mod operand;
mod path;
mod placeholders;
mod settable;
mod sort_key;

pub use comparison::{Between, Comparison, InList};
pub use condition::{And, Condition, Not, Or, Precedence};
pub use filter::{Filter, FilterOn};
pub use function::{AttributeType, BeginsWith, Contains, ContainsElement, Exists, HasPrefix};
pub use operand::{KeyOperand, Operand};
pub use path::{AtIndex, Entry, Nested, Optional, Path, Presence, Required, Size};
pub use placeholders::Placeholders;
pub use settable::{
    Addable, Holds, Keyed, Listed, Mutable, Number, PartsInHand, Rekeyable, Removable, RemovableValue, SetValue,
    Settable, SettableWith, WholeGroups,
};
pub use sort_key::{KeyCondition, QueryKey, SortKey, SortOperator, TemplateSortKey};
