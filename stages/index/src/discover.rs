//! Tests, fixtures and marks that a test runner can find without importing the file.
//!
//! By pytest's default names; the runner decides which of them its configuration means.

use dx_schemas::index::{Fixture, Mark, TestItem};
use dx_schemas::syntax::FragmentKind;
use dx_schemas::tree::node::{ParameterKind, flag};
use dx_schemas::tree::{Const, Node, NodeKind};

use crate::dotted;
use crate::file::File;

pub(crate) fn tests_and_fixtures(file: &File<'_>) -> (Vec<TestItem>, Vec<Fixture>) {
    let mut tests = Vec::new();
    let mut fixtures = Vec::new();
    // Classes of this file that are TestCases, by name.
    let mut unittests: Vec<&str> = Vec::new();
    for (at, row) in file.rows.iter().enumerate() {
        let fragment = at as u32;
        let Some(definition) = file.definition(fragment) else { continue };
        let [decorators] = definition.slots();
        match row.kind {
            FragmentKind::Function => {
                let parameters = || parameters(file, fragment, decorators);
                let fixture = decorators.children().find_map(|decorator| fixture(fragment, row, decorator));
                if let Some(fixture) = fixture {
                    fixtures.push(Fixture { parameters: parameters(), ..fixture });
                } else if row.name.starts_with("test") {
                    let (marks, parameters) = (marks(decorators), parameters());
                    tests.push(TestItem { fragment, marks, parameters, bases: Vec::new() });
                }
            }
            FragmentKind::Class => {
                let [_, _, arguments] = definition.slots();
                let positional = arguments.children().filter(|node| node.kind() != NodeKind::Keyword);
                let bases: Vec<String> = positional.filter_map(dotted::path).collect();
                let is_unittest = bases.iter().any(|base| {
                    dotted::last(base).ends_with("TestCase") || unittests.contains(&base.as_str())
                });
                if is_unittest {
                    unittests.push(&row.name);
                }
                if row.name.starts_with("Test") || is_unittest {
                    let parameters = Vec::new();
                    tests.push(TestItem { fragment, marks: marks(decorators), parameters, bases });
                }
            }
            FragmentKind::Module => {}
        }
    }
    (tests, fixtures)
}

/// Parameters that a fixture can fill: without a default, not starred, not the receiver of a method.
fn parameters(file: &File<'_>, fragment: u32, decorators: Node<'_>) -> Vec<String> {
    let parent = file.rows[fragment as usize].parent as usize;
    let is_static = decorators.children().any(|node| dotted::path(node).as_deref() == Some("staticmethod"));
    let receiver = usize::from(file.rows[parent].kind == FragmentKind::Class && !is_static);
    let [parameters] = file.trees[fragment as usize].root().slots();
    parameters
        .children()
        .skip(receiver)
        .filter(|parameter| {
            let kind = ParameterKind::from_code(parameter.extra());
            matches!(kind, Some(ParameterKind::Positional | ParameterKind::KeywordOnly))
                && !parameter.has(flag::HAS_DEFAULT)
        })
        .map(|parameter| parameter.ident().to_owned())
        .collect()
}

fn marks(decorators: Node<'_>) -> Vec<Mark> {
    let mut marks = Vec::new();
    for decorator in decorators.children() {
        let Some(name) = dotted::callee_path(decorator) else { continue };
        if !name.contains(".mark.") && !name.starts_with("mark.") {
            continue;
        }
        let cases = match (dotted::last(&name), decorator.kind()) {
            ("parametrize", NodeKind::Call) => literal_count(decorator),
            _ => None,
        };
        marks.push(Mark { name, cases });
    }
    marks
}

/// The number of cases of `parametrize(names, [..])`, where the list is spelled out. Of a set that is written down nobody
/// knows how many of its elements are equal.
fn literal_count(call: Node<'_>) -> Option<u32> {
    let values = argument(call, 1, "argvalues")?;
    let spelled = matches!(values.kind(), NodeKind::ListExpr | NodeKind::Tuple);
    if !spelled || values.children().any(|element| element.kind() == NodeKind::Starred) {
        return None;
    }
    u32::try_from(values.children().count()).ok()
}

fn argument<'a>(call: Node<'a>, position: usize, keyword: &str) -> Option<Node<'a>> {
    let named = call.rest(1).find(|node| node.kind() == NodeKind::Keyword && node.name() == Some(keyword));
    match named {
        Some(keyword) => Some(keyword.slots::<1>()[0]),
        None => call.rest(1).filter(|node| node.kind() != NodeKind::Keyword).nth(position),
    }
}

fn fixture(fragment: u32, row: &dx_schemas::syntax::FragmentRow, decorator: Node<'_>) -> Option<Fixture> {
    let path = dotted::callee_path(decorator)?;
    if !matches!(dotted::last(&path), "fixture" | "yield_fixture") {
        return None;
    }
    let mut fixture = Fixture {
        fragment,
        name: row.name.clone(),
        scope: "function".to_owned(),
        autouse: false,
        parameters: Vec::new(),
    };
    if decorator.kind() == NodeKind::Call {
        let keyword = |name: &str| {
            let found =
                decorator.rest(1).find(|node| node.kind() == NodeKind::Keyword && node.name() == Some(name));
            found.and_then(|keyword| keyword.slots::<1>()[0].constant())
        };
        if let Some(Const::Str(name)) = keyword("name") {
            fixture.name = String::from_utf8_lossy(name).into_owned();
        }
        if let Some(Const::Str(scope)) = keyword("scope") {
            fixture.scope = String::from_utf8_lossy(scope).into_owned();
        }
        fixture.autouse = keyword("autouse") == Some(Const::True);
    }
    Some(fixture)
}
