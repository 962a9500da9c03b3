//! What a list that is sent comes to, before anything is stored: what is new, what changes, and into what.

use serde_json::{Value, json};

/// What entries that are sent come to in a list.
pub struct Changes<T> {
    /// Those that the list does not have.
    pub added: Vec<T>,
    /// Those that it has otherwise: as they are, and as they would be.
    pub changed: Vec<(T, T)>,
    /// How many it has already as they are sent.
    pub unchanged: usize,
}

impl<T: Clone + PartialEq> Changes<T> {
    /// What these come to in a list in which `known` finds what goes by the same identifier.
    pub fn of<'a>(sent: Vec<T>, known: impl Fn(&T) -> Option<&'a T>) -> Self
    where
        T: 'a,
    {
        let mut changes = Self { added: Vec::new(), changed: Vec::new(), unchanged: 0 };
        for entry in sent {
            match known(&entry) {
                None => changes.added.push(entry),
                Some(before) if *before == entry => changes.unchanged += 1,
                Some(before) => changes.changed.push((before.clone(), entry)),
            }
        }
        changes
    }

    /// How many were sent.
    pub fn count(&self) -> usize {
        self.added.len() + self.changed.len() + self.unchanged
    }

    /// Those that are to be stored.
    pub fn to_store(&self) -> Vec<&T> {
        self.added.iter().chain(self.changed.iter().map(|(_, after)| after)).collect()
    }

    /// The counts, as the API answers them.
    pub fn to_json(&self, is_dry: bool) -> Value {
        json!({
            "dry_run": is_dry, "read": self.count(), "added": self.added.len(), "changed": self.changed.len(),
            "unchanged": self.unchanged,
        })
    }
}

/// A field that changes: its name, what stands there, what would.
#[derive(Debug, PartialEq, Eq)]
pub struct Difference {
    /// The field's name, in words.
    pub field: String,
    /// What stands there; empty for nothing.
    pub before: String,
    /// What would stand there; empty for nothing.
    pub after: String,
}

/// The fields in which two entries differ, by name.
pub fn differences(before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    let Some(fields) = after.as_object() else { return found };
    for (name, now) in fields {
        let was = &before[name];
        if now.is_object() {
            found.extend(
                differences(was, now).into_iter().map(|d| Difference { field: format!("{name}: {}", d.field), ..d }),
            );
        } else if now != was {
            let field = name.replace('_', " ");
            found.push(Difference { field, before: words(was), after: words(now) });
        }
    }
    found
}

fn words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(is_so) => if *is_so { "yes" } else { "no" }.to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(words).collect::<Vec<_>>().join("; "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_new_or_changed_or_as_it_was() {
        let known = [1, 20, 30];
        let changes =
            Changes::of(vec![1, 21, 4], |entry| known.iter().find(|known| *known / 10 == entry / 10 && *entry != 4));
        assert_eq!((changes.added, changes.changed, changes.unchanged), (vec![4], vec![(20, 21)], 1));
    }

    #[test]
    fn differences_say_what_stands_where_something_else_would() {
        let before =
            json!({"name": "A", "funder": "F", "aliases": [], "confidential": false, "targets": {"events": 4}});
        let after =
            json!({"name": "A", "funder": null, "aliases": ["B", "C"], "confidential": true, "targets": {"events": 5}});
        let said: Vec<String> =
            differences(&before, &after).iter().map(|d| format!("{} {}>{}", d.field, d.before, d.after)).collect();
        assert_eq!(said, ["aliases >B; C", "confidential no>yes", "funder F>", "targets: events 4>5"]);
    }
}
