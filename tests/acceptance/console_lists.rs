//! The lists in the console: what an admin sees and changes of programmes and organisations, and a table that is looked
//! at before it is taken.

use reqwest::Method;
use serde_json::{Value, json};

use crate::console::Desk;
use crate::hub::{TestHub, address};

async fn organisations(hub: &TestHub) -> Vec<Value> {
    let listed = hub.as_admin(Method::GET, "/api/v1/organisations", &Value::Null).await;
    listed.body["organisations"].as_array().expect("a list").clone()
}

async fn deeds(hub: &TestHub) -> Vec<String> {
    let trail = hub.as_admin(Method::GET, "/api/v1/audit", &Value::Null).await;
    let entries = trail.body["entries"].as_array().expect("entries").clone();
    entries
        .iter()
        .map(|entry| format!("{} {}", entry["action"].as_str().expect("text"), entry["on"].as_str().expect("text")))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_programme_is_added_and_changed_and_its_mistakes_are_at_its_fields() {
    let hub = TestHub::start().await;
    let admin = Desk::of(&hub, "admin").await;
    let new = "/organise/lists/programmes/new";
    let wrong = admin.post(new, &[("id", "Open Doors"), ("owner", "x"), ("targets.events", "few")]).await;
    assert_eq!(wrong.status, 422);
    for field in ["#name", "#id", "#owner", "#targets.events"] {
        assert!(wrong.html.contains(&format!("href=\"{field}\"")), "{field} in {}", wrong.html);
    }
    assert!(wrong.html.contains("value=\"Open Doors\""), "what was typed stands there");
    assert_eq!(admin.post(new, &[("id", "open-doors"), ("name", "Again")]).await.status, 422, "it is there already");
    let typed = [
        ("id", "dementia"),
        ("name", "Living with Dementia"),
        ("confidential", "yes"),
        ("owner", "lead@hub.example"),
        ("targets.events", "4"),
    ];
    assert_eq!(admin.post(new, &typed).await.to, "/organise/lists/programmes?done=saved");
    let list = admin.get("/organise/lists/programmes?done=saved").await.html;
    assert!(list.contains("Living with Dementia") && list.contains("4 events"), "{list}");
    let shown = admin.get("/organise/lists/programmes/dementia").await.html;
    assert!(shown.contains("value=\"lead@hub.example\"") && shown.contains("checked"), "{shown}");
    let changed = admin.post("/organise/lists/programmes/dementia", &[("name", "Dementia"), ("funder", "NHS")]).await;
    assert_eq!(changed.status, 303);
    let programmes = hub.as_admin(Method::GET, "/api/v1/programmes", &Value::Null).await;
    let expected = json!({"id": "dementia", "name": "Dementia", "funder": "NHS", "confidential": false, "owner": null,
                          "targets": {"events": null, "places": null, "organisations": null}});
    assert_eq!(programmes.body["programmes"][9], expected);
    assert_eq!(admin.get("/organise/lists/programmes/no-such").await.status, 404);
    assert_eq!(deeds(&hub).await, ["programme.put dementia", "programme.put dementia"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_that_changes_its_name_is_found_by_both() {
    let hub = TestHub::start().await;
    let admin = Desk::of(&hub, "admin").await;
    let new = "/organise/lists/organisations/new";
    let wrong = admin.post(new, &[("code", "X-1"), ("open_from", "31/2/2026"), ("manager", "x")]).await;
    for field in ["#code", "#name", "#manager", "#open_from"] {
        assert!(wrong.html.contains(&format!("href=\"{field}\"")), "{field} in {}", wrong.html);
    }
    let typed = [
        ("name", "Friends of the Lea"),
        ("type", "other"),
        ("aliases", "The Friends\r\nLea Friends\r\n"),
        ("open_from", "1/4/2020"),
        ("borough", "Hackney"),
        ("manager", "manager@friends.example"),
    ];
    let there = admin.post(new, &typed).await;
    assert_eq!(there.to, "/organise/lists/organisation?id=%7Efriendsofthelea&done=saved");
    let page = admin.get(&there.to).await.html;
    for said in ["Friends of the Lea", "Lea Friends", "from 1 April 2020", "manager@friends.example", "Hackney"] {
        assert!(page.contains(said), "{said} in {page}");
    }
    let change = "/organise/lists/organisation/change?id=%7Efriendsofthelea";
    assert!(admin.get(change).await.html.contains("value=\"1/4/2020\""));
    let coded = admin.post(change, &[("name", "The Lea Trust"), ("code", "x99001"), ("type", "trust")]).await;
    assert_eq!(coded.to, "/organise/lists/organisation?id=X99001&done=saved");
    let listed = organisations(&hub).await;
    let (code, aliases) = (&listed[0]["code"], &listed[0]["aliases"]);
    assert_eq!(
        (listed.len(), code, aliases),
        (1, &json!("X99001"), &json!(["Friends of the Lea"])),
        "one, still found"
    );
    assert_eq!(admin.post(new, &[("name", "Another"), ("code", "X99001")]).await.status, 422, "the code is taken");
    assert_eq!(admin.get("/organise/lists/organisation?id=X1").await.status, 404);
    assert_eq!(deeds(&hub).await, ["organisation.put ~friendsofthelea", "organisation.put X99001"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_searched_and_paged() {
    let hub = TestHub::start().await;
    let admin = Desk::of(&hub, "admin").await;
    let one = |number: usize| json!({"code": format!("X{number}"), "name": format!("Practice {number:03}"), "type": "practice"});
    let mut sent: Vec<Value> = (1..=60).map(one).collect();
    sent.push(json!({"code": "100123", "name": "Lea School", "type": "school"}));
    let sent = json!({"organisations": sent});
    assert_eq!(hub.as_admin(Method::PUT, "/api/v1/organisations", &sent).await.status, 200);
    let list = "/organise/lists/organisations";
    let first = admin.get(list).await.html;
    assert!(first.contains("61 organisations") && first.contains("Practice 049") && !first.contains("Practice 050"));
    assert!(first.contains(&format!("{list}?page=2")), "{first}");
    assert!(admin.get(&format!("{list}?page=2")).await.html.contains("Practice 060"));
    assert!(admin.get(&format!("{list}?page=9")).await.html.contains("Practice 060"), "there is no ninth");
    let found = admin.get(&format!("{list}?search=lea")).await.html;
    assert!(found.contains("1 organisation<") && found.contains("id=100123"), "{found}");
    assert!(admin.get(&format!("{list}?type=school&search=x7")).await.html.contains("0 organisations"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_shows_what_it_would_change_before_it_does() {
    let hub = TestHub::start().await;
    let admin = Desk::of(&hub, "admin").await;
    let path = "/organise/lists/import/organisations";
    let known = json!({"organisations": [{"code": "X99001", "name": "The Surgery", "manager": "pm@surgery.example"},
                                         {"code": "X99002", "name": "Hill Practice"}]});
    assert_eq!(hub.as_admin(Method::PUT, "/api/v1/organisations", &known).await.status, 200);
    let check = [("do", "check")];
    let none = admin.post_file(path, &check, "", b"").await;
    assert!(none.status == 422 && none.html.contains("Select a file, or paste a table"), "{}", none.html);
    let wrong = admin.post_file(path, &check, "list.csv", b"name,type\nA,clinic\n").await;
    assert!(wrong.status == 422 && wrong.html.contains("Line 2: Must be practice"), "{}", wrong.html);
    let broken = admin.post_file(path, &check, "list.xlsx", b"PK\x03\x04\x00\x00\xFF").await;
    assert!(broken.status == 422 && broken.html.contains("could not be read as a table"), "{}", broken.html);
    // As Excel on Windows saves it.
    let table = "Name;Code;Type\r\nThe \u{e9}glise;X99001;practice\r\nHill Practice;X99002;other\r\nLea School;100123;school\r\n";
    let latin: Vec<u8> = table.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin-1")).collect();
    let shown = admin.post_file(path, &check, "list.csv", &latin).await;
    for said in [
        "1 is new",
        "1 changes",
        "1 stays as it is",
        "name: The Surgery becomes The \u{e9}glise",
        "manager: pm@surgery.example becomes nothing",
    ] {
        assert!(shown.html.contains(said), "{said} in {}", shown.html);
    }
    assert_eq!(organisations(&hub).await.len(), 2, "nothing yet");
    let taken = admin.post(path, &[("do", "import"), ("table", table)]).await;
    assert_eq!(taken.to, "/organise/lists/organisations?done=imported");
    assert_eq!(organisations(&hub).await.len(), 3);
    let again = admin.post(path, &[("do", "check"), ("table", table)]).await;
    assert!(again.html.contains("The list has all of it already"), "{}", again.html);

    let path = "/organise/lists/import/programmes";
    let table = "id,name,confidential\nopen-doors,Open Doors,yes\ndementia,Dementia,no\n";
    let shown = admin.post(path, &[("do", "check"), ("table", table)]).await.html;
    assert!(shown.contains("confidential: no becomes yes") && shown.contains("1 is new"), "{shown}");
    assert_eq!(admin.post(path, &[("do", "import"), ("table", table)]).await.status, 303);
    let desk = Desk::of(&hub, "desk").await;
    assert_eq!(desk.post(path, &[("do", "import"), ("table", table)]).await.status, 403);
    let done = [
        "organisations.put 2 organisations",
        "organisations.put 3 organisations",
        "programme.put open-doors",
        "programme.put dementia",
    ];
    assert_eq!(deeds(&hub).await, done);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_of_programmes_is_tried_through_the_api() {
    let hub = TestHub::start().await;
    let put = async |query: &str, table: &'static str| {
        let request = hub.request(Method::PUT, &format!("/api/v1/programmes{query}")).bearer_auth(&hub.admin);
        crate::hub::send(request.header("content-type", "text/csv").body(table)).await
    };
    let wrong = put("?dry_run=true", "id,name\nOpen Doors,\n").await;
    let details: Vec<&str> =
        wrong.body["errors"].as_array().expect("errors").iter().map(|e| e["pointer"].as_str().expect("text")).collect();
    assert_eq!((wrong.status, details), (422, vec!["/lines/2/id", "/lines/2/name"]), "{wrong:?}");
    let long = json!({"programmes": [{"id": "x", "name": "x".repeat(70_000)}]});
    assert_eq!(hub.as_admin(Method::PUT, "/api/v1/programmes", &long).await.status, 413, "only a table may be long");
    let table = "id,name,target_places\nopen-doors,Open Doors,\ndementia,Dementia,200\n";
    let tried = put("?dry_run=true", table).await;
    let counts = |reply: &Value| ["dry_run", "added", "changed", "unchanged"].map(|name| reply[name].clone());
    assert_eq!(counts(&tried.body), [json!(true), json!(1), json!(0), json!(1)]);
    assert_eq!(tried.body["programmes"].as_array().map(Vec::len), Some(10), "as they would be");
    let before = hub.as_admin(Method::GET, "/api/v1/programmes", &Value::Null).await;
    assert_eq!(before.body["programmes"].as_array().map(Vec::len), Some(9));
    let taken = put("", table).await;
    assert_eq!(
        (counts(&taken.body), &taken.body["programmes"][9]["targets"]["places"]),
        ([json!(false), json!(1), json!(0), json!(1)], &json!(200))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_not_listed_is_matched_once_in_the_console() {
    let hub = TestHub::start().await;
    let admin = Desk::of(&hub, "admin").await;
    let event = hub.event(json!({"organisation_limit": 3})).await;
    let known = json!({"organisations": [{"code": "X99001", "name": "Example Street Practice", "borough": "Newham"}]});
    assert_eq!(hub.as_admin(Method::PUT, "/api/v1/organisations", &known).await.status, 200);
    for (who, organisation) in
        [("Ann Ash", "Example St Surgery"), ("Bob Birch", "Friends of the Lea"), ("Cat Cedar", "Me")]
    {
        let body = json!({"name": who, "email": address(who), "role": "gp", "organisation": {"name": organisation}});
        assert_eq!(hub.register(&event, &body).await.status, 201);
    }
    hub.settle().await;
    let list = "/organise/lists/unlisted";
    assert!(admin.get("/organise/lists").await.html.contains("3 names are not in the list"));
    let html = admin.get(list).await.html;
    assert!(html.contains("Friends of the Lea") && html.contains("match?key="), "{html}");
    let key = "~examplestsurgery";
    let asked = admin.get(&format!("{list}/match?key=%7Eexamplestsurgery")).await.html;
    assert!(
        asked.contains("Example Street Practice") && asked.contains("Newham, X99001"),
        "one word is enough: {asked}"
    );
    let post = format!("{list}/match");
    assert_eq!(admin.post(&post, &[("key", key)]).await.status, 422);
    assert_eq!(admin.post(&post, &[("key", key), ("organisation", "X99001")]).await.to, format!("{list}?done=matched"));
    assert_eq!(organisations(&hub).await[0]["aliases"], json!(["Example St Surgery"]));
    assert_eq!(admin.get(&format!("{list}/match?key=%7Eexamplestsurgery")).await.status, 404, "asked once");
    assert_eq!(admin.post(&post, &[("key", "~me"), ("organisation", "none")]).await.status, 303);
    let new = "/organise/lists/organisations/new";
    assert_eq!(admin.post(new, &[("name", "Friends of the Lea"), ("type", "other")]).await.status, 303);
    assert!(admin.get(list).await.html.contains("0 names are not in the list"));
    hub.stop_and_audit().await;
}
