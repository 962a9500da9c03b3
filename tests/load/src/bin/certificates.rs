//! Measures what certificates cost: `cargo run --release -p load --bin certificates`.
//!
//! Three hundred people of one event get their page, each with its credential attached, on one thread; the first of them
//! in a process that has made none before. Seconds are of CPU, so that a busy machine says the same as a quiet one.

use std::fs;

use jiff::civil::date;
use pdf::{Attachment, Certificate};

const PEOPLE: usize = 300;
/// As large as a credential with both of its proofs is.
const CREDENTIAL_BYTES: usize = 4_500;
/// Names in the scripts that an event's people write theirs in.
const NAMES: [&str; 6] = [
    "Amina Begum",
    "Siân Llywelyn O’Connor",
    "Nguyễn Thị Thuỳ Dương",
    "মোহাম্মদ আব্দুল করিম চৌধুরী",
    "فاطمة الزهراء بنت محمد",
    "Wolfeschlegelsteinhausenbergerdorff von der Hohenlohe-Langenburg, Maria Anna Elisabeth",
];

#[expect(clippy::print_stdout, reason = "a report on the terminal is what this program is for")]
fn main() {
    let before = cpu();
    let mut bytes = print(0);
    let first = cpu();
    println!("the first certificate of a process: {:.0} ms of CPU, {bytes} bytes", (first - before) * 1e3);
    for number in 1..PEOPLE {
        bytes += print(number);
    }
    let rest = cpu() - first;
    let count = u32::try_from(PEOPLE - 1).map(f64::from).unwrap_or_default();
    println!("the others: {:.0} a second of CPU, {} KiB each", count / rest, bytes / PEOPLE / 1_024);
    println!("{} MiB resident at most", resident_most());
}

/// One person's certificate; its size.
fn print(number: usize) -> usize {
    let id = format!("K{number:08}X");
    let check_at = format!("https://hub.example/certificates/{id}");
    let check_url = format!("{check_at}?s=3vQB7B6MrGQZaxCuFg4oh");
    let sessions = ["Tuesday 1 December 2026, 9:30am to 4:30pm".to_owned()];
    let objectives = ["Recognise the signs of distress", "Ask about suicide directly", "Know where to turn"];
    let credential: String = std::iter::repeat_n(id.as_str(), CREDENTIAL_BYTES / id.len()).collect();
    let page = Certificate {
        number: &id,
        name: &format!("{} {number}", NAMES[number % NAMES.len()]),
        event: "Mental Health First Aid: opening conversations",
        programme: "Mental Health First Aid in Schools",
        sessions: &sessions,
        cpd_minutes: Some(390),
        minutes: 400,
        objectives: &objectives.map(str::to_owned),
        registration_number: Some("7012345"),
        issuer: "Training Hub",
        issued: date(2026, 12, 2),
        check_at: &check_at,
        check_url: &check_url,
        credential: Attachment { bytes: credential.as_bytes() },
    };
    page.pdf().expect("a page").len()
}

/// Seconds of CPU that this process has used, to the microsecond: the kernel's own account of its threads.
fn cpu() -> f64 {
    let threads = fs::read_dir("/proc/self/task").expect("Linux's account of its threads");
    let of = |thread: fs::DirEntry| {
        let account = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        account.split_whitespace().next()?.parse::<f64>().ok()
    };
    threads.flatten().filter_map(of).sum::<f64>() / 1e9
}

/// The most memory that this process has held, in MiB.
fn resident_most() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = most.and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() / 1_024
}
