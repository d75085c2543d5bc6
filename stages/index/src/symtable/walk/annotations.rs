//! Annotations (PEP 649): one lazily evaluated scope per function, and one for the variables of a class or module.

use dx_schemas::scopes::ScopeKind;
use dx_schemas::tree::Node;

use super::{Task, Walker};
use crate::symtable::def;

const ANNOTATE: &str = "__annotate__";

impl<'a> Walker<'_, 'a> {
    pub(super) fn function_annotations(&mut self, definition: Node<'a>) {
        let [_, _, _, _, annotations] = definition.slots();
        let in_class = self.scope().can_see_class || self.scope().kind == ScopeKind::Class;
        self.enter(ScopeKind::Annotations, annotations, ANNOTATE);
        self.see_class(in_class);
        self.scope().annotated = annotations.children().next().is_some();
        let strings = i32::from(self.file.future_annotations);
        // Each child is an Annotation, whose value may be starred (`*args: *Ts`).
        let values = annotations.children().flat_map(|annotation| annotation.children());
        self.then(
            [Task::Uncompiled(strings)]
                .into_iter()
                .chain(values.map(Self::star_at_home))
                .chain([Task::Uncompiled(-strings), Task::Exit]),
        );
    }

    pub(super) fn variable_annotation(&mut self, annotation: Node<'a>) {
        let outer = self.current;
        let kind = self.scope().kind;
        // A function never evaluates the annotations of its locals.
        let unevaluated = self.scope().is_function_block();
        // A module may be seen before it ran to its end, so all of its annotations count as conditional.
        let conditional = match kind {
            ScopeKind::Module => true,
            ScopeKind::Class => self.collecting().in_conditional,
            _ => false,
        };
        if conditional && !self.scope().conditional_annotations {
            self.scope().conditional_annotations = true;
            self.define_implicit("__conditional_annotations__", def::USE);
        }
        match self.collecting().annotation_block {
            Some(block) => {
                self.reenter(block);
                let depth = self.table.scope(outer).collecting.iterable_depth;
                self.collecting().iterable_depth = depth;
            }
            None => {
                let place = self.table.scope(outer).place;
                let block = self.enter_at(ScopeKind::Annotations, place, ANNOTATE);
                self.table.scope_mut(outer).collecting.annotation_block = Some(block);
                self.scope().annotated = true;
                if kind == ScopeKind::Class && !self.file.future_annotations {
                    self.see_class(true);
                }
            }
        }
        let uncompiled = i32::from(unevaluated || self.file.future_annotations);
        self.then([
            Task::Uncompiled(uncompiled),
            Task::Unevaluated(unevaluated),
            Task::Visit(annotation),
            Task::Unevaluated(false),
            Task::Uncompiled(-uncompiled),
            Task::Exit,
        ]);
    }

    /// `yield`, `await` and `:=` have no frame to act on in scopes that are evaluated lazily.
    pub(super) fn check_lazy(&mut self, node: Node<'a>, what: &str) {
        let place = match self.scope().kind {
            ScopeKind::Annotations => "an annotation",
            ScopeKind::TypeVarBound | ScopeKind::TypeVarDefault => self.collecting().info,
            ScopeKind::TypeAlias => "a type alias",
            ScopeKind::TypeParams => "the definition of a generic",
            _ => return,
        };
        self.error(node, "not-allowed-in-type-scope", format!("{what} cannot be used within {place}"));
    }
}
