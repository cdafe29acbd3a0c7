use syn::Generics;

use crate::errors::Errors;

/// Reports what a type borrows.
pub(super) fn refuse_lifetimes(generics: &Generics, errors: &mut Errors) {
    for lifetime in generics.lifetimes() {
        errors.at(
            lifetime,
            "a stored type owns its data: it is read from a response that is gone; use `String` or `Vec` \
             instead of what is borrowed",
        );
    }
}
