//! Which function answers a request: the routes of the template, with API Gateway's precedence.
//!
//! See <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html>: a full match of path
//! and method, then one with a greedy variable (`{proxy+}`), then `$default`. Of several, the one whose segments say
//! most from the left; of two with the same path, the one that names the method.

use crate::template::{Function, Route};

/// The routes of the stack, those tried first in front.
#[derive(Debug)]
pub struct Routes(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    precedence: Precedence,
    method: String,
    function: String,
}

/// What a route says, and by its order which of two comes first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Precedence {
    Full(Vec<Segment>, AnyMethod),
    Greedy(Vec<Segment>, AnyMethod),
    Default,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Literal(String),
    Variable,
    /// The greedy variable, which takes one segment or more.
    Rest,
}

/// Whether the method is `ANY`.
type AnyMethod = bool;

impl Routes {
    /// The routes of all functions.
    pub fn new(functions: &[Function]) -> Self {
        let of = |function: &Function| function.routes.iter().map(|route| Entry::new(route, &function.name)).collect();
        let mut entries: Vec<Entry> = functions.iter().flat_map::<Vec<_>, _>(of).collect();
        entries.sort_by(|one, other| one.precedence.cmp(&other.precedence));
        Self(entries)
    }

    /// The name of the function that answers `method` at `path`, as it stands on the wire.
    pub fn find(&self, method: &str, path: &str) -> Option<&str> {
        self.0.iter().find(|entry| entry.answers(method, path)).map(|entry| entry.function.as_str())
    }
}

impl Entry {
    fn new(route: &Route, function: &str) -> Self {
        Self {
            precedence: precedence(route.path.as_deref(), route.method == "ANY"),
            method: route.method.clone(),
            function: function.to_owned(),
        }
    }

    fn answers(&self, method: &str, path: &str) -> bool {
        if self.method != "ANY" && self.method != method {
            return false;
        }
        let mut parts = path.strip_prefix('/').unwrap_or(path).split('/');
        let mut all =
            |segments: &[Segment]| segments.iter().all(|one| parts.next().is_some_and(|part| one.takes(part)));
        match &self.precedence {
            Precedence::Full(segments, _) => all(segments) && parts.next().is_none(),
            Precedence::Greedy(segments, _) => all(segments),
            Precedence::Default => true,
        }
    }
}

impl Segment {
    fn takes(&self, part: &str) -> bool {
        match self {
            Self::Literal(literal) => literal == part,
            Self::Variable | Self::Rest => !part.is_empty(),
        }
    }
}

fn precedence(path: Option<&str>, any: AnyMethod) -> Precedence {
    let Some(path) = path else { return Precedence::Default };
    let segments: Vec<Segment> = path.strip_prefix('/').unwrap_or(path).split('/').map(segment).collect();
    let greedy = segments.last() == Some(&Segment::Rest);
    if greedy { Precedence::Greedy(segments, any) } else { Precedence::Full(segments, any) }
}

fn segment(part: &str) -> Segment {
    match part.strip_prefix('{') {
        Some(variable) if variable.ends_with("+}") => Segment::Rest,
        Some(_) => Segment::Variable,
        None => Segment::Literal(part.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes(table: &[(&str, Option<&str>, &str)]) -> Routes {
        let mut entries: Vec<Entry> = table
            .iter()
            .map(|(method, path, function)| Entry {
                precedence: precedence(*path, *method == "ANY"),
                method: (*method).to_owned(),
                function: (*function).to_owned(),
            })
            .collect();
        entries.sort_by(|one, other| one.precedence.cmp(&other.precedence));
        Routes(entries)
    }

    #[test]
    fn the_most_specific_route_answers() {
        let routes = routes(&[
            ("ANY", None, "rest"),
            ("ANY", Some("/a/{proxy+}"), "greedy"),
            ("GET", Some("/a/b/{proxy+}"), "longer greedy"),
            ("ANY", Some("/a/{id}"), "variable"),
            ("GET", Some("/a/{id}"), "variable get"),
            ("ANY", Some("/a/b"), "literal"),
            ("POST", Some("/a/{id}/c"), "post"),
            ("ANY", Some("/"), "home"),
        ]);
        for (method, path, function) in [
            ("GET", "/", "home"),
            ("GET", "/a/b", "literal"),
            ("GET", "/a/x", "variable get"),
            ("HEAD", "/a/x", "variable"),
            ("POST", "/a/x/c", "post"),
            ("GET", "/a/x/c", "greedy"),
            ("GET", "/a/b/c", "longer greedy"),
            ("PUT", "/a/b/c", "greedy"),
            ("GET", "/a/x/c/d", "greedy"),
            ("GET", "/a/", "rest"),
            ("GET", "/a", "rest"),
            ("GET", "/elsewhere", "rest"),
        ] {
            assert_eq!(routes.find(method, path), Some(function), "{method} {path}");
        }
    }

    #[test]
    fn without_a_default_route_there_is_nobody() {
        assert_eq!(routes(&[("GET", Some("/a"), "a")]).find("GET", "/b"), None);
    }
}
