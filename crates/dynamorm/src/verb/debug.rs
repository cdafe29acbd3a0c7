/// Writes `Debug` for a builder: its name alone, since it holds what will be stored.
macro_rules! builder_debug {
    ([$($generics:tt)*] $name:ident<$($parameters:tt)*) => {
        impl<$($generics)*> ::std::fmt::Debug for $name<$($parameters)* {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}
