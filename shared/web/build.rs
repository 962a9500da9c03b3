//! Builds the stylesheet from the NHS.UK frontend's Sass, as npm has it at the version of `styles/package-lock.json`.
//!
//! Everything happens in Cargo's output folder; npm is asked again only when the lock file has changed.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;
use std::process::Command;
use std::{env, fs};

const SOURCES: [&str; 4] = ["package.json", "package-lock.json", "build.mjs", "lectern.scss"];
/// The lock file that the installed packages are of.
const INSTALLED: &str = "installed.json";

#[expect(clippy::disallowed_methods, reason = "Cargo tells a build script by its environment where to write")]
fn main() {
    for source in SOURCES {
        println!("cargo::rerun-if-changed=styles/{source}");
    }
    println!("cargo::rerun-if-changed=build.rs");
    let styles = Path::new(env!("CARGO_MANIFEST_DIR")).join("styles");
    // Cargo sets it for every build script.
    let folder = Path::new(&env::var("OUT_DIR").expect("an output folder")).join("styles");
    fs::create_dir_all(&folder).expect("the output folder can be written to");
    for source in SOURCES {
        fs::copy(styles.join(source), folder.join(source)).expect("a source can be copied");
    }
    install(&folder);
    run("node", &["build.mjs", "lectern.scss", "."], &folder);
    let stylesheet = fs::read(folder.join("lectern.css")).expect("node has written the stylesheet");
    println!("cargo::rustc-env=STYLES={}", folder.display());
    println!("cargo::rustc-env=STYLESHEET_FINGERPRINT={:016x}", fingerprint(&stylesheet));
}

/// Installs what the lock file names, unless that is what is there.
fn install(folder: &Path) {
    let lock = fs::read(folder.join("package-lock.json")).expect("the lock file was copied");
    if fs::read(folder.join(INSTALLED)).is_ok_and(|installed| installed == lock) {
        return;
    }
    let options = ["ci", "--ignore-scripts", "--omit=optional", "--prefer-offline", "--no-audit", "--no-fund"];
    run("npm", &options, folder);
    fs::write(folder.join(INSTALLED), lock).expect("the output folder can be written to");
}

fn run(program: &str, arguments: &[&str], folder: &Path) {
    let output = Command::new(program).args(arguments).current_dir(folder).output().unwrap_or_else(|error| {
        panic!(
            "{program} could not be started ({error}). Lectern's stylesheet is built from the NHS.UK frontend: \
             install Node.js 20.11 or newer with npm, and build again."
        )
    });
    assert!(
        output.status.success(),
        "`{program} {}` failed. npm needs its registry once, to fetch the NHS.UK frontend.\n{}{}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Changes with the stylesheet, so that browsers may keep it for ever under the name that bears it.
fn fingerprint(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}
