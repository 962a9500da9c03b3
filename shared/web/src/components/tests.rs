//! Our parts against the package's own: `fixtures.json` of each component holds the HTML that it expects.
//!
//! Left out of the comparison, for our pages run none of the package's scripts: what they are told (`data-` attributes),
//! and what they would add (`tabindex`, `autofocus`). Everything else is compared: elements, classes, ids, attributes,
//! words. A difference that is meant is written beside its case.

use std::collections::BTreeMap;
use std::fs;

use html5gum::{Token, Tokenizer};
use serde_json::Value;

use super::*;
use crate::page::Mistake;

/// What a part is made of, one line an element, an end or a text.
fn parts(html: &str) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut parts: Vec<String> = Vec::new();
    for Ok(token) in Tokenizer::new(html) {
        match token {
            Token::StartTag(tag) => {
                let attributes: BTreeMap<String, String> =
                    tag.attributes.iter().map(|(name, value)| (text(name), text(value))).collect();
                let is_script = |name: &str| name.starts_with("data-") || ["tabindex", "autofocus"].contains(&name);
                let written = attributes.iter().filter(|(name, _)| !is_script(name));
                let written: Vec<String> = written.map(|(name, value)| format!(" {name}={value:?}")).collect();
                parts.push(format!("<{}{}>", text(&tag.name), written.concat()));
            }
            Token::EndTag(tag) => parts.push(format!("</{}>", text(&tag.name))),
            Token::String(words) => {
                let words = text(&words);
                let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
                if !words.is_empty() {
                    parts.push(words);
                }
            }
            _ => {}
        }
    }
    parts.retain(|part| part != "</path>");
    parts
}

/// The HTML that the package expects; the first of several of that name.
fn expected(component: &str, name: &str) -> String {
    let file =
        format!("{}/node_modules/nhsuk-frontend/dist/nhsuk/components/{component}/fixtures.json", env!("STYLES"));
    let fixtures: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let fixture = fixtures["fixtures"].as_array().unwrap().iter().find(|fixture| fixture["name"] == name);
    fixture.unwrap_or_else(|| panic!("{component} has no fixture {name}"))["html"].as_str().unwrap().to_owned()
}

#[track_caller]
fn same(ours: &impl ToString, theirs: &str) {
    assert_eq!(parts(&ours.to_string()), parts(theirs));
}

fn mistakes(fields: &[(&str, &str)]) -> Vec<Mistake> {
    let mistake = |(field, detail): &(&str, &str)| Mistake { detail: (*detail).into(), field: (*field).into() };
    fields.iter().map(mistake).collect()
}

const LOCATIONS: [(&str, &str); 10] = [
    ("choose", "Choose location"),
    ("eastmidlands", "East Midlands"),
    ("eastofengland", "East of England"),
    ("london", "London"),
    ("northeast", "North East"),
    ("northwest", "North West"),
    ("southeast", "South East"),
    ("southwest", "South West"),
    ("westmidlands", "West Midlands"),
    ("yorkshire", "Yorkshire and the Humber"),
];

#[test]
fn fields_are_the_packages() {
    // Its field has a name of its own; ours is named as it is identified.
    let named = |component, fixture: &str, id: &str| {
        expected(component, fixture).replace("name=\"example\"", &format!("name=\"{id}\""))
    };
    let wrong = mistakes(&[("with-hint-error", "Select a location")]);
    let field = Field::new("with-hint-error", "Choose location").size(Size::Plain).mistakes(&wrong);
    let field = field.hint("This can be different to where you went before");
    let choices = LOCATIONS.map(|(value, label)| Choice::new(value, label, false)).into();
    let select = Select { field, empty: "", choices, autocomplete: "" };
    same(&select, &named("select", "with error message and hint, without heading", "with-hint-error"));

    let wrong = mistakes(&[("with-hint-error", "You must provide an explanation")]);
    let hint = "Do not include personal information like your name, date of birth or NHS number";
    let field = Field::new("with-hint-error", "Can you provide more detail?").size(Size::Plain).mistakes(&wrong);
    let textarea = Textarea { field: field.hint(hint), value: "", rows: 5 };
    same(&textarea, &named("textarea", "with error message and hint, without heading", "with-hint-error"));

    let wrong = mistakes(&[("with-hint-error", "Enter NHS number")]);
    let hint = "This is a 10 digit number (like 999 123 4567) that you can find on an NHS letter, prescription or in the NHS App";
    let field = Field::new("with-hint-error", "What is your NHS number?").size(Size::Plain).width(Width::Characters10);
    let field = field.hint(hint).mistakes(&wrong);
    let input = TextInput { field, value: "", kind: InputKind::Digits, autocomplete: "" };
    let theirs = named("input", "with error message and hint, without heading", "with-hint-error");
    let theirs = theirs
        .replace("nhsuk-input--code ", "")
        .replace("<span class=\"nhsuk-u-nowrap\">999 123 4567</span>", "999 123 4567");
    same(&input, &theirs);

    let wrong = mistakes(&[("file-upload", "The selected file must be a JPG, BMP or TIF")]);
    let hint = "Your photo may be in your Pictures, Photos, Downloads or Desktop folder";
    let field = Field::new("file-upload", "Upload a file").size(Size::Plain).hint(hint).mistakes(&wrong);
    same(&FileUpload { field, accept: "" }, &expected("file-upload", "with error message and hint, without heading"));

    let wrong = mistakes(&[("example", "Enter your date of birth")]);
    let field = Field::new("example", "What is your date of birth?").size(Size::Plain).mistakes(&wrong);
    let date = DateInput { field: field.hint("For example, 31 3 1980"), day: "", month: "", year: "" };
    let mut theirs = expected("date-input", "with error message and hint, without heading");
    for part in ["day", "month", "year"] {
        theirs = theirs.replace(&format!("name=\"{part}\""), &format!("name=\"example-{part}\""));
    }
    same(&date, &theirs);
}

#[test]
fn choices_are_the_packages() {
    let wrong = mistakes(&[("with-hint-error", "Select how you want to be contacted")]);
    let legend = "How do you want to be contacted about this?";
    let field = |hint| Field::new("with-hint-error", legend).size(Size::Plain).hint(hint).mistakes(&wrong);
    let choices = |third: &'static str| {
        vec![
            Choice::new("email", "Email", false),
            Choice::new("phone", "Phone", false),
            Choice::new(third, "Text message", false),
        ]
    };
    let fixture = "with error message and hint, without heading";
    let named = |component| expected(component, fixture).replace("name=\"example\"", "name=\"with-hint-error\"");
    same(&Radios { field: field("Select 1 option"), choices: choices("text") }, &named("radios"));
    let checkboxes =
        Checkboxes { field: field("Select all options that are relevant to you"), choices: choices("text message") };
    same(&checkboxes, &named("checkboxes"));

    let ages = vec![Choice::new("yes", "Yes", false), Choice::new("no", "No", false)];
    let inline = Radios { field: Field::new("inline", "Are you 18 or over?").size(Size::Large), choices: ages };
    let theirs = expected("radios", "inline").replace("name=\"example\"", "name=\"inline\"");
    same(&inline, &theirs.replace("<h1 class=\"nhsuk-fieldset__heading\">", "").replace("</h1>", ""));

    let mobile = "Yes, I have a mobile phone with signal";
    let choices = vec![
        Choice::new("mobile", mobile, false).hint("We will text you a 6 digit security code"),
        Choice::new("landline", "No, I want to use my landline", false)
            .hint("We will call you to give you a 6 digit security code"),
    ];
    let field = Field::new("with-hint-item", "Do you have a mobile phone with signal?").size(Size::Large);
    let theirs = expected("radios", "with hints on items").replace("name=\"example\"", "name=\"with-hint-item\"");
    let theirs = theirs.replace("<h1 class=\"nhsuk-fieldset__heading\">", "").replace("</h1>", "");
    same(&Radios { field, choices }, &theirs);
}

#[test]
fn what_says_something_is_the_packages() {
    let wrong =
        mistakes(&[("example-first-name", "Enter your first name"), ("example-last-name", "Enter your last name")]);
    same(&ErrorSummary { mistakes: &wrong }, &expected("error-summary", "with multiple errors"));
    assert_eq!(ErrorSummary { mistakes: &[] }.to_string(), "");
    let fieldset = Fieldset { legend: "What is your address?", size: Size::Plain, content: "".into() };
    same(&fieldset, &expected("fieldset", "without legend heading"));
    let inset = "You can report any suspected side effect using the Yellow Card safety scheme";
    same(&InsetText { content: inset.into() }, &expected("inset-text", "default"));
    let content = "You can find your NHS number by logging in to the NHS App or on any document the NHS has sent you.";
    same(&Details { summary: "How to find your NHS number", content: content.into() }, &expected("details", "default"));
    let panel = Panel { heading: "Booking complete", content: "We have sent you a confirmation email".into() };
    same(&panel, &expected("panel", "default"));
    let callout = WarningCallout {
        heading: "School, nursery or work",
        level: 3,
        content:
            "Stay away from school, nursery or work until all the spots have crusted over. This is usually 5 days \
                  after the spots first appeared."
                .into(),
    };
    same(&callout, &expected("warning-callout", "with custom heading"));
    let banner = |is_success, words: &'static str| NotificationBanner { is_success, content: words.into() };
    let theirs = expected("notification-banner", "default");
    same(&banner(false, "The patient record was updated."), &theirs);
    let theirs = expected("notification-banner", "with success variant");
    same(&banner(true, "Email sent to example@email.com"), &theirs);
    let card = Card {
        heading: "Introduction to care and support",
        level: 2,
        href: "#",
        is_clickable: true,
        content: "A quick guide for people who have care and support needs and their carers".into(),
    };
    same(&card, &expected("card", "clickable"));
    let tag = Tag { words: "New".into(), colour: TagColour::Green };
    same(
        &tag,
        &expected("tag", "default").replace("nhsuk-tag\"", "nhsuk-tag nhsuk-tag--green\"").replace("Active", "New"),
    );
}

#[test]
fn lists_are_the_packages() {
    let contact = "<p>07700 900362</p><p>karen.francis@example.com</p>";
    let row = |key, value: Content<'static>, what| Row::new(key, value).action("#/change", "Change", what);
    let rows = vec![
        row("Name", "Karen Francis".into(), "name"),
        row("Date of birth", "15 March 1984".into(), "date of birth"),
        row("Contact information", Content::html("73 Roman Rd<br>Leeds<br>LS2 5ZN"), "contact information"),
        row("Contact details", Content::html(contact), "contact details"),
    ];
    same(&SummaryList { rows }, &expected("summary-list", "with actions"));

    let caption = "Impetigo can look similar to other skin conditions";
    let columns = vec![Column::words("Skin symptoms"), Column::words("Possible cause")];
    let rows = [
        ("Blisters on lips or around the mouth", "Cold sores"),
        ("Itchy, dry, cracked, sore", "Eczema"),
        ("Itchy blisters", "Shingles, chickenpox"),
    ];
    let rows = rows.map(|(symptoms, cause)| vec![symptoms.into(), cause.into()]).into();
    let theirs = expected("tables", "default").replace("<caption ", "<caption id=\"skin\" ");
    let scrolling =
        "<div class=\"nhsuk-scroll\"><div class=\"nhsuk-scroll__content\" role=\"region\" aria-labelledby=\"skin\">";
    same(&Table { id: "skin", caption, columns, rows }, &format!("{scrolling}{theirs}</div></div>"));
    let scrolls = expected("tables", "scrolling").replace("scrolling-caption", "skin");
    assert_eq!(parts(scrolling), parts(&scrolls)[..2], "what the package puts around a table that scrolls");
}

#[test]
fn ways_to_other_pages_are_the_packages() {
    same(&Button::new("Save and continue"), &expected("button", "default"));
    let button = Button { words: "Yes, delete this vaccine", kind: ButtonKind::Warning };
    same(&button, &expected("button", "warning"));
    let button = Button { words: "Find my location", kind: ButtonKind::Secondary };
    same(&button, &expected("button", "secondary"));
    let link = ButtonLink { words: "Link button", href: "#", kind: ButtonKind::Primary };
    same(&link, &expected("button", "as a link").replace(" role=\"button\"", ""));
    let theirs = expected("back-link", "default");
    same(&BackLink { href: "#".into(), words: "Back".into() }, &theirs);
    let pages = ["Home", "NHS services", "Hospitals"].map(|words| Link::new("#", words)).into();
    same(&Breadcrumb { pages }, &expected("breadcrumb", "default"));
    let words = "Find your nearest A&E";
    same(&ActionLink { href: "#/find", words }, &expected("action-link", "default"));
    let page = |href, words| Some(Link::new(href, words));
    let pagination = Pagination {
        previous: page("#/section/treatments", "Treatments"),
        next: page("#/section/symptoms", "Symptoms"),
    };
    same(&pagination, &expected("pagination", "default"));
}

#[test]
fn the_frame_is_the_packages_without_its_logo() {
    let words = ["Accessibility statement", "Contact us", "Cookies", "Privacy policy", "Terms and conditions"];
    let footer = Footer { links: words.map(|words| Link::new("#", words)).into() };
    same(&footer, &expected("footer", "with meta links").replace("<p class=\"nhsuk-body-s\">© NHS England</p>", ""));

    let item =
        |words: &'static str| MenuItem { href: "#".into(), words: words.into(), is_current: words == "Pregnancy" };
    let items = ["Health A to Z", "Live Well", "Mental health", "Care and support", "Pregnancy", "NHS services"];
    let header = Header { logo: None, service: "Find", href: "#", account: None, items: items.map(item).into() };
    let between = |html: &str, from: &str, to: &str| {
        let parts = parts(html);
        let (from, to) =
            (parts.iter().position(|part| part.starts_with(from)), parts.iter().rposition(|part| part == to));
        parts[from.unwrap()..=to.unwrap()].to_vec()
    };
    let theirs = expected("header", "with navigation");
    // The entry that opens the rest of the menu is the package's script's.
    let (menu, rest) = theirs.split_once("<li class=\"nhsuk-header__menu\" hidden>").unwrap();
    let menu = format!("{menu}{}", rest.split_once("</li>").unwrap().1);
    let nav = "<nav class=\"nhsuk-header__navigation\" aria-label=\"Menu\">";
    assert_eq!(between(&header.to_string(), "<ul", "</ul>"), between(&menu, "<ul", "</ul>"));
    assert!(header.to_string().contains(nav) && menu.contains(nav));
    let named = expected("header", "with service name (linked)");
    let name = "<a class=\"nhsuk-header__service-name\" href=\"#\">";
    assert!(header.to_string().contains(name) && named.contains(name));
    assert!(!header.to_string().contains("nhsuk-header__logo"), "the logo is a trade mark");
}

#[test]
fn what_people_typed_is_text() {
    let typed = "\"><script>alert(1)</script>";
    let field = || Field::new("name", "Full name");
    let wrong = mistakes(&[("name", typed)]);
    for html in [
        TextInput { field: field(), value: typed, kind: InputKind::Text, autocomplete: "name" }.to_string(),
        Textarea { field: field(), value: typed, rows: 3 }.to_string(),
        Radios { field: field(), choices: vec![Choice::new(typed, typed, true)] }.to_string(),
        ErrorSummary { mistakes: &wrong }.to_string(),
        InsetText { content: typed.into() }.to_string(),
        SummaryList { rows: vec![Row::lines("Name", &[typed.to_owned(), typed.to_owned()])] }.to_string(),
        Tag { words: typed.into(), colour: TagColour::Grey }.to_string(),
    ] {
        assert!(!html.contains("<script>") && html.contains("&#60;script&#62;"), "{html}");
    }
}
