//! The events of the demo year and those ahead of today.

use domain::ProgrammeId;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::calendar::{self, OutOfCalendar};
use super::course::Course;
use super::offerings;
use crate::random::SplitMix64;

/// The events of the year that do not take place: after how many others, in which programme, why.
const CALLED_OFF: [(usize, ProgrammeId, &str); 2] = [
    (31, ProgrammeId::MEDICAL_STUDENTS, "The lecture theatre has been closed after a burst pipe."),
    (88, ProgrammeId::CLINICAL_UPDATES, "The speaker has been taken ill. A new date will be announced."),
];

/// The events of the year, by day: 120 that take place, and two that are called off.
pub fn courses(seed: u64) -> Result<Vec<Course>, OutOfCalendar> {
    let each = |offering: &offerings::Offering| vec![(offering.programme, None); offering.events];
    let mut order: Vec<(ProgrammeId, Option<&'static str>)> = offerings::ALL.iter().flat_map(each).collect();
    SplitMix64::of_text(seed, "programmes").shuffle(&mut order);
    for (place, programme, reason) in CALLED_OFF {
        order.insert(place, (programme, Some(reason)));
    }
    let days = calendar::days_of_year(order.len());
    let mut courses: Vec<Course> = Vec::new();
    for (number, ((programme, reason), day)) in order.into_iter().zip(days).enumerate() {
        let before = courses.iter().filter(|course| course.programme == programme).count();
        let course = Course::new(format!("year-{number}"), programme, before, day)?;
        courses.push(match reason {
            Some(reason) => course.called_off(reason),
            None => course,
        });
    }
    Ok(courses)
}

/// An event ahead: in how many working days, in which programme, asked for by how many, and what is special about it.
type Ahead = (i32, ProgrammeId, usize, Value);

/// The events ahead of `now`, by day.
pub fn ahead(now: Timestamp) -> Result<Vec<Course>, OutOfCalendar> {
    let today = calendar::day_of(now);
    let mut courses = Vec::new();
    for (number, (days, programme, demand, special)) in table().into_iter().enumerate() {
        let day = calendar::working_days_from(today, days);
        let course = Course::new(format!("ahead-{number}"), programme, number, day)?;
        courses.push(course.with(special).asked_for_by(demand));
    }
    Ok(courses)
}

fn table() -> [Ahead; 20] {
    let plain = || json!({});
    let approval = json!({"title": "Leadership residential: twelve places", "capacity": 12, "approval": true});
    let lanes = json!({
        "title": "Working together in neighbourhood teams", "capacity": 30,
        "lanes": [
            {"name": "GPs", "roles": ["gp", "gp-trainee"], "places": 8, "release_days": 7},
            {"name": "Nurses", "roles": ["practice-nurse", "nurse-associate"], "places": 8, "release_days": 7},
        ],
    });
    let questions = json!({
        "title": "Suturing: a hands-on afternoon", "format": "in-person", "joining_url": null,
        "venue": "Skills laboratory, Thamesford School of Medicine", "capacity": 16,
        "questions": [
            {"id": "experience", "label": "How much have you sutured?", "type": "choice", "required": true,
             "options": ["Never", "A few times", "Often"]},
            {"id": "gloves", "label": "Do you need latex-free gloves?", "type": "yes_no", "required": true},
            {"id": "topics", "label": "What would you like to practise?", "type": "choices", "required": false,
             "options": ["Simple interrupted", "Mattress", "Subcuticular", "Knots by hand"]},
        ],
    });
    let unlimited = json!({"title": "Spring webinar: respiratory winter, looking back", "capacity": null});
    [
        (2, ProgrammeId::CLINICAL_UPDATES, 34, plain()),
        (3, ProgrammeId::THROUGH_THE_EYES_OF, 14, plain()),
        (5, ProgrammeId::OPEN_DOORS, 17, plain()),
        (6, ProgrammeId::STAFF_WELLBEING, 9, plain()),
        (8, ProgrammeId::SUICIDE_PREVENTION, 26, plain()),
        (9, ProgrammeId::THROUGH_THE_EYES_OF, 5, plain()),
        (10, ProgrammeId::GP_FELLOWSHIP, 21, plain()),
        (12, ProgrammeId::CLINICAL_UPDATES, 16, questions),
        (13, ProgrammeId::MHFA_SCHOOLS, 12, plain()),
        (15, ProgrammeId::COACHING_MENTORSHIP, 9, approval),
        (17, ProgrammeId::OPEN_DOORS, 18, lanes),
        (19, ProgrammeId::THROUGH_THE_EYES_OF, 3, plain()),
        (20, ProgrammeId::MEDICAL_STUDENTS, 22, plain()),
        (22, ProgrammeId::CLINICAL_UPDATES, 41, unlimited),
        (24, ProgrammeId::SUICIDE_PREVENTION, 11, plain()),
        (27, ProgrammeId::GP_FELLOWSHIP, 4, plain()),
        (30, ProgrammeId::STAFF_WELLBEING, 0, plain()),
        (34, ProgrammeId::MHFA_SCHOOLS, 3, plain()),
        (38, ProgrammeId::THROUGH_THE_EYES_OF, 0, plain()),
        (44, ProgrammeId::COACHING_MENTORSHIP, 2, plain()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_can_be_created() {
        let now = "2026-11-02T09:00:00Z".parse().expect("a time");
        let courses = [courses(1).expect("a year"), ahead(now).expect("days ahead")].concat();
        for course in &courses {
            let event = domain::Event::parse(course.body.clone());
            assert!(event.is_ok(), "{} {:?}", course.key, event.err());
        }
        assert_eq!(courses.len(), 120 + 2 + 20);
    }

    #[test]
    fn a_year_has_two_events_that_do_not_take_place() {
        let courses = courses(1).expect("a year");
        assert_eq!(courses.iter().filter(|course| course.called_off.is_some()).count(), 2);
        assert!(courses.windows(2).all(|pair| pair[0].starts < pair[1].starts));
    }
}
