use std::process::Command;

use anyhow::{Context as _, bail};
use serde::Deserialize;

use super::{problem::Problem, tree::Tree};

/// A crate and the crates of the workspace that it may use.
struct Layer {
    name: &'static str,
    /// In what is built and shipped.
    uses: &'static [&'static str],
    /// In its tests, beside what it uses anyway.
    tests_use: &'static [&'static str],
}

/// The layers, from the lowest to the highest. A new crate is a new line.
const LAYERS: &[Layer] = &[
    Layer { name: "dynamorm-core", uses: &[], tests_use: &[] },
    Layer { name: "dynamorm-macros", uses: &[], tests_use: &[] },
    Layer {
        name: "dynamorm-embedded",
        uses: &["dynamorm-core"],
        tests_use: &["dynamorm", "dynamorm-conformance"],
    },
    Layer { name: "dynamorm-aws", uses: &["dynamorm-core"], tests_use: &["dynamorm", "dynamorm-embedded"] },
    Layer {
        name: "dynamorm",
        uses: &["dynamorm-core", "dynamorm-macros", "dynamorm-aws", "dynamorm-embedded"],
        tests_use: &["dynamorm-conformance"],
    },
    Layer { name: "dynamorm-conformance", uses: &["dynamorm"], tests_use: &[] },
    // The core for its codec, which is measured alone.
    Layer { name: "dynamorm-bench", uses: &["dynamorm", "dynamorm-core"], tests_use: &[] },
    Layer { name: "streamer-store", uses: &["dynamorm"], tests_use: &["dynamorm-conformance"] },
    Layer { name: "streamer-client", uses: &[], tests_use: &[] },
    Layer {
        name: "streamer",
        uses: &["streamer-store", "streamer-client", "dynamorm"],
        tests_use: &["dynamorm-conformance"],
    },
    Layer { name: "streamer-fuzz", uses: &["streamer"], tests_use: &[] },
    // The other benchmark for what shows the figures.
    Layer { name: "streamer-bench", uses: &["streamer-store", "dynamorm", "dynamorm-bench"], tests_use: &[] },
    Layer { name: "xtask", uses: &[], tests_use: &[] },
];

/// Refuses crates and dependencies between crates of the workspace that [`LAYERS`] does not name.
///
/// A dependency that is allowed and absent is fine.
pub(super) fn check(tree: &Tree) -> anyhow::Result<Vec<Problem>> {
    let packages = packages(tree)?;
    let is_member = |name: &str| packages.iter().any(|package| package.name == name);
    let mut problems = Vec::new();
    for package in &packages {
        let manifest = package.manifest(tree);
        let Some(layer) = LAYERS.iter().find(|layer| layer.name == package.name) else {
            problems.push(Problem::new(
                manifest,
                format!("the crate `{}` is in no layer", package.name),
                "add it to the layers in `crates/xtask/src/tidy/crate_arrows.rs`",
            ));
            continue;
        };
        for dependency in package.dependencies.iter().filter(|dependency| is_member(&dependency.name)) {
            let name = dependency.name.as_str();
            let in_tests = dependency.kind.as_deref() == Some("dev");
            // A crate may depend on itself in its tests, to switch its own features on.
            let allowed = layer.uses.contains(&name)
                || in_tests && (layer.tests_use.contains(&name) || name == layer.name);
            if !allowed {
                let place = if in_tests { " in its tests" } else { "" };
                problems.push(Problem::new(
                    manifest.as_str(),
                    format!("`{}` must not use `{name}`{place}", layer.name),
                    "a layer uses only those below it: move what is needed down",
                ));
            }
        }
    }
    Ok(problems)
}

/// What `cargo metadata` says of the workspace, as far as it matters here.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    /// The package's name, also where the dependency is renamed.
    name: String,
    /// `dev` or `build`; nothing for a normal one.
    kind: Option<String>,
}

impl Package {
    /// The manifest's path from the root.
    fn manifest(&self, tree: &Tree) -> String {
        let root = tree.root().to_string_lossy();
        let path = self.manifest_path.strip_prefix(root.as_ref()).unwrap_or(&self.manifest_path);
        path.trim_start_matches(['/', '\\']).replace('\\', "/")
    }
}

/// The packages of the workspace. No request: dependencies are not resolved.
fn packages(tree: &Tree) -> anyhow::Result<Vec<Package>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(tree.root())
        .output()
        .context("cargo does not start; is it in the PATH?")?;
    if !output.status.success() {
        bail!("`cargo metadata` fails: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let metadata: Metadata =
        serde_json::from_slice(&output.stdout).context("`cargo metadata` answers strangely")?;
    Ok(metadata.packages)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::fixture::problems;

    const WORKSPACE: (&str, &str) =
        ("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n");

    fn manifest(name: &str, dependencies: &str) -> String {
        format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n{dependencies}")
    }

    /// What is wrong with a workspace of `used` and of `name`, which depends on it under this heading.
    fn found(name: &str, heading: &str, used: &str) -> Vec<String> {
        let dependency = format!("{heading}\nother-name = {{ package = \"{used}\", path = \"../used\" }}\n");
        problems(
            check,
            &[
                WORKSPACE,
                ("crates/used/Cargo.toml", &manifest(used, "")),
                ("crates/used/src/lib.rs", ""),
                ("crates/user/Cargo.toml", &manifest(name, &dependency)),
                ("crates/user/src/lib.rs", ""),
            ],
        )
    }

    mod arrow {
        use super::*;

        #[test]
        fn down_is_allowed() {
            assert_eq!(found("dynamorm-embedded", "[dependencies]", "dynamorm-core"), [""; 0]);
        }

        #[test]
        fn outside_the_table_is_refused() {
            assert_eq!(
                found("dynamorm-macros", "[dependencies]", "dynamorm-core"),
                ["crates/user/Cargo.toml: `dynamorm-macros` must not use `dynamorm-core`; \
                  a layer uses only those below it: move what is needed down"]
            );
            assert_eq!(found("dynamorm-macros", "[build-dependencies]", "dynamorm-core").len(), 1);
        }

        #[test]
        fn of_tests_has_a_table_of_its_own() {
            assert_eq!(found("dynamorm", "[dev-dependencies]", "dynamorm-conformance"), [""; 0]);
            assert_eq!(found("dynamorm", "[dependencies]", "dynamorm-conformance").len(), 1);
            assert_eq!(found("streamer", "[dev-dependencies]", "dynamorm-core").len(), 1);
        }
    }

    mod layer {
        use super::*;

        #[test]
        fn is_missed_for_an_unlisted_crate() {
            let found = problems(
                check,
                &[
                    WORKSPACE,
                    ("crates/new/Cargo.toml", &manifest("dynamorm-new", "")),
                    ("crates/new/src/lib.rs", ""),
                ],
            );

            assert_eq!(
                found,
                ["crates/new/Cargo.toml: the crate `dynamorm-new` is in no layer; \
                  add it to the layers in `crates/xtask/src/tidy/crate_arrows.rs`"]
            );
        }

        #[test]
        fn uses_only_layers_that_stand_before_it() {
            for (index, layer) in LAYERS.iter().enumerate() {
                for name in layer.uses {
                    let position = LAYERS.iter().position(|other| other.name == *name);

                    assert!(position.is_some_and(|position| position < index), "{} uses {name}", layer.name);
                }
            }
        }
    }
}
