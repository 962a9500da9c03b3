//! Where the people of the demo year work and study: none of these places exists, and no address of theirs can.

use serde_json::{Value, json};

/// Practices by name; their codes are of the range that the NHS keeps for tests.
const PRACTICES: [&str; 42] = [
    "Hazelmere Road Surgery",
    "Lark Lane Practice",
    "Tanner's Wharf Health Centre",
    "Old Brewery Medical Practice",
    "Marigold Street Surgery",
    "Seven Bridges Practice",
    "Canal Basin Health Centre",
    "Fennel Court Surgery",
    "Ropewalk Medical Centre",
    "Plumtree Practice",
    "Kingfisher Dock Surgery",
    "St Bride's Yard Practice",
    "Copperfield Medical Centre",
    "Elderflower House Surgery",
    "Mill Meadow Practice",
    "Lantern Street Health Centre",
    "Swallow Reach Surgery",
    "Quince Tree Practice",
    "Harbour Gate Medical Centre",
    "Bellfounders Surgery",
    "Orchard Row Practice",
    "Weavers' Fields Health Centre",
    "Saffron Hill Rise Surgery",
    "Pepperpot Lane Practice",
    "Almond Grove Medical Centre",
    "Sluice House Surgery",
    "Teasel Road Practice",
    "Linden Arches Health Centre",
    "Candlemakers' Surgery",
    "Greenfinch Medical Practice",
    "Willowherb Street Surgery",
    "Paper Mill Practice",
    "Foxglove Health Centre",
    "Salter's Quay Surgery",
    "Blackthorn Rise Practice",
    "Juniper Square Medical Centre",
    "Cobbler's Bridge Surgery",
    "Heron Water Practice",
    "Mulberry Steps Health Centre",
    "Thistledown Surgery",
    "Ferryman's Practice",
    "Larkspur Avenue Medical Centre",
];

/// Schools by name.
const SCHOOLS: [&str; 48] = [
    "Acorn Field Primary School",
    "Barley Mow Primary School",
    "Beacon Tower Academy",
    "Birchwater School",
    "Bluebell Rise Primary School",
    "Brook Lane Infant School",
    "Castle Mead Academy",
    "Cherry Garth Primary School",
    "Clover Bank School",
    "Cornflower Primary School",
    "Dovecote Junior School",
    "Eastwater High School",
    "Elm Causeway Primary School",
    "Fairlight Lane School",
    "Fernhill Crescent Academy",
    "Fiddler's Green Primary School",
    "Goldcrest Primary School",
    "Hawthorn Wharf School",
    "Heathermoor College",
    "Honeysuckle Infant School",
    "Ivy Bridge Primary School",
    "Jubilee Basin Academy",
    "Kestrel Way School",
    "Lavender Yard Primary School",
    "Lime Kiln Primary School",
    "Lockkeeper's School",
    "Maple Terrace Junior School",
    "Meadowsweet Primary School",
    "Nightingale Reach Academy",
    "Northbank Girls' School",
    "Oakapple Primary School",
    "Otter Stream School",
    "Pear Tree Walk Primary School",
    "Primrose Cut Academy",
    "Quayside Boys' School",
    "Rainham Reach Primary School",
    "Redwing Primary School",
    "Rowan Street School",
    "Rushgrove Primary School",
    "Silver Birch Sixth Form",
    "Skylark Academy",
    "Snowdrop Nursery School",
    "Southwater High School",
    "Sycamore Lane Primary School",
    "Tern Island School",
    "Violet Fields Primary School",
    "Wagtail Junior School",
    "Windmill Rise Academy",
];

/// Where students are enrolled.
const COLLEGES: [&str; 3] =
    ["Thamesford School of Medicine", "Eastmarsh University", "Institute of Health, Longacre College"];

/// Who sends volunteers and social prescribers.
const CHARITIES: [&str; 6] = [
    "Open Kitchen Trust",
    "Neighbours at the Well",
    "Lamplight Listening Service",
    "Second Spring Befriending",
    "The Allotment Circle",
    "Bridges Carers' Network",
];

/// What kind of place it is, which says who works there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A general practice.
    Practice,
    /// A school.
    School,
    /// Where students are enrolled.
    College,
    /// Where volunteers are found.
    Charity,
}

/// Where somebody works or studies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What kind of place it is.
    pub kind: Kind,
    /// As people write it.
    pub name: &'static str,
    /// Practices have one.
    pub ods_code: Option<String>,
    /// Of its mail, under `.example` (RFC 2606).
    pub domain: String,
    /// The mailbox that its front desk shares, if it does.
    pub shared: Option<String>,
}

/// Primary care networks; practices belong to them in turn.
const NETWORKS: [&str; 6] = [
    "Basin and Bridges PCN",
    "Brewery Quarter PCN",
    "Harbourside PCN",
    "Meadows and Mills PCN",
    "Orchard PCN",
    "Three Wharves PCN",
];

/// Where practices and schools are, in turn.
const BOROUGHS: [&str; 2] = ["Thamesford", "Eastmarsh"];

/// The organisations that the hub's list has: practices and schools. Colleges and charities are written on forms, and
/// left for an organiser to match.
pub fn list() -> Vec<Value> {
    let listed = |(number, place): (usize, Place)| {
        let (kind, network) = match place.kind {
            Kind::Practice => ("practice", Some(NETWORKS[number % NETWORKS.len()])),
            Kind::School => ("school", None),
            Kind::College | Kind::Charity => return None,
        };
        let borough = BOROUGHS[number % BOROUGHS.len()];
        Some(json!({"code": place.ods_code, "name": place.name, "type": kind, "network": network, "borough": borough}))
    };
    all().into_iter().enumerate().filter_map(listed).collect()
}

/// Every place, always in the same order.
pub fn all() -> Vec<Place> {
    let kinds: [(Kind, &[&'static str]); 4] = [
        (Kind::Practice, &PRACTICES),
        (Kind::School, &SCHOOLS),
        (Kind::College, &COLLEGES),
        (Kind::Charity, &CHARITIES),
    ];
    let numbered = |(kind, names): (Kind, &[&'static str])| {
        names.iter().enumerate().map(|(number, name)| place(kind, number, name)).collect::<Vec<_>>()
    };
    kinds.into_iter().flat_map(numbered).collect()
}

fn place(kind: Kind, number: usize, name: &'static str) -> Place {
    let domain = format!("{}.example", slug(name));
    // Two practices in three and every second school: the others give everybody an address.
    let shared = match kind {
        Kind::Practice if !number.is_multiple_of(3) => Some(format!("reception@{domain}")),
        Kind::School if number.is_multiple_of(2) => Some(format!("office@{domain}")),
        Kind::Practice | Kind::School | Kind::College | Kind::Charity => None,
    };
    let ods_code = (kind == Kind::Practice).then(|| format!("X99{:03}", number + 1));
    Place { kind, name, ods_code, domain, shared }
}

fn slug(name: &str) -> String {
    let words = name.split_whitespace().map(|word| word.chars().filter(char::is_ascii_alphanumeric).collect());
    words.collect::<Vec<String>>().join("-").to_lowercase()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_place_has_a_domain_of_its_own_that_can_never_exist() {
        let places = all();
        let domains: BTreeSet<&str> = places.iter().map(|place| place.domain.as_str()).collect();
        assert_eq!(domains.len(), places.len());
        assert_eq!(places[2].domain, "tanners-wharf-health-centre.example");
        assert_eq!(places[2].ods_code.as_deref(), Some("X99003"));
    }
}
