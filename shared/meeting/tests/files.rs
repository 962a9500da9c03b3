//! Whole files in the formats of several years, invented people in them: right minutes, or clear words.

use domain::event::Event;
use meeting::{Meeting, Unreadable, minutes};
use proptest::prelude::*;
use serde_json::json;

/// 1 December 2026, 09:30 to 12:30.
fn event() -> Event {
    let sessions = json!([{"starts": "2026-12-01T09:30:00Z", "ends": "2026-12-01T12:30:00Z"}]);
    Event::parse(json!({"title": "Leg ulcers", "programme": "clinical-updates", "sessions": sessions}))
        .expect("an event")
}

fn file(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
    std::fs::read(format!("{folder}/{name}")).expect("a fixture")
}

fn read(bytes: &[u8]) -> Result<Vec<(String, u32)>, Unreadable> {
    let meeting = Meeting::read(bytes, &event())?;
    let sum = |joiner| minutes([joiner], &event()).iter().map(|(_, minutes)| minutes).sum();
    Ok(meeting.joiners.iter().map(|joiner| (joiner.name.clone(), sum(joiner))).collect())
}

fn people(expected: &[(&str, u32)]) -> Vec<(String, u32)> {
    expected.iter().map(|(name, minutes)| ((*name).to_owned(), *minutes)).collect()
}

const TEAMS: [(&str, u32); 5] = [
    // 09:30 to 11:00 and 11:18:20 to 12:30.
    ("Ann Ash", 161),
    ("BIRCH, Bob (EXAMPLE SURGERY - F00000)", 90),
    // In between 10:00 and 12:00, for an hour and a half in all.
    ("Cat Cedar (Guest)", 90),
    ("+44 7700 ***123", 60),
    ("iPhone", 180),
];

#[test]
fn teams_reports_are_read_as_either_country_writes_them() {
    assert_eq!(read(&file("teams.csv")), Ok(people(&TEAMS)));
    assert_eq!(read(&file("teams_uk.csv")), Ok(people(&TEAMS)));
    // Ann is not seen to leave again.
    assert_eq!(read(&file("teams_old.csv")), Ok(people(&[("Ann Ash", 161), ("Cat Cedar (Guest)", 120)])));
}

#[test]
fn zoom_reports_are_read_with_times_or_sums() {
    // Ann was in from two devices for ten minutes; the waiting room is not the meeting.
    assert_eq!(read(&file("zoom.csv")), Ok(people(&[("Ann Ash", 180), ("iPhone (Cat)", 120), ("Bob Birch", 90)])));
    assert_eq!(read(&file("zoom_sums.csv")), Ok(people(&[("Ann Ash", 165), ("Birch, Bob", 91)])));
}

#[test]
fn two_files_in_one_are_one_meeting() {
    let zoom = file("zoom.csv");
    assert_eq!(read(&[zoom.clone(), zoom.clone()].concat()), read(&zoom));
    let teams = file("teams.csv");
    assert_eq!(read(&[teams.clone(), teams.clone()].concat()), read(&teams));
}

#[test]
fn what_cannot_be_read_is_refused_with_words() {
    let cut = |name: &str, bytes: usize| {
        let file = file(name);
        file[..file.len() - bytes].to_vec()
    };
    let zoom = "Name,Join Time,Leave Time,Guest\n";
    let cases: [(&str, Vec<u8>, Unreadable); 10] = [
        ("empty", Vec::new(), Unreadable::Empty),
        ("a mark alone", b"\xEF\xBB\xBF".to_vec(), Unreadable::Empty),
        ("a workbook", b"PK\x03\x04\x14\x00\x06\x00\x08\x00".to_vec(), Unreadable::NotText),
        ("other columns", b"Product,Price\nTea,3\n".to_vec(), Unreadable::NoColumns),
        ("columns alone", zoom.into(), Unreadable::Nobody),
        ("half a line", cut("zoom.csv", 40), Unreadable::CutOff(6)),
        ("half a letter", cut("teams.csv", 1), Unreadable::NotText),
        ("no time", format!("{zoom}Ann,soon,later,No\n").into(), Unreadable::Time(2)),
        ("backwards", format!("{zoom}Ann,13/12/2026 10:00,13/12/2026 09:00,No\n").into(), Unreadable::Backwards(2)),
        ("another day", format!("{zoom}Ann,13/12/2026 10:00,13/12/2026 11:00,No\n").into(), Unreadable::OtherTimes),
    ];
    for (what, bytes, why) in cases {
        assert_eq!(read(&bytes), Err(why), "{what}");
    }
    assert!(read(&vec![b'a'; 4 * 1024 * 1024]).is_err());
}

proptest! {
    #[test]
    fn nothing_that_can_be_sent_breaks_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        drop(Meeting::read(&bytes, &event()));
    }

    #[test]
    fn no_file_with_a_few_bytes_changed_breaks_it(
        name in prop::sample::select(vec!["teams.csv", "teams_uk.csv", "teams_old.csv", "zoom.csv", "zoom_sums.csv"]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12), cut in any::<prop::sample::Index>()
    ) {
        let mut bytes = file(name);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len() + 1));
        if let Ok(people) = read(&bytes) {
            prop_assert!(people.iter().all(|(_, minutes)| *minutes <= 180));
        }
    }
}
