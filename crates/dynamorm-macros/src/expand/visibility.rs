use syn::{Visibility, parse_quote};

/// The visibility of what is generated for a field: that of the field, but not beyond its struct's.
pub(super) fn of_field<'a>(of_struct: &'a Visibility, of_field: &'a Visibility) -> &'a Visibility {
    match of_field {
        Visibility::Public(_) => of_struct,
        Visibility::Restricted(_) | Visibility::Inherited => of_field,
    }
}

/// The same visibility, written one module further in.
pub(super) fn one_module_in(visibility: &Visibility) -> Visibility {
    match visibility {
        Visibility::Public(_) => visibility.clone(),
        Visibility::Inherited => parse_quote!(pub(super)),
        Visibility::Restricted(restricted) => {
            let path = &restricted.path;
            match path.segments.first() {
                Some(first) if first.ident == "self" => parse_quote!(pub(super)),
                Some(first) if first.ident == "super" => parse_quote!(pub(in super::#path)),
                Some(_) | None => visibility.clone(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;

    use super::*;

    #[test]
    fn of_a_field_stays_within_its_struct() {
        let (public, within): (Visibility, Visibility) = (parse_quote!(pub), parse_quote!(pub(crate)));

        assert_eq!(of_field(&within, &public), &within);
        assert_eq!(of_field(&public, &within), &within);
        assert_eq!(of_field(&public, &Visibility::Inherited), &Visibility::Inherited);
    }

    #[test]
    fn one_module_in_reaches_as_far_as_before() {
        let moved = |visibility: Visibility| one_module_in(&visibility).to_token_stream().to_string();

        assert_eq!(moved(parse_quote!(pub)), "pub");
        assert_eq!(moved(parse_quote!(pub(crate))), "pub (crate)");
        assert_eq!(moved(Visibility::Inherited), "pub (super)");
        assert_eq!(moved(parse_quote!(pub(super))), "pub (in super :: super)");
        assert_eq!(moved(parse_quote!(pub(in super::super))), "pub (in super :: super :: super)");
    }
}
