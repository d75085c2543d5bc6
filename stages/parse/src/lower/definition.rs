//! Functions, classes, their parameters, annotations and type parameters; where fragments begin and end.

use dx_schemas::syntax::{FragmentKind, FragmentRow};
use dx_schemas::tree::node::{NodeKind, ParameterKind, flag};
use ruff_python_ast as ast;
use ruff_python_ast::{Parameters, Stmt, TypeParam};
use ruff_text_size::{Ranged, TextRange};

use super::place::{compound, from, skip_trivia};
use super::{Draft, Lowering, Scope};

impl Lowering<'_> {
    pub(super) fn function_def(&mut self, node: &ast::StmtFunctionDef) {
        let place = self.definition_place(node.range, &node.decorator_list);
        let id = self.open(NodeKind::FunctionDef, Some(place));
        self.name(id, &node.name.id);
        if node.is_async {
            self.flags(id, flag::ASYNC);
        }
        self.list(&node.decorator_list, |this, each| this.expression(&each.expression));
        self.type_params(node.type_params.as_deref());
        self.defaults(Some(&node.parameters));
        self.annotations(node);
        let fragment = self.fragment(FragmentKind::Function, &node.name.id, node.range, &node.body, |this| {
            this.function(node);
        });
        if !fragment {
            self.function(node);
        }
        self.close(id);
    }

    fn function(&mut self, node: &ast::StmtFunctionDef) {
        let place = compound(&self.source.text, node.range);
        let function = self.open(NodeKind::Function, Some(place));
        self.name(function, &node.name.id);
        if node.is_async {
            self.flags(function, flag::ASYNC);
        }
        self.parameters(Some(&node.parameters));
        self.scopes.push(Scope::Function { has_yield: false });
        let blocks = self.blocks.enter_scope();
        let list = self.open(NodeKind::List, None);
        self.body(&node.body, true);
        self.close(list);
        self.blocks.leave_scope(blocks);
        self.leave_function(function);
        self.close(function);
    }

    pub(super) fn class_def(&mut self, node: &ast::StmtClassDef) {
        let place = self.definition_place(node.range, &node.decorator_list);
        let id = self.open(NodeKind::ClassDef, Some(place));
        self.name(id, &node.name.id);
        self.list(&node.decorator_list, |this, each| this.expression(&each.expression));
        self.type_params(node.type_params.as_deref());
        let list = self.open(NodeKind::List, None);
        if let Some(arguments) = &node.arguments {
            self.arguments(arguments);
        }
        self.close(list);
        let fragment = self
            .fragment(FragmentKind::Class, &node.name.id, node.range, &node.body, |this| this.class(node));
        if !fragment {
            self.class(node);
        }
        self.close(id);
    }

    fn class(&mut self, node: &ast::StmtClassDef) {
        let place = compound(&self.source.text, node.range);
        let class = self.open(NodeKind::Class, Some(place));
        self.name(class, &node.name.id);
        self.scopes.push(Scope::Class);
        let blocks = self.blocks.enter_scope();
        self.body(&node.body, true);
        self.blocks.leave_scope(blocks);
        self.scopes.pop();
        self.close(class);
    }

    /// CPython's definitions begin at `def` or `class`; the foreign ones at the first decorator.
    fn definition_place(&self, range: TextRange, decorators: &[ast::Decorator]) -> TextRange {
        let range = compound(&self.source.text, range);
        match decorators.last() {
            Some(last) => from(skip_trivia(&self.source.text, last.end().to_usize()), range),
            None => range,
        }
    }

    /// Makes the definition a fragment of its own unless it stands in a function; says whether it did.
    fn fragment(
        &mut self,
        kind: FragmentKind,
        name: &str,
        range: TextRange,
        body: &[Stmt],
        lower: impl FnOnce(&mut Self),
    ) -> bool {
        let range = compound(&self.source.text, range);
        if self.scopes.iter().any(|scope| matches!(scope, Scope::Function { .. })) {
            return false;
        }
        let parent = &self.draft.row;
        let name: String = if name.is_ascii() {
            name.to_owned()
        } else {
            unicode_normalization::UnicodeNormalization::nfkc(name).collect()
        };
        let row = FragmentRow {
            kind,
            qualname: if parent.qualname.is_empty() {
                name.clone()
            } else {
                format!("{}.{name}", parent.qualname)
            },
            ordinal: 0,
            parent: self.draft.ordinal as u32,
            class_name: if kind == FragmentKind::Class { name.clone() } else { parent.class_name.clone() },
            name,
        };
        let body = match (body.first(), body.last()) {
            (Some(first), Some(last)) => first.range().cover(last.range()),
            _ => TextRange::empty(range.end()),
        };
        let reference = self.leaf(NodeKind::FragmentRef, None);
        self.draft.builder.set_payload(reference, self.draft.children.len() as u32);
        self.extra(reference, u16::from(kind == FragmentKind::Class));
        self.draft.children.push(body);
        let draft = Draft::new(row, self.fragment_count, range);
        self.fragment_count += 1;
        self.outer.push(std::mem::replace(&mut self.draft, draft));
        lower(self);
        if let Some(outer) = self.outer.pop() {
            self.done.push(std::mem::replace(&mut self.draft, outer));
        }
        true
    }

    pub(super) fn type_params(&mut self, params: Option<&ast::TypeParams>) {
        let Some(params) = params else { return self.absent() };
        self.list(&params.type_params, |this, param| {
            let (kind, name) = match param {
                TypeParam::TypeVar(node) => (NodeKind::TypeVar, &node.name),
                TypeParam::ParamSpec(node) => (NodeKind::ParamSpec, &node.name),
                TypeParam::TypeVarTuple(node) => (NodeKind::TypeVarTuple, &node.name),
            };
            let id = this.open_at(kind, param);
            this.name(id, &name.id);
            let default = match param {
                TypeParam::TypeVar(node) => {
                    this.optional(node.bound.as_deref());
                    &node.default
                }
                TypeParam::ParamSpec(node) => &node.default,
                TypeParam::TypeVarTuple(node) => &node.default,
            };
            this.optional(default.as_deref());
            this.close(id);
        });
    }

    /// The lists of positional and of keyword-only defaults.
    pub(super) fn defaults(&mut self, parameters: Option<&Parameters>) {
        let positional = parameters.map(|all| all.posonlyargs.iter().chain(&all.args));
        self.list(positional.into_iter().flatten(), |this, each| {
            if let Some(default) = &each.default {
                this.expression(default);
            }
        });
        self.list(parameters.map(|all| all.kwonlyargs.iter()).into_iter().flatten(), |this, each| {
            if let Some(default) = &each.default {
                let id = this.open(NodeKind::KeywordDefault, None);
                this.name(id, &each.parameter.name.id);
                this.expression(default);
                this.close(id);
            }
        });
    }

    /// In the order in which CPython evaluates them: positional, positional-only, `*args`, keyword-only, `**kwargs`.
    fn annotations(&mut self, node: &ast::StmtFunctionDef) {
        let all = &*node.parameters;
        let parameters = (all.args.iter().map(|each| &each.parameter))
            .chain(all.posonlyargs.iter().map(|each| &each.parameter))
            .chain(all.vararg.as_deref())
            .chain(all.kwonlyargs.iter().map(|each| &each.parameter))
            .chain(all.kwarg.as_deref());
        let annotated = parameters
            .filter_map(|each| Some((each.name.id.as_str(), each.annotation.as_deref()?)))
            .chain(node.returns.as_deref().map(|returns| ("return", returns)));
        self.list(annotated, |this, (name, annotation)| {
            let id = this.open(NodeKind::Annotation, None);
            this.name(id, name);
            this.expression(annotation);
            this.close(id);
        });
    }

    pub(super) fn parameters(&mut self, parameters: Option<&Parameters>) {
        let id = self.open(NodeKind::Parameters, None);
        if let Some(all) = parameters {
            for each in &all.posonlyargs {
                self.parameter(&each.parameter, ParameterKind::PositionalOnly, each.default.is_some());
            }
            for each in &all.args {
                self.parameter(&each.parameter, ParameterKind::Positional, each.default.is_some());
            }
            if let Some(each) = &all.vararg {
                self.parameter(each, ParameterKind::VarPositional, false);
            }
            for each in &all.kwonlyargs {
                self.parameter(&each.parameter, ParameterKind::KeywordOnly, each.default.is_some());
            }
            if let Some(each) = &all.kwarg {
                self.parameter(each, ParameterKind::VarKeyword, false);
            }
        }
        self.close(id);
    }

    fn parameter(&mut self, node: &ast::Parameter, kind: ParameterKind, has_default: bool) {
        // The stars are not part of the place.
        let place = TextRange::new(node.name.range.start(), node.range.end());
        let id = self.leaf(NodeKind::Parameter, Some(place));
        self.name(id, &node.name.id);
        self.extra(id, kind as u16);
        if has_default {
            self.flags(id, flag::HAS_DEFAULT);
        }
    }
}
