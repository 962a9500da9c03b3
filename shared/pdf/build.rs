//! Fetches the fonts: Noto, under the Open Font License, from npm at the versions and checksums of the lock file.
//! They are not kept in this repository.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Each family's package, and the weights that are used of it. In the order in which a missing letter is looked for.
const FONTS: [(&str, &str, &[&str]); 16] = [
    ("noto-sans", "NotoSans", &["400Regular", "700Bold"]),
    ("noto-sans-bengali", "NotoSansBengali", &["700Bold"]),
    ("noto-naskh-arabic", "NotoNaskhArabic", &["700Bold"]),
    ("noto-sans-hebrew", "NotoSansHebrew", &["700Bold"]),
    ("noto-sans-devanagari", "NotoSansDevanagari", &["700Bold"]),
    ("noto-sans-gujarati", "NotoSansGujarati", &["700Bold"]),
    ("noto-sans-gurmukhi", "NotoSansGurmukhi", &["700Bold"]),
    ("noto-sans-tamil", "NotoSansTamil", &["700Bold"]),
    ("noto-sans-telugu", "NotoSansTelugu", &["700Bold"]),
    ("noto-sans-kannada", "NotoSansKannada", &["700Bold"]),
    ("noto-sans-malayalam", "NotoSansMalayalam", &["700Bold"]),
    ("noto-sans-sinhala", "NotoSansSinhala", &["700Bold"]),
    ("noto-sans-thai", "NotoSansThai", &["700Bold"]),
    ("noto-sans-ethiopic", "NotoSansEthiopic", &["700Bold"]),
    ("noto-sans-georgian", "NotoSansGeorgian", &["700Bold"]),
    ("noto-sans-armenian", "NotoSansArmenian", &["700Bold"]),
];

/// What npm is asked with.
const FILES: [&str; 2] = ["package.json", "package-lock.json"];

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo sets OUT_DIR"));
    for file in FILES {
        println!("cargo::rerun-if-changed=fonts/{file}");
        fs::copy(Path::new("fonts").join(file), out.join(file)).expect("the lock file is copied");
    }
    fetch(&out);
    let files = FONTS.iter().flat_map(|(package, family, weights)| {
        let file = move |weight| format!("@expo-google-fonts/{package}/{weight}/{family}_{weight}.ttf");
        weights.iter().map(file)
    });
    let lines: Vec<String> = files.map(|file| included(&out.join("node_modules").join(file))).collect();
    fs::write(out.join("fonts.rs"), format!("&[\n{}]", lines.concat())).expect("the list of fonts is written");
}

/// A line of the list of fonts.
fn included(file: &Path) -> String {
    assert!(file.exists(), "npm fetched no {}", file.display());
    format!("    include_bytes!({:?}),\n", file.display().to_string())
}

/// Runs npm, unless what it would fetch is there.
fn fetch(out: &Path) {
    let done = out.join("fetched-package-lock.json");
    let wanted = fs::read(out.join("package-lock.json")).expect("the lock file reads");
    if fs::read(&done).is_ok_and(|fetched| fetched == wanted) {
        return;
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
    let status = Command::new(npm).args(arguments).current_dir(out).status();
    let status =
        status.expect("npm, which comes with Node.js, fetches the fonts of certificates: it must be installed");
    assert!(status.success(), "npm could not fetch the fonts of certificates");
    fs::write(done, wanted).expect("what was fetched is noted");
}
