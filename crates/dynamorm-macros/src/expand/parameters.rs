use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{
    Generics, PredicateType, Token, Type, TypeParamBound, WherePredicate, parse_quote, punctuated::Punctuated,
};

/// The generic parameters of a derived type, as the generated code needs them.
pub(super) struct Parameters {
    /// With all bounds: for impls, and for types whose fields need them.
    bounded: Generics,
    /// Without bounds: for the types that only stand for something.
    bare: Generics,
}

impl Parameters {
    /// The parameters of `generics`, every type among them bounded by `bounds` too.
    pub(super) fn of(generics: &Generics, bounds: &Punctuated<TypeParamBound, Token![+]>) -> Self {
        let mut bare = generics.clone();
        bare.where_clause = None;
        for parameter in bare.type_params_mut() {
            parameter.bounds.clear();
            parameter.colon_token = None;
            parameter.default = None;
        }
        for parameter in bare.const_params_mut() {
            parameter.default = None;
        }

        let mut bounded = generics.clone();
        for parameter in bounded.type_params_mut() {
            parameter.bounds.extend(bounds.iter().cloned());
            parameter.colon_token = Some(parse_quote!(:));
            parameter.default = None;
        }
        for parameter in bounded.const_params_mut() {
            parameter.default = None;
        }
        inline_where_clause(&mut bounded);
        Self { bounded, bare }
    }

    /// `<T: Bound>`, `<T>` and `where …` of an impl.
    pub(super) fn split(&self) -> (impl ToTokens, impl ToTokens, impl ToTokens) {
        self.bounded.split_for_impl()
    }

    /// `T: Bound`: the parameters of an impl without `<>`, for a macro or to add one.
    pub(super) fn inner(&self) -> TokenStream {
        self.bounded.params.to_token_stream()
    }

    /// The bounds that stand in `where`.
    pub(super) fn predicates(&self) -> impl Iterator<Item = &WherePredicate> {
        self.bounded.where_clause.iter().flat_map(|clause| &clause.predicates)
    }

    /// `<T>`: the parameters of a declaration without bounds.
    pub(super) fn bare(&self) -> TokenStream {
        self.bare.split_for_impl().0.to_token_stream()
    }

    /// `<T>`: the arguments of a type.
    pub(super) fn arguments(&self) -> TokenStream {
        self.bounded.split_for_impl().1.to_token_stream()
    }

    /// The type of a field that uses the type parameters, if there are any.
    pub(super) fn phantom(&self) -> Option<TokenStream> {
        let mut names = self.bare.type_params().map(|parameter| &parameter.ident).peekable();
        names.peek()?;
        Some(quote!(::core::marker::PhantomData<fn() -> (#(#names,)*)>))
    }

    /// Whether there are no parameters at all.
    pub(super) fn is_empty(&self) -> bool {
        self.bare.params.is_empty()
    }
}

/// Moves what `where` says of a parameter to the parameter, for a macro takes no `where`.
fn inline_where_clause(generics: &mut Generics) {
    let Some(mut clause) = generics.where_clause.take() else { return };
    for predicate in std::mem::take(&mut clause.predicates) {
        let parameter = match &predicate {
            WherePredicate::Type(PredicateType { bounded_ty: Type::Path(bounded), .. }) => {
                generics.type_params_mut().find(|parameter| bounded.path.is_ident(&parameter.ident))
            }
            _ => None,
        };
        match (parameter, predicate) {
            (Some(parameter), WherePredicate::Type(predicate)) if predicate.lifetimes.is_none() => {
                parameter.bounds.extend(predicate.bounds);
            }
            (_, predicate) => clause.predicates.push(predicate),
        }
    }
    if !clause.predicates.is_empty() {
        generics.where_clause = Some(clause);
    }
}
