//! The frame of the organisers' console: where one can go, who one is, and the way out.

use crate::components::{Account, MenuItem};
use crate::page::{Brand, Page};
use crate::sign_in::{Organiser, OrganiserRole};

/// A part of the console: its words, where it is, and who may go there.
type Part = (&'static str, &'static str, fn(&Organiser) -> bool);

/// In the order of the menu.
const PARTS: [Part; 8] = [
    ("Today", "/organise", |_| true),
    ("Events", "/organise/events", Organiser::may_see_roster),
    ("Reports", "/organise/reports", Organiser::may_read_reports),
    ("Charges", "/organise/charges", Organiser::may_read_reports),
    ("People", "/organise/people", is_admin),
    ("Lists", "/organise/lists", is_admin),
    ("Audit trail", "/organise/audit", is_admin),
    ("Settings", "/organise/hub", is_admin),
];

fn is_admin(organiser: &Organiser) -> bool {
    organiser.role == OrganiserRole::Admin
}

/// A page of the console; `here` is the path of the part that it belongs to.
pub fn page<'a>(title: &'a str, brand: impl Into<Brand<'a>>, organiser: &'a Organiser, here: &str) -> Page<'a> {
    let menu = PARTS.into_iter().filter(|(.., may)| may(organiser)).map(|(words, href, _)| MenuItem {
        href: href.into(),
        words: words.into(),
        is_current: href == here,
    });
    let account = Account { name: &organiser.subject, sign_out: "/organise/sign-out" };
    Page::new(title, brand).signed_in("/organise", menu.collect(), account)
}
