//! Imports and the circumstances under which they run.

use dx_schemas::index::Import;
use dx_schemas::syntax::FragmentKind;
use dx_schemas::tree::{Node, NodeId, NodeKind, Tree};

use crate::dotted;

/// What is around a node.
#[derive(Clone, Copy, Default)]
struct Context {
    optional: bool,
    type_checking: bool,
    in_function: bool,
}

pub(crate) fn of_fragment(fragment: u32, kind: FragmentKind, tree: &Tree<'_>, out: &mut Vec<Import>) {
    let start = Context { in_function: kind == FragmentKind::Function, ..Context::default() };
    // Open regions with a context of their own: end, context.
    let mut open: Vec<(u32, Context)> = Vec::new();
    // Regions met on the way that begin further on.
    let mut ahead: Vec<(u32, u32, Context)> = Vec::new();
    let mut index = 0;
    while index < tree.node_count() as u32 {
        while open.last().is_some_and(|(end, _)| index >= *end) {
            open.pop();
        }
        if let Some(at) = ahead.iter().position(|(begin, ..)| *begin == index) {
            let (_, end, context) = ahead.swap_remove(at);
            open.push((end, context));
        }
        let context = open.last().map_or(start, |(_, context)| *context);
        let node = tree.node(NodeId(index));
        index += 1;
        let mut region = |node: Node<'_>, context| {
            if !node.is_absent() {
                ahead.push((node.id().0, node.end().0, context));
            }
        };
        match node.kind() {
            NodeKind::Function => region_here(&mut open, node, Context { in_function: true, ..context }),
            NodeKind::If => {
                let [test, body, orelse] = node.slots();
                let maybe = Context { optional: true, ..context };
                if is_type_checking(test) {
                    region(body, Context { type_checking: true, ..context });
                    region(orelse, context);
                } else {
                    region(body, maybe);
                    region(orelse, maybe);
                }
            }
            NodeKind::While | NodeKind::MatchCase => {
                region_here(&mut open, node, Context { optional: true, ..context });
            }
            NodeKind::Try => {
                let [body, handlers] = node.slots();
                if handlers.children().any(catches_import_error) {
                    region(body, Context { optional: true, ..context });
                }
            }
            NodeKind::Import => {
                for alias in node.children() {
                    out.push(import(fragment, alias.ident(), 0, Vec::new(), context));
                }
            }
            NodeKind::ImportFrom => {
                let names = node.children().map(|alias| alias.ident().to_owned()).collect();
                let module = node.name().unwrap_or_default();
                out.push(import(fragment, module, u32::from(node.extra()), names, context));
            }
            // No statement stands inside.
            NodeKind::ExprStmt | NodeKind::Assign | NodeKind::Return => index = node.end().0,
            _ => {}
        }
    }
}

fn region_here(open: &mut Vec<(u32, Context)>, node: Node<'_>, context: Context) {
    open.push((node.end().0, context));
}

fn import(fragment: u32, module: &str, level: u32, names: Vec<String>, context: Context) -> Import {
    Import {
        fragment,
        module: module.to_owned(),
        level,
        names,
        at_import: !context.in_function,
        optional: context.optional,
        type_checking: context.type_checking,
    }
}

fn is_type_checking(test: Node<'_>) -> bool {
    dotted::path(test).is_some_and(|path| dotted::last(&path) == "TYPE_CHECKING")
}

/// Whether a handler would swallow a failed import.
fn catches_import_error(handler: Node<'_>) -> bool {
    let [exception] = handler.slots();
    let swallows = |node: Node<'_>| {
        dotted::path(node).is_some_and(|path| {
            matches!(
                dotted::last(&path),
                "ImportError" | "ModuleNotFoundError" | "Exception" | "BaseException"
            )
        })
    };
    match exception.kind() {
        NodeKind::Absent => true,
        NodeKind::Tuple => exception.children().any(swallows),
        _ => swallows(exception),
    }
}
