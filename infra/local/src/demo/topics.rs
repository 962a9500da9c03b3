//! What the demo year's events are about, programme by programme.

use domain::ProgrammeId;

/// What one event is about.
#[derive(Debug, Clone, Copy)]
pub struct Topic {
    /// The event's title.
    pub title: &'static str,
    /// One sentence for lists.
    pub summary: &'static str,
    /// What people go home with.
    pub gains: [&'static str; 3],
}

const fn topic(title: &'static str, summary: &'static str, gains: [&'static str; 3]) -> Topic {
    Topic { title, summary, gains }
}

/// A programme's topics, taken in turn.
pub fn of(programme: ProgrammeId) -> &'static [Topic] {
    match programme {
        ProgrammeId::COACHING_MENTORSHIP => &COACHING,
        ProgrammeId::THROUGH_THE_EYES_OF => &EYES,
        ProgrammeId::GP_FELLOWSHIP => &FELLOWSHIP,
        ProgrammeId::OPEN_DOORS => &DOORS,
        ProgrammeId::MHFA_SCHOOLS => &SCHOOLS,
        ProgrammeId::SUICIDE_PREVENTION => &SUICIDE,
        ProgrammeId::STAFF_WELLBEING => &WELLBEING,
        ProgrammeId::MEDICAL_STUDENTS => &STUDENTS,
        // Clinical updates; the demo year knows the programmes of the start alone.
        _ => &CLINICAL,
    }
}

const COACHING: [Topic; 4] = [
    topic(
        "Coaching conversations at work",
        "Half a day of listening, asking and being asked, in threes.",
        [
            "hold a conversation that leaves the other person with their own next step",
            "tell coaching, mentoring and advice apart, and choose",
            "notice when to stop and refer on",
        ],
    ),
    topic(
        "Becoming a mentor",
        "For colleagues who will accompany somebody through a first year in primary care.",
        [
            "agree on what a mentoring relationship is for",
            "plan a first meeting and a last one",
            "know whom to ask when it does not go well",
        ],
    ),
    topic(
        "Supervision group for coaches",
        "A closed group in which coaches bring their own cases.",
        [
            "look at one case from four sides",
            "hear what others would have asked",
            "record reflective practice for your portfolio",
        ],
    ),
    topic(
        "Leading a team through change",
        "Practical tools for team leaders, with time to try them.",
        [
            "map who is affected, and how",
            "run a meeting in which people say what they think",
            "plan the first two weeks",
        ],
    ),
];

const EYES: [Topic; 5] = [
    topic(
        "Through the Eyes Of: living with dementia",
        "See a ward round, a kitchen and a bus stop as a person with dementia may.",
        [
            "recognise what confuses in your own waiting room",
            "change three things about how you greet people",
            "talk with families about what they see",
        ],
    ),
    topic(
        "Through the Eyes Of: an autistic young person",
        "A school day and a consultation, experienced with a headset.",
        [
            "notice sound, light and waiting as barriers",
            "offer adjustments before they are asked for",
            "write an appointment letter that helps",
        ],
    ),
    topic(
        "Through the Eyes Of: hearing voices",
        "What it is to follow a conversation while others talk in your head.",
        [
            "keep a conversation short, clear and kind",
            "ask about voices without alarm",
            "know the local early intervention team",
        ],
    ),
    topic(
        "Through the Eyes Of: a carer at night",
        "One night in the home of somebody who cares for a parent.",
        [
            "find the carers among your patients",
            "offer a carer's assessment",
            "name two local services that answer at night",
        ],
    ),
    topic(
        "Through the Eyes Of: low vision",
        "Four eye conditions, four everyday tasks, eight headsets.",
        [
            "guide somebody safely through a building",
            "print a leaflet that can be read",
            "refer to the low vision clinic",
        ],
    ),
];

const FELLOWSHIP: [Topic; 5] = [
    topic(
        "GP Fellowship: finding your feet",
        "The first months as a qualified GP, with people who remember theirs.",
        [
            "plan a working week that lasts",
            "know what to ask before you sign a contract",
            "meet the fellows of your network",
        ],
    ),
    topic(
        "GP Fellowship: managing uncertainty",
        "Safety-netting, thresholds and the cases that keep one awake.",
        ["word a safety net that patients remember", "use time as a test, safely", "debrief a difficult day"],
    ),
    topic(
        "GP Fellowship: quality improvement in small steps",
        "One change in your practice, measured, in six weeks.",
        ["choose a problem small enough", "measure it with what you already record", "show the result on one page"],
    ),
    topic(
        "GP Fellowship: how a practice earns its money",
        "Contracts, claims and rotas, without jargon.",
        ["read a practice's accounts", "understand what partners decide", "ask better questions at interview"],
    ),
    topic(
        "GP Fellowship: portfolio careers",
        "Five GPs with five different weeks, and how they got there.",
        ["see what is possible locally", "plan your next two years", "find a mentor"],
    ),
];

const DOORS: [Topic; 4] = [
    topic(
        "Open Doors: new to practice nursing",
        "The essentials for nurses in their first year in general practice.",
        [
            "plan your own competencies for the year",
            "know the clinics you may run, and when to call",
            "meet your link nurse",
        ],
    ),
    topic(
        "Open Doors: cervical screening update",
        "The yearly update, with questions from your own clinics.",
        [
            "know what has changed in the programme",
            "make the examination easier for those who dread it",
            "follow up what must not be lost",
        ],
    ),
    topic(
        "Open Doors: immunisation update",
        "Schedules, storage, consent, and conversations with the hesitant.",
        ["answer the ten commonest questions", "keep the cold chain", "act on a reaction"],
    ),
    topic(
        "Open Doors: wound care in the surgery",
        "Assess, dress, refer: with models to practise on.",
        ["assess a leg ulcer step by step", "choose a dressing from the local formulary", "know when to send on"],
    ),
];

const SCHOOLS: [Topic; 2] = [
    topic(
        "Youth Mental Health First Aid (two days)",
        "For school staff who want to spot the signs and know what to do.",
        [
            "spot the early signs of a mental health problem in young people",
            "keep a young person safe until help comes",
            "guide them to support in and out of school",
        ],
    ),
    topic(
        "Mental Health First Aid for school leads (two days)",
        "For those who coordinate wellbeing in their school.",
        [
            "plan a whole-school approach",
            "support the first aiders among your staff",
            "work with the local mental health support team",
        ],
    ),
];

const SUICIDE: [Topic; 4] = [
    topic(
        "Suicide prevention: asking the question",
        "How to ask about suicide, and what to do with the answer.",
        ["ask clearly and without fear", "make a safety plan together", "know whom to call at any hour"],
    ),
    topic(
        "Suicide prevention: young people and self-harm",
        "For everyone who meets young people at work.",
        ["respond to self-harm with calm", "involve parents with consent", "use the local pathway for under-eighteens"],
    ),
    topic(
        "Suicide prevention at the front desk",
        "For receptionists and care navigators: the call that worries you.",
        ["keep somebody on the line", "hand over so that nobody waits alone", "look after yourself afterwards"],
    ),
    topic(
        "After a suicide: supporting those bereaved",
        "What helps families, colleagues and teams in the first weeks.",
        ["find the words for the first conversation", "offer the bereavement service", "plan a team debrief"],
    ),
];

const WELLBEING: [Topic; 4] = [
    topic(
        "A pause for the team",
        "An hour and a half of quiet, guided, online.",
        ["three exercises for a busy day", "a place to say how it is", "where to turn next"],
    ),
    topic(
        "Sleeping after late shifts",
        "What is known about sleep and shifts, and what to try.",
        ["a plan for the night after a late shift", "what to leave out", "when to ask for help"],
    ),
    topic(
        "Reflective round",
        "Stories of the month, told by colleagues, heard without advice.",
        ["hear that others feel it too", "tell one story of your own, if you like", "take the format to your practice"],
    ),
    topic(
        "Managing conflict kindly",
        "When a conversation with a colleague has gone wrong.",
        ["prepare the next conversation", "stay in it when it heats up", "close it well"],
    ),
];

const STUDENTS: [Topic; 4] = [
    topic(
        "Careers evening: general practice from inside",
        "GPs, nurses and pharmacists on a life in primary care.",
        ["hear five honest accounts", "ask what you would not ask at an interview", "find a taster week"],
    ),
    topic(
        "Consultation skills for medical students",
        "With actors, in small groups.",
        [
            "open a consultation and find out why today",
            "explain a plan in plain words",
            "receive feedback, and give it",
        ],
    ),
    topic(
        "Health in the neighbourhood: a walk and a talk",
        "What makes people ill or well, seen on four streets.",
        ["read a street like a history", "meet a social prescriber", "link what you saw to what you learn"],
    ),
    topic(
        "Preparing for your placement in primary care",
        "What to expect, what to bring, what to ask for.",
        ["plan your own learning aims", "know your rights and duties", "meet your tutors"],
    ),
];

const CLINICAL: [Topic; 8] = [
    topic(
        "Type 2 diabetes: what is new",
        "A lunchtime update with the community diabetes team.",
        [
            "choose second and third lines with confidence",
            "use the eight care processes as a team",
            "refer to structured education",
        ],
    ),
    topic(
        "Asthma and COPD reviews that matter",
        "Inhalers in hand: technique, steps, and greener choices.",
        ["check technique in two minutes", "step down safely", "write an action plan that is used"],
    ),
    topic(
        "Skin in primary care",
        "Forty pictures, forty decisions, on skins of every colour.",
        [
            "recognise common rashes on darker skin",
            "know which lesions cannot wait",
            "use the photograph referral service",
        ],
    ),
    topic(
        "Menopause: conversations and choices",
        "An hour with a specialist nurse and a GP.",
        ["take a menopause history", "start and adjust treatment", "answer questions on risk in numbers"],
    ),
    topic(
        "Safeguarding adults: level 3 update",
        "Cases from practice, law in plain words.",
        [
            "recognise self-neglect and coercion",
            "assess capacity for one decision",
            "make a referral that is acted upon",
        ],
    ),
    topic(
        "Long-term pain without more opioids",
        "What helps, what harms, and how to change course together.",
        [
            "review opioids with, not against, the patient",
            "offer alternatives that exist locally",
            "plan a slow reduction",
        ],
    ),
    topic(
        "Heart failure in the community",
        "From breathlessness to plan, with the community team.",
        ["use natriuretic peptides well", "start the four pillars", "talk about what lies ahead"],
    ),
    topic(
        "Children with fever",
        "Traffic lights, parents' worries, and when to send in.",
        ["use the traffic light system at pace", "explain red flags to parents", "document what you ruled out"],
    ),
];
