//! What each programme offers in the demo year: how often, to whom, for how many, and under which rules.

use domain::{ProgrammeId, Role};
use serde_json::{Value, json};

/// A programme's habits.
#[derive(Debug, Clone, Copy)]
pub struct Offering {
    /// Which programme.
    pub programme: ProgrammeId,
    /// Events of the year that take place.
    pub events: usize,
    /// Places; `None` for no limit.
    pub capacity: Option<u32>,
    /// The fewest and the most people who ask for a place.
    pub demand: (usize, usize),
    /// Who comes.
    pub audience: &'static [Role],
    /// Hour and minute of the start, UK time.
    pub starts: (i8, i8),
    /// Minutes of one session.
    pub minutes: i64,
    /// Sessions, a week apart.
    pub sessions: i32,
    /// Where people meet; `None` for online.
    pub venue: Option<&'static str>,
    /// What all its events have in common.
    pub about: &'static str,
}

const CLINICIANS: &[Role] = &[
    Role::Gp,
    Role::GpTrainee,
    Role::PracticeNurse,
    Role::NurseAssociate,
    Role::Pharmacist,
    Role::Paramedic,
    Role::AlliedHealth,
];
const PRACTICE_STAFF: &[Role] = &[
    Role::Gp,
    Role::PracticeNurse,
    Role::HealthcareAssistant,
    Role::Pharmacist,
    Role::PracticeManager,
    Role::Receptionist,
    Role::SocialPrescriber,
];

/// Every programme's offering; together 120 events.
pub const ALL: [Offering; 9] = [
    Offering {
        programme: ProgrammeId::COACHING_MENTORSHIP,
        events: 10,
        capacity: Some(16),
        demand: (14, 18),
        audience: PRACTICE_STAFF,
        starts: (9, 30),
        minutes: 210,
        sessions: 1,
        venue: Some("The Rotunda, Longacre Library"),
        about: "The Faculty is a place to learn from each other. What is said in the room stays in the room.",
    },
    Offering {
        programme: ProgrammeId::THROUGH_THE_EYES_OF,
        events: 22,
        capacity: Some(8),
        demand: (9, 15),
        audience: PRACTICE_STAFF,
        starts: (14, 0),
        minutes: 120,
        sessions: 1,
        venue: Some("Training room 2, Kingfisher Dock Surgery"),
        about: "Virtual reality with eight headsets, and a facilitator who has lived it. Sitting down is always possible.",
    },
    Offering {
        programme: ProgrammeId::GP_FELLOWSHIP,
        events: 14,
        capacity: Some(36),
        demand: (26, 42),
        audience: &[Role::Gp, Role::GpTrainee],
        starts: (13, 30),
        minutes: 180,
        sessions: 1,
        venue: None,
        about: "The Fellowship accompanies GPs in their first years. Sessions count as protected learning time.",
    },
    Offering {
        programme: ProgrammeId::OPEN_DOORS,
        events: 12,
        capacity: Some(32),
        demand: (24, 38),
        audience: &[Role::PracticeNurse, Role::NurseAssociate, Role::HealthcareAssistant],
        starts: (9, 30),
        minutes: 180,
        sessions: 1,
        venue: None,
        about: "Open Doors brings nurses into general practice and helps them stay.",
    },
    Offering {
        programme: ProgrammeId::MHFA_SCHOOLS,
        events: 14,
        capacity: Some(20),
        demand: (19, 26),
        audience: &[Role::SchoolStaff],
        starts: (9, 30),
        minutes: 390,
        sessions: 2,
        venue: None,
        about: "Two days, a week apart; both are needed for the certificate. For staff of every kind of school.",
    },
    Offering {
        programme: ProgrammeId::SUICIDE_PREVENTION,
        events: 14,
        capacity: Some(45),
        demand: (32, 50),
        audience: &[
            Role::Gp,
            Role::PracticeNurse,
            Role::Receptionist,
            Role::SocialPrescriber,
            Role::SchoolStaff,
            Role::Volunteer,
        ],
        starts: (10, 0),
        minutes: 150,
        sessions: 1,
        venue: None,
        about: "Part of suicide prevention across North East London. It can touch people: a facilitator is there for you.",
    },
    Offering {
        programme: ProgrammeId::STAFF_WELLBEING,
        events: 10,
        capacity: Some(25),
        demand: (16, 27),
        audience: PRACTICE_STAFF,
        starts: (12, 30),
        minutes: 90,
        sessions: 1,
        venue: None,
        about: "For you, not for your employer: nobody is told that you came.",
    },
    Offering {
        programme: ProgrammeId::MEDICAL_STUDENTS,
        events: 8,
        capacity: Some(50),
        demand: (34, 56),
        audience: &[Role::Student],
        starts: (17, 30),
        minutes: 120,
        sessions: 1,
        venue: Some("Lecture theatre B, Thamesford School of Medicine"),
        about: "Open to students of medicine, nursing and pharmacy. Bring your student card.",
    },
    Offering {
        programme: ProgrammeId::CLINICAL_UPDATES,
        events: 16,
        capacity: Some(60),
        demand: (44, 68),
        audience: CLINICIANS,
        starts: (13, 0),
        minutes: 60,
        sessions: 1,
        venue: None,
        about: "One hour over lunch. Slides are sent to everyone who comes.",
    },
];

/// What one programme offers.
pub fn of(programme: ProgrammeId) -> Offering {
    // Every programme has its line in the table.
    ALL.into_iter().find(|offering| offering.programme == programme).unwrap_or(ALL[0])
}

/// The rules of a programme's events, over the defaults that every event has.
pub fn rules(programme: ProgrammeId) -> Value {
    match programme {
        ProgrammeId::COACHING_MENTORSHIP => json!({"approval": true, "cancellation": {"notice_days": 7}}),
        ProgrammeId::THROUGH_THE_EYES_OF => json!({
            "minimum": 4, "waiting_list": {"enabled": true, "limit": 12, "offer_hours": 12},
            "cancellation": {"notice_days": 7},
        }),
        ProgrammeId::GP_FELLOWSHIP => json!({"cancellation": {"notice_days": 2}}),
        ProgrammeId::OPEN_DOORS => json!({
            "minimum": 8, "waiting_list": {"enabled": true, "offer_hours": 8}, "cancellation": {"notice_days": 2},
        }),
        ProgrammeId::MHFA_SCHOOLS => json!({
            "minimum": 10, "waiting_list": {"enabled": true, "offer_hours": 12}, "organisation_limit": 3,
            "cancellation": {"notice_days": 7},
            "certificate": {"minimum_minutes": 660, "needs_evaluation": true}, "evaluation": {"follow_up": true},
        }),
        ProgrammeId::SUICIDE_PREVENTION => json!({
            "lanes": [{"name": "Schools", "roles": ["school-staff"], "places": 8, "release_days": 7}],
            "waiting_list": {"enabled": true, "offer_hours": 6}, "cancellation": {"notice_days": 2},
        }),
        ProgrammeId::STAFF_WELLBEING | ProgrammeId::MEDICAL_STUDENTS => {
            json!({"waiting_list": {"enabled": true, "offer_hours": null}})
        }
        ProgrammeId::CLINICAL_UPDATES => json!({
            "cancellation": {"notice_days": 1},
            "questions": [{"id": "question", "label": "What would you like to ask the speaker?", "type": "text",
                           "required": false}],
        }),
        // The demo year knows the programmes of the start alone.
        _ => json!({}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_has_a_hundred_and_twenty_events_in_nine_programmes() {
        assert_eq!(ALL.iter().map(|offering| offering.events).sum::<usize>(), 120);
        for programme in ProgrammeId::OF_THE_START {
            assert_eq!(of(programme).programme, programme);
        }
    }
}
