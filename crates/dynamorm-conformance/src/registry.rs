//! How cases are named and listed.

use dynamorm::{
    Db, Error,
    transport::{BoxFuture, Capability},
};

/// What a case gives: an error that it did not expect fails it, as a failed assertion does.
pub(crate) type Outcome = Result<(), Error>;

/// One claim about an engine.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    pub(crate) module: &'static str,
    pub(crate) function: &'static str,
    /// The part of DynamoDB that the claim is about, where not every engine has it.
    pub(crate) needs: Option<Capability>,
    pub(crate) run: fn(Db) -> BoxFuture<'static, Outcome>,
}

impl Case {
    /// The file and the claim, such as `put_item::create_refuses_an_item_that_exists`.
    pub(crate) fn name(&self) -> String {
        let file = self.module.rsplit("::").next().unwrap_or(self.module);
        format!("{file}::{}", self.function)
    }
}

/// Lists the cases of a file; one that is left out is a function that nothing calls, which the compiler reports.
macro_rules! cases {
    ($($function:ident $(needs $capability:ident)?),+ $(,)?) => {
        pub(super) const CASES: &[$crate::registry::Case] = &[$(
            $crate::registry::Case {
                module: module_path!(),
                function: stringify!($function),
                needs: $crate::registry::cases!(@needs $($capability)?),
                run: |db| Box::pin($function(db)),
            }
        ),+];
    };
    (@needs) => { None };
    (@needs $capability:ident) => { Some(dynamorm::transport::Capability::$capability) };
}

pub(crate) use cases;
