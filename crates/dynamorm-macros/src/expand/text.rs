use std::fmt::Write;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::names::type_as;
use crate::model::{Model, Template, TemplatePart};

/// A JSON string, for names that are written into the generated code.
pub(super) fn json(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => json.extend(['\\', character]),
            control if control < ' ' => {
                // Writing to a `String` cannot fail.
                let _ = write!(json, "\\u{:04x}", u32::from(control));
            }
            other => json.push(other),
        }
    }
    json.push('"');
    json
}

/// The variable that a template is joined into, out of the way of a field called `text`.
pub(super) fn variable() -> Ident {
    Ident::new("text", Span::mixed_site())
}

/// Where the values are that a template joins.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// In the fields of `self`.
    Fields,
    /// In arguments that are called as the fields are. A part that may be absent is asked for itself.
    Arguments,
}

/// Joins the template's parts into [`variable`].
pub(super) fn join(model: &Model, template: &Template, place: Place, private: &TokenStream) -> TokenStream {
    let text = variable();
    let parts = template.parts.iter().map(|part| match part {
        TemplatePart::Literal(literal) => quote!(#text.push_str(#literal);),
        TemplatePart::Field(field) => {
            let field = model.field(*field);
            let ident = &field.ident;
            let (ty, value) = match place {
                Place::Fields => (&field.ty, quote!(self.#ident)),
                Place::Arguments => (field.type_without_option(), quote!(#ident)),
            };
            let as_text = type_as(ty, &quote!(#private::key::KeyText));
            quote!(#as_text::write_key_text(&#value, &mut #text);)
        }
    });
    let capacity = capacity(template);
    quote! {
        #text.reserve(#capacity);
        #(#parts)*
    }
}

/// Room for a template's text, so that it rarely has to grow.
pub(super) fn capacity(template: &Template) -> usize {
    /// An id such as a UUID fits.
    const OF_A_FIELD: usize = 40;

    let of_part = |part: &TemplatePart| match part {
        TemplatePart::Literal(literal) => literal.len(),
        TemplatePart::Field(_) => OF_A_FIELD,
    };
    template.parts.iter().map(of_part).sum()
}

/// Writes the member of a template whose parts are always there, after `before`: a comma or a brace.
pub(super) fn encode_template(
    model: &Model,
    template: &Template,
    before: &str,
    private: &TokenStream,
) -> TokenStream {
    let name = json(&template.attribute);
    if let [TemplatePart::Literal(literal)] = template.parts.as_slice() {
        let member = format!("{before}{name}:{{\"S\":{}}}", json(literal));
        return quote!(writer.raw(#member););
    }

    let text = variable();
    let join = join(model, template, Place::Fields, private);
    let prefix = format!("{before}{name}:");
    quote! {
        let mut #text = writer.lend_text();
        #join
        writer.raw(#prefix);
        writer.string(&#text);
        writer.take_back(#text);
    }
}

#[cfg(test)]
mod tests {
    use super::json;

    #[test]
    fn escapes_what_json_does() {
        assert_eq!(json("a\"b\\c\nd é"), r#""a\"b\\c\u000ad é""#);
    }
}
