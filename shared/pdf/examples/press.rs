//! Prints certificates in many scripts into a folder, or measures how fast they are printed.
//!
//! `cargo run --release -p pdf --example press -- print FOLDER` writes one file a name, and `names.json`;
//! `cargo run --release -p pdf --example press -- measure 300` prints so many and says what it took.

#![expect(clippy::print_stdout, reason = "a program that measures")]

use std::time::Instant;
use std::{env, fs};

use jiff::civil::date;
use pdf::{Attachment, Certificate};

/// Invented names in eight scripts and more, short, long, and beyond what the fonts have.
const NAMES: [&str; 22] = [
    "Amina Begum",
    "Bo Li",
    "Nguyễn Thị Thuỳ Dương",
    "Zoë Ångström-Šťastný",
    "Siân Llywelyn O’Connor",
    "Λευτέρης Παπαδόπουλος",
    "Світлана Їжакевич",
    "মোহাম্মদ আব্দুল করিম চৌধুরী",
    "শর্মিষ্ঠা বন্দ্যোপাধ্যায়",
    "فاطمة الزهراء بنت محمد",
    "عبدالرحمن",
    "שָׂרָה כהן",
    "सुनीता कृष्णमूर्ति",
    "தமிழ்ச்செல்வி முருகன்",
    "ਗੁਰਪ੍ਰੀਤ ਕੌਰ",
    "કૃષ્ણા પટેલ",
    "ሰላም ተስፋዬ",
    "సుబ్బలక్ష్మి",
    "Wolfeschlegelsteinhausenbergerdorff von der Hohenlohe-Langenburg und zu Schillingsfürst-Waldenburg, Maria Anna Elisabeth",
    "Maryam مريم Haddad",
    "王小明",
    "山田 Hanako 🎓",
];

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["print", folder] => print(folder),
        ["measure", count] => measure(count.parse().expect("a number")),
        _ => println!("print FOLDER | measure COUNT"),
    }
}

fn certificate(name: &str, number: &str) -> Vec<u8> {
    let sessions = ["Tuesday 1 December 2026, 9:30am to 12:30pm", "Tuesday 8 December 2026, 9:30am to 12:30pm"];
    let check_at = format!("https://hub.example/certificates/{number}");
    let credential = serde_json::json!({"id": check_at, "name": name}).to_string();
    let certificate = Certificate {
        number,
        name,
        event: "Suicide prevention: opening conversations",
        programme: "Suicide Prevention (North East London)",
        sessions: &sessions.map(str::to_owned),
        cpd_minutes: Some(330),
        minutes: 352,
        objectives: &[
            "Recognise the signs of distress".to_owned(),
            "Ask about suicide directly and safely".to_owned(),
            "Know where to turn, and when".to_owned(),
        ],
        registration_number: Some("7012345"),
        issuer: "Riverside Community Training Hub",
        issued: date(2026, 12, 8),
        check_at: &check_at,
        check_url: &format!("{check_at}?s=0aBcDeFgHiJkLmNo"),
        credential: Attachment { bytes: credential.as_bytes() },
    };
    certificate.pdf().expect("it prints")
}

fn print(folder: &str) {
    fs::create_dir_all(folder).expect("a folder");
    for (place, name) in NAMES.iter().enumerate() {
        fs::write(format!("{folder}/{place:02}.pdf"), certificate(name, &format!("K7M2Q9XH{place:02}")))
            .expect("written");
    }
    fs::write(format!("{folder}/names.json"), serde_json::json!(NAMES).to_string()).expect("written");
    assert_eq!(certificate(NAMES[0], "K7M2Q9XH00"), fs::read(format!("{folder}/00.pdf")).expect("read"), "equal bytes");
}

fn measure(count: usize) {
    let start = Instant::now();
    let bytes = certificate(NAMES[0], "K7M2Q9XHFF").len();
    println!("the first: {:.1} ms, {bytes} bytes", start.elapsed().as_secs_f64() * 1_000.0);
    let start = Instant::now();
    for place in 0..count {
        certificate(&format!("{} {place}", NAMES[place % NAMES.len()]), &format!("K{place:09}"));
    }
    let seconds = start.elapsed().as_secs_f64();
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM: not known here");
    let each_second = f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / seconds;
    println!("{count} more: {each_second:.0} a second; {resident}");
}
