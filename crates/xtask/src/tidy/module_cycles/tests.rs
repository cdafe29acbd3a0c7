use super::check;
use crate::tidy::fixture::problems;

/// What is wrong with a crate of these files; those in `src` go without the folder.
fn found(files: &[(&str, &str)]) -> Vec<String> {
    let paths: Vec<_> = files.iter().map(|(path, _)| format!("crates/a/src/{path}")).collect();
    let files: Vec<_> = paths.iter().zip(files).map(|(path, (_, text))| (path.as_str(), *text)).collect();
    problems(check, &files)
}

mod cycle {
    use super::found;

    #[test]
    fn of_two_siblings_is_named_with_an_arrow_each() {
        let found = found(&[
            ("lib.rs", "mod a;\nmod b;\n"),
            ("a.rs", "use crate::b::B;\npub struct A;\n"),
            ("b.rs", "pub struct B(super::a::A);\n"),
        ]);

        assert_eq!(
            found,
            ["crates/a/src/a.rs: a cycle of 2 files: a.rs names `crate::b::B` of b.rs, \
              b.rs names `super::a::A` of a.rs; move what both sides need into a file of its own"]
        );
    }

    #[test]
    fn is_seen_from_far_below_and_behind_a_feature() {
        let found = found(&[
            ("lib.rs", "mod a;\nmod t;\n"),
            ("a.rs", "#[cfg(any(test, feature = \"x\"))]\nuse crate::t::inner::T;\npub struct A;\n"),
            ("t.rs", "pub mod inner;\n"),
            ("t/inner.rs", "pub struct T(super::super::a::A);\n"),
        ]);

        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn of_three_is_one() {
        let found = found(&[
            ("main.rs", "mod a;\nmod b;\nmod c;\nfn main() { a::a() }\n"),
            ("a.rs", "pub fn a() { crate::b::b() }\n"),
            ("b.rs", "pub fn b() { println!(\"{}\", crate::c::C) }\n"),
            ("c.rs", "pub const C: u8 = 1;\nfn c() { use super::a::{a as back}; back() }\n"),
        ]);

        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("a cycle of 3 files"), "{found:?}");
    }

    #[test]
    fn through_a_parents_reexport_is_one_of_the_siblings() {
        let found = found(&[
            ("lib.rs", "mod t;\n"),
            ("t/mod.rs", "mod a;\nmod b;\npub use a::A;\npub use self::b::*;\n"),
            ("t/a.rs", "use super::B;\npub struct A(B);\n"),
            ("t/b.rs", "pub struct B(Box<crate::t::A>);\n"),
        ]);

        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("t/a.rs names `super::B` of t/b.rs"), "{found:?}");
    }

    #[test]
    fn of_a_parent_and_its_child_is_refused() {
        let imported = [
            ("lib.rs", "mod t;\n"),
            ("t.rs", "mod child;\nuse child::child;\npub fn parent() { child() }\n"),
            ("t/child.rs", "use super::parent;\npub fn child() { parent() }\n"),
        ];
        let reexported = [
            ("lib.rs", "mod t;\n"),
            ("t.rs", "mod child;\npub use child::Child;\npub struct Parent(Child);\n"),
            ("t/child.rs", "use super::Parent;\npub struct Child(Box<Parent>);\n"),
        ];

        assert_eq!(found(&imported).len(), 1);
        assert_eq!(found(&reexported).len(), 1);
    }
}

mod no_cycle {
    use super::found;

    #[test]
    fn is_in_a_parent_that_only_reexports() {
        let found = found(&[
            ("lib.rs", "mod t;\npub use t::{Base, Child};\n"),
            ("t/mod.rs", "mod child;\npub use child::Child;\npub struct Base;\n"),
            ("t/child.rs", "use super::Base;\npub struct Child(Base, Option<crate::Base>);\n"),
        ]);

        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn is_between_siblings_in_one_direction_through_the_parent() {
        let found = found(&[
            ("lib.rs", "mod t;\n"),
            ("t/mod.rs", "mod a;\nmod b;\npub use a::A;\npub use b::B;\npub struct Whole(A, B);\n"),
            ("t/a.rs", "pub struct A;\n"),
            ("t/b.rs", "use super::A;\npub enum B { Of(A) }\n"),
        ]);

        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn is_made_by_tests() {
        let found = found(&[
            ("lib.rs", "mod a;\nmod b;\nmod inner;\n"),
            ("a.rs", "pub struct A;\n#[cfg(test)]\nmod tests { use crate::b::B; }\n"),
            (
                "b.rs",
                "use crate::{a::A, inner::C};\n#[cfg(all(test, unix))]\nuse super::inner;\npub struct B(A);\n",
            ),
            ("inner.rs", "#![cfg(test)]\nuse crate::b::B;\n"),
        ]);

        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn is_within_one_file() {
        let found = found(&[(
            "lib.rs",
            "mod a { use super::b::B; pub struct A; }\nmod b { use crate::a::A; pub struct B; }\n",
        )]);

        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn is_made_by_a_variable_that_has_a_modules_name() {
        let found = found(&[
            ("lib.rs", "mod t;\n"),
            (
                "t.rs",
                "mod error;\npub use error::fail;\npub fn run(error: u8, fail: u8) -> u8 { error + fail }\n",
            ),
            ("t/error.rs", "use super::run;\npub fn fail() { run(1, 2); }\n"),
        ]);

        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn is_made_by_a_variant_that_has_another_items_name() {
        let found = found(&[
            ("lib.rs", "mod t;\nmod user;\n"),
            ("t.rs", "mod error;\npub use error::Error;\npub enum Kind { Error }\n"),
            ("t/error.rs", "pub struct Error(crate::user::User);\n"),
            ("user.rs", "pub struct User;\nconst KIND: crate::t::Kind = crate::t::Kind::Error;\n"),
        ]);

        assert!(found.is_empty(), "{found:?}");
    }
}

mod module {
    use super::{check, found, problems};

    #[test]
    fn at_a_path_of_its_own_is_read() {
        let found = found(&[
            ("lib.rs", "#[path = \"other/a.rs\"]\nmod a;\nmod b;\nextern crate self as name;\n"),
            ("other/a.rs", "use name::b::B;\npub struct A;\n"),
            ("b.rs", "use crate::a::A;\npub struct B(A);\n"),
        ]);

        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn without_a_file_leaves_the_other_crates_checked() {
        let found = problems(
            check,
            &[
                ("crates/a/src/lib.rs", "mod gone;\n"),
                ("crates/b/src/lib.rs", "mod one;\nmod two;\n"),
                ("crates/b/src/one.rs", "use crate::two::Two;\npub struct One;\n"),
                ("crates/b/src/two.rs", "use crate::one::One;\npub struct Two;\n"),
            ],
        );

        assert_eq!(
            found[0],
            "crates/a/src/lib.rs: `crates/a/src/lib.rs` declares `mod gone`, which has no file; \
             make the crate compile first"
        );
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn that_imports_in_a_circle_ends_the_search() {
        let found = found(&[
            ("lib.rs", "mod a;\nmod b;\n"),
            ("a.rs", "pub use crate::b::*;\npub fn a(_: Missing) {}\n"),
            ("b.rs", "pub use crate::a::*;\npub use self::Missing as Missing;\n"),
        ]);

        assert_eq!(found.len(), 1, "{found:?}");
    }
}
