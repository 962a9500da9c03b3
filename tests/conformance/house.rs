//! The house's invariants about itself: who may depend on what, and who may name what.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Names of everything a package is built from.
fn built_from(package: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--edges", "normal", "--prefix", "none", "--package", package])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).expect("text");
    lines.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

fn functions() -> Vec<String> {
    let folder = fs::read_dir(root().join("functions")).expect("functions");
    let mut names: Vec<String> =
        folder.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Every Rust file under a folder, with its text.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((path.clone(), fs::read_to_string(&path).expect("text")));
        }
    }
    found
}

fn naming(folders: &[&str], words: &[&str]) -> Vec<String> {
    let files = folders.iter().flat_map(|folder| sources(&root().join(folder)));
    let names = |(path, text): (PathBuf, String)| {
        let word = words.iter().find(|word| text.contains(**word))?;
        Some(format!("{} names {word}", path.display()))
    };
    files.filter_map(names).collect()
}

#[test]
fn the_domain_is_built_from_nothing_that_waits_or_listens() {
    let built = built_from("domain");
    assert!(built.contains("jiff"), "the tree was read");
    let barred = |name: &&String| ["tokio", "axum", "hyper"].contains(&name.as_str()) || name.starts_with("aws");
    assert_eq!(built.iter().filter(barred).collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn no_function_depends_on_another_and_none_on_the_engine() {
    let functions = functions();
    assert!(functions.len() >= 6, "{functions:?}");
    for function in &functions {
        let built = built_from(function);
        let others = functions.iter().filter(|other| *other != function && built.contains(*other));
        assert_eq!(others.collect::<Vec<_>>(), Vec::<&String>::new(), "{function}");
        for barred in ["dynoxide-rs", "rusqlite", "local"] {
            assert!(!built.contains(barred), "{function} is built from {barred}");
        }
    }
}

#[test]
fn each_room_names_only_its_own_things() {
    let functions = ["functions"];
    assert_eq!(naming(&functions, &["AttributeValue", "aws_sdk_", "StatusCode", "/_local"]), Vec::<String>::new());
    assert_eq!(naming(&["shared/domain", "shared/mail", "shared/web"], &["AttributeValue"]), Vec::<String>::new());
    assert_eq!(
        naming(&["shared/domain", "shared/mail", "shared/store", "shared/app"], &["StatusCode"]),
        Vec::<String>::new()
    );
    assert_eq!(naming(&["shared"], &["/_local", "dynoxide"]), Vec::<String>::new());
}

#[test]
fn files_have_one_subject() {
    for folder in ["src", "shared", "functions", "infra", "tests"] {
        for (path, text) in sources(&root().join(folder)) {
            let lines = text.lines().count();
            assert!(lines <= 500, "{} has {lines} lines", path.display());
        }
    }
}
