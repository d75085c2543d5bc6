//! `from __future__ import`: which features there are, and where the statement may stand.

use ruff_python_ast::{Stmt, StmtImportFrom};

use crate::finding::Findings;

/// `Lib/__future__.py` of 3.14. All but `annotations` and `barry_as_FLUFL` are in force anyway.
const FEATURES: [&str; 10] = [
    "nested_scopes",
    "generators",
    "division",
    "absolute_import",
    "with_statement",
    "print_function",
    "unicode_literals",
    "barry_as_FLUFL",
    "generator_stop",
    "annotations",
];

fn is_future(node: &StmtImportFrom) -> bool {
    node.level == 0 && node.module.as_ref().is_some_and(|module| module.id == "__future__")
}

/// The statements that may hold future imports: after the docstring, up to the first other statement.
fn prologue(body: &[Stmt]) -> impl Iterator<Item = &Stmt> {
    let documented = matches!(body.first(), Some(Stmt::Expr(node)) if node.value.is_string_literal_expr());
    body.iter()
        .skip(usize::from(documented))
        .take_while(|each| matches!(each, Stmt::ImportFrom(node) if is_future(node)))
}

/// Whether `from __future__ import annotations` is in force.
pub(crate) fn annotations(body: &[Stmt]) -> bool {
    prologue(body).any(|each| match each {
        Stmt::ImportFrom(node) => node.names.iter().any(|alias| alias.name.id == "annotations"),
        _ => false,
    })
}

pub(crate) fn check(body: &[Stmt], findings: &mut Findings) {
    let allowed = prologue(body).count()
        + usize::from(matches!(body.first(), Some(Stmt::Expr(node)) if node.value.is_string_literal_expr()));
    for (index, each) in body.iter().enumerate() {
        if index < allowed {
            if let Stmt::ImportFrom(node) = each {
                features(node, findings);
            }
        } else {
            late(each, findings);
        }
    }
}

fn features(node: &StmtImportFrom, findings: &mut Findings) {
    for alias in &node.names {
        let name = alias.name.id.as_str();
        if name == "braces" {
            findings.syntax(alias, "not a chance");
        } else if !FEATURES.contains(&name) {
            findings.syntax(alias, format!("future feature {name} is not defined"));
        }
    }
}

/// Future imports anywhere below are late. An explicit stack: blocks may nest deeply in `elif` chains.
fn late(statement: &Stmt, findings: &mut Findings) {
    let mut open = vec![statement];
    while let Some(each) = open.pop() {
        match each {
            Stmt::ImportFrom(node) if is_future(node) => {
                findings.syntax(node, "from __future__ imports must occur at the beginning of the file");
            }
            Stmt::FunctionDef(node) => open.extend(&node.body),
            Stmt::ClassDef(node) => open.extend(&node.body),
            Stmt::For(node) => open.extend(node.body.iter().chain(&node.orelse)),
            Stmt::While(node) => open.extend(node.body.iter().chain(&node.orelse)),
            Stmt::If(node) => {
                open.extend(
                    node.body.iter().chain(node.elif_else_clauses.iter().flat_map(|each| &each.body)),
                );
            }
            Stmt::With(node) => open.extend(&node.body),
            Stmt::Match(node) => open.extend(node.cases.iter().flat_map(|case| &case.body)),
            Stmt::Try(node) => {
                let handlers = node.handlers.iter().flat_map(|handler| match handler {
                    ruff_python_ast::ExceptHandler::ExceptHandler(handler) => &handler.body,
                });
                open.extend(node.body.iter().chain(handlers).chain(&node.orelse).chain(&node.finalbody));
            }
            _ => {}
        }
    }
}
