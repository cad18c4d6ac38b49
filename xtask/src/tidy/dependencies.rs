//! The rules of dependencies: which of our crates may depend on which, and that each crate of others is explained.
//! The edges carry guarantees: code that a crate cannot reach, it cannot call.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Finding, tree::Tree};
use crate::process;

/// Where each crate of others has its row.
const EXPLANATIONS: &str = "docs/ARCHITECTURE.md";

/// What one of our crates may depend on, of ours.
struct Rule {
    package: &'static str,
    /// In the crate itself.
    normal: &'static [&'static str],
    /// In its tests, beyond that.
    tests: &'static [&'static str],
}

/// Every crate of ours. Dependencies point downwards only; a test may look across.
const RULES: [Rule; 10] = [
    Rule { package: "papo-proto", normal: &[], tests: &[] },
    Rule { package: "papo-log", normal: &[], tests: &["papo-proto", "papo-torture"] },
    Rule { package: "papo-words", normal: &[], tests: &[] },
    Rule { package: "papo-client", normal: &["papo-proto", "papo-words"], tests: &[] },
    Rule {
        package: "papo-server",
        normal: &["papo-log", "papo-proto", "papo-words"],
        tests: &["papo-client", "papo-torture"],
    },
    Rule { package: "papo-torture", normal: &["papo-client", "papo-proto"], tests: &[] },
    Rule {
        package: "papo-bench",
        normal: &["papo-client", "papo-proto", "papo-server", "papo-words"],
        tests: &[],
    },
    // The window opens a room in its own process when it is asked to.
    Rule {
        package: "papo-desktop",
        normal: &["papo-client", "papo-proto", "papo-server", "papo-words"],
        tests: &[],
    },
    Rule {
        package: "papo",
        normal: &[
            "papo-bench",
            "papo-client",
            "papo-desktop",
            "papo-log",
            "papo-proto",
            "papo-server",
            "papo-words",
        ],
        tests: &["papo-torture"],
    },
    Rule { package: "xtask", normal: &[], tests: &[] },
];

/// One of our packages with what it depends on.
pub(super) struct Package {
    name: String,
    /// The path of its manifest, from the root.
    manifest: String,
    dependencies: Vec<Dependency>,
}

/// One dependency of one of our packages.
struct Dependency {
    name: String,
    is_ours: bool,
    is_for_tests: bool,
}

/// Asks cargo for our packages and what they depend on, on every platform.
///
/// # Errors
/// Says why cargo did not answer, or what in its answer was not understood.
pub(super) fn metadata() -> Result<Vec<Package>, String> {
    let mut command = process::cargo();
    command.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]);
    parse(&process::read(&mut command)?)
}

/// Every edge between our crates that no rule allows.
pub(super) fn edges(packages: &[Package], tree: &Tree) -> Vec<Finding> {
    packages.iter().flat_map(|package| check_edges(package, tree)).collect()
}

/// Every crate of others that has no row in the explanations, at the first of our crates that uses it.
pub(super) fn explained(packages: &[Package], tree: &Tree) -> Vec<Finding> {
    let rows: Vec<&str> = tree
        .text(EXPLANATIONS)
        .unwrap_or("")
        .lines()
        .filter(|line| line.trim_start().starts_with('|'))
        .collect();
    let mut users = BTreeMap::new();
    for package in packages {
        for dependency in package.dependencies.iter().filter(|dependency| !dependency.is_ours) {
            users.entry(dependency.name.as_str()).or_insert(package);
        }
    }
    users.retain(|name, _| !rows.iter().any(|row| row.contains(&format!("`{name}`"))));
    let finding = |(name, package): (&str, &Package)| {
        let text =
            format!("`{name}` has no row in {EXPLANATIONS}: say there what it is for, or do without it");
        Finding::new(&package.manifest, line_of(tree, &package.manifest, name), text)
    };
    users.into_iter().map(finding).collect()
}

fn check_edges(package: &Package, tree: &Tree) -> Vec<Finding> {
    let Package { name, manifest, dependencies } = package;
    let Some(rule) = RULES.iter().find(|rule| rule.package == name) else {
        let text = format!("no rule says what `{name}` may depend on: add one to RULES in {}", file!());
        return vec![Finding::new(manifest, 1, text.replace('\\', "/"))];
    };
    let is_allowed = |dependency: &&Dependency| {
        let used = dependency.name.as_str();
        // A crate's own tests may name it again, to build it otherwise.
        rule.normal.contains(&used) || dependency.is_for_tests && (rule.tests.contains(&used) || used == name)
    };
    let forbidden = dependencies.iter().filter(|dependency| dependency.is_ours && !is_allowed(dependency));
    let finding = |Dependency { name: used, .. }: &Dependency| {
        let text =
            format!("`{name}` must not depend on `{used}`: move what it needs to where both may reach it");
        Finding::new(manifest, line_of(tree, manifest, used), text)
    };
    forbidden.map(finding).collect()
}

/// The line of a manifest that begins with the dependency's name; 1 if none does.
fn line_of(tree: &Tree, manifest: &str, dependency: &str) -> usize {
    let is_named =
        |line: &str| line.strip_prefix(dependency).is_some_and(|rest| rest.starts_with(['.', ' ', '=']));
    tree.text(manifest).and_then(|text| text.lines().position(is_named)).map_or(1, |index| index + 1)
}

/// Understands what `cargo metadata` printed.
fn parse(metadata: &str) -> Result<Vec<Package>, String> {
    let not_understood = || "the answer of `cargo metadata` was not understood".to_owned();
    let metadata: Value =
        serde_json::from_str(metadata).map_err(|error| format!("cargo metadata: {error}"))?;
    let root = metadata["workspace_root"].as_str().ok_or_else(not_understood)?;
    let packages = metadata["packages"].as_array().ok_or_else(not_understood)?;
    packages.iter().map(|package| parse_package(package, root).ok_or_else(not_understood)).collect()
}

fn parse_package(package: &Value, root: &str) -> Option<Package> {
    let manifest = package["manifest_path"].as_str()?.strip_prefix(root)?.replace('\\', "/");
    let dependencies = package["dependencies"].as_array()?.iter().map(parse_dependency);
    Some(Package {
        name: package["name"].as_str()?.to_owned(),
        manifest: manifest.trim_start_matches('/').to_owned(),
        dependencies: dependencies.collect::<Option<_>>()?,
    })
}

fn parse_dependency(dependency: &Value) -> Option<Dependency> {
    Some(Dependency {
        name: dependency["name"].as_str()?.to_owned(),
        is_ours: !dependency["path"].is_null(),
        is_for_tests: dependency["kind"] == "dev",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A package `name` in `crates/name` with one dependency, as `cargo metadata` prints it.
    fn package(name: &str, dependency: &str, kind: &str) -> Vec<Package> {
        let path = if dependency.starts_with("papo") { "\"somewhere\"" } else { "null" };
        let text = format!(
            r#"{{"workspace_root":"/p","packages":[{{"name":"{name}","manifest_path":"/p/crates/{name}/Cargo.toml",
            "dependencies":[{{"name":"{dependency}","kind":{kind},"path":{path}}}]}}]}}"#
        );
        parse(&text).unwrap()
    }

    fn forbids(name: &str, dependency: &str, kind: &str) -> bool {
        !edges(&package(name, dependency, kind), &Tree::new([])).is_empty()
    }

    #[test]
    fn dependencies_point_downwards() {
        assert!(!forbids("papo-server", "papo-proto", "null"));
        assert!(!forbids("papo", "papo-server", "null"));
        assert!(!forbids("papo-proto", "serde", "null"));
        assert!(forbids("papo-proto", "papo-log", "null"));
        assert!(forbids("papo-client", "papo-server", "null"));
        assert!(forbids("xtask", "papo", "null"));
    }

    #[test]
    fn tests_of_the_server_may_use_the_client_and_the_server_may_not() {
        assert!(!forbids("papo-server", "papo-client", "\"dev\""));
        assert!(forbids("papo-server", "papo-client", "null"));
        assert!(forbids("papo-server", "papo-client", "\"build\""));
    }

    #[test]
    fn a_crate_without_a_rule_is_found() {
        assert!(forbids("papo-new", "serde", "null"));
    }

    #[test]
    fn a_crate_of_others_needs_a_row_of_a_table() {
        let manifest =
            ("crates/papo-log/Cargo.toml".to_owned(), b"[dependencies]\nserde.workspace = true\n".to_vec());
        let found = |explanations: &str| {
            let document = (EXPLANATIONS.to_owned(), explanations.as_bytes().to_vec());
            explained(&package("papo-log", "serde", "null"), &Tree::new([manifest.clone(), document]))
        };
        assert_eq!(found("| `serde` | reads JSON |\n"), []);
        let findings = found("`serde` reads JSON\n| `serde_json` | JSON |\n");
        assert_eq!((findings.len(), findings[0].line), (1, 2));
        assert_eq!(findings[0].path, "crates/papo-log/Cargo.toml");
    }

    #[test]
    fn our_own_crates_need_no_row() {
        assert_eq!(explained(&package("papo", "papo-log", "null"), &Tree::new([])), []);
    }

    #[test]
    fn an_answer_that_is_not_understood_is_an_error() {
        assert!(parse("{}").is_err());
        assert!(parse("no JSON").is_err());
    }
}
