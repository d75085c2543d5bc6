//! First pass: what each scope does with each name, and the errors that need no more than that.
//!
//! The walk keeps a stack of tasks instead of recursing: visiting a node pushes what is to be done for its parts, in
//! the order in which CPython visits them (the order decides which use of a name comes "prior to" a declaration). Each
//! room holds one family: [`statements`], [`definitions`], [`expressions`], [`comprehensions`], [`annotations`],
//! [`types`], [`patterns`]; [`bind`] writes into the table.

mod annotations;
mod arguments;
mod bind;
mod comprehensions;
mod definitions;
mod expressions;
mod patterns;
mod statements;
mod types;

use std::collections::BTreeSet;

use dx_schemas::scopes::ScopeKind;
use dx_schemas::tree::{Node, NodeKind};

use super::{Collecting, Place, Scope, ScopeId, SymbolTable};
use crate::file::File;
use crate::findings::Findings;
use crate::names::Sym;

/// Something still to do.
#[derive(Clone, Copy)]
pub(super) enum Task<'a> {
    Visit(Node<'a>),
    Exit,
    SetFragment(u32),
    SetClass(Option<Sym>),
    IterationTarget(bool),
    IterableDepth(i32),
    Conditional(bool),
    /// Code between is never run: annotations of locals, and those that become strings.
    Uncompiled(i32),
    Unevaluated(bool),
    TypeParams(Node<'a>),
    Annotations(Node<'a>),
    Function(Node<'a>),
    Lambda(Node<'a>),
    Class(Node<'a>),
    Alias(Node<'a>, bool),
    /// A bound or default, and the type parameter it belongs to.
    TypeVariable(Node<'a>, Node<'a>, ScopeKind, &'static str),
    Annotation(Node<'a>),
    Comprehension(Node<'a>),
    ComprehensionEnd(Node<'a>),
    Coroutine,
}

/// A name that is read, mangled, and the scope in which.
#[derive(Clone, Copy)]
pub(crate) struct Use {
    pub(crate) place: Place,
    pub(crate) scope: ScopeId,
    pub(crate) sym: Sym,
}

/// What the first pass leaves behind.
pub(crate) struct Walked<'a> {
    pub(crate) table: SymbolTable<'a>,
    pub(crate) uses: Vec<Use>,
}

pub(super) struct Walker<'f, 'a> {
    file: &'f File<'a>,
    table: SymbolTable<'a>,
    findings: &'f mut Findings,
    tasks: Vec<Task<'a>>,
    open: Vec<ScopeId>,
    current: ScopeId,
    fragment: u32,
    class_name: Option<Sym>,
    uncompiled: u32,
    /// Names that are mangled although they stand around a generic class, one set per such class.
    mangled_sets: Vec<BTreeSet<Sym>>,
    uses: Vec<Use>,
    known: Known,
    /// By fragment and name number of its tree: most names occur often, and finding one by its text is slow.
    interned: Vec<Vec<Option<Sym>>>,
}

/// Names with rules of their own.
struct Known {
    debug: Sym,
    super_: Sym,
}

pub(crate) fn walk<'a>(file: &File<'a>, findings: &mut Findings) -> Walked<'a> {
    let mut table = SymbolTable::default();
    let known = Known { debug: table.names.intern("__debug__"), super_: table.names.intern("super") };
    let mut walker = Walker {
        file,
        table,
        findings,
        tasks: Vec::new(),
        open: Vec::new(),
        current: SymbolTable::TOP,
        fragment: 0,
        class_name: None,
        uncompiled: 0,
        mangled_sets: Vec::new(),
        uses: Vec::new(),
        known,
        interned: vec![Vec::new(); file.trees.len()],
    };
    let root = file.trees[0].root();
    walker.enter(ScopeKind::Module, root, "<module>");
    walker.push_children(root);
    while let Some(task) = walker.tasks.pop() {
        walker.step(task);
    }
    walker.check_returns();
    Walked { table: walker.table, uses: walker.uses }
}

impl<'a> Walker<'_, 'a> {
    fn step(&mut self, task: Task<'a>) {
        match task {
            Task::Visit(node) => self.visit(node),
            Task::Exit => self.exit(),
            Task::SetFragment(fragment) => self.fragment = fragment,
            Task::SetClass(name) => self.class_name = name,
            Task::IterationTarget(on) => self.collecting().iteration_target = on,
            Task::IterableDepth(by) => {
                let depth = &mut self.collecting().iterable_depth;
                *depth = depth.saturating_add_signed(by);
            }
            Task::Conditional(on) => self.collecting().in_conditional = on,
            Task::Uncompiled(by) => self.uncompiled = self.uncompiled.saturating_add_signed(by),
            Task::Unevaluated(on) => self.collecting().in_unevaluated_annotation = on,
            Task::TypeParams(definition) => self.enter_type_params(definition),
            Task::Annotations(definition) => self.function_annotations(definition),
            Task::Function(definition) => self.function_body(definition),
            Task::Lambda(node) => self.lambda_body(node),
            Task::Class(definition) => self.class_body(definition),
            Task::Alias(node, in_class) => self.alias_value(node, in_class),
            Task::TypeVariable(expression, parameter, kind, info) => {
                self.type_variable(expression, parameter, kind, info);
            }
            Task::Annotation(annotation) => self.variable_annotation(annotation),
            Task::Comprehension(node) => self.enter_comprehension(node),
            Task::ComprehensionEnd(node) => self.leave_comprehension(node),
            Task::Coroutine => self.scope().coroutine = true,
        }
    }

    fn visit(&mut self, node: Node<'a>) {
        use NodeKind as K;
        match node.kind() {
            K::Absent | K::Invalid | K::Constant | K::FragmentRef => {}
            K::FunctionDef => self.function_def(node),
            K::ClassDef => self.class_def(node),
            K::TypeAlias => self.type_alias(node),
            K::TypeVar | K::ParamSpec | K::TypeVarTuple => self.type_param(node),
            K::Return
            | K::AnnAssign
            | K::For
            | K::While
            | K::If
            | K::With
            | K::Match
            | K::Try
            | K::ExceptHandler
            | K::Alias
            | K::Global
            | K::Nonlocal => self.statement(node),
            K::ListComp | K::SetComp | K::DictComp | K::GeneratorExp => self.comprehension(node),
            K::NamedExpr
            | K::Lambda
            | K::Dict
            | K::Yield
            | K::YieldFrom
            | K::Await
            | K::Call
            | K::Attribute
            | K::Name
            | K::Starred
            | K::ListExpr
            | K::Tuple
            | K::Set => self.expression(node),
            K::MatchStar | K::MatchMapping | K::MatchClass | K::MatchAs => self.pattern(node),
            _ => self.push_children(node),
        }
    }

    /// Pushes tasks so that the first one runs next.
    fn then(&mut self, tasks: impl IntoIterator<Item = Task<'a>>) {
        let mark = self.tasks.len();
        self.tasks.extend(tasks);
        self.tasks[mark..].reverse();
    }

    fn push_children(&mut self, node: Node<'a>) {
        self.then(node.children().map(Task::Visit));
    }

    fn scope(&mut self) -> &mut Scope {
        self.table.scope_mut(self.current)
    }

    fn collecting(&mut self) -> &mut Collecting {
        &mut self.scope().collecting
    }

    fn place(&self, node: Node<'_>) -> Place {
        Place { fragment: self.fragment, node: node.id().0 }
    }

    fn error(&mut self, node: Node<'_>, code: &str, message: impl Into<String>) {
        let place = self.place(node);
        self.findings.error(place, code, message);
    }

    /// For what CPython finds when it compiles, and so not in code that it never compiles.
    fn compile_error(&mut self, node: Node<'_>, code: &str, message: impl Into<String>) {
        if self.uncompiled == 0 {
            self.error(node, code, message);
        }
    }

    /// Opens a new scope inside the current one.
    fn enter(&mut self, kind: ScopeKind, node: Node<'a>, name: &'a str) -> ScopeId {
        let place = self.place(node);
        self.enter_at(kind, place, name)
    }

    fn enter_at(&mut self, kind: ScopeKind, place: Place, name: &'a str) -> ScopeId {
        let name = self.table.names.intern(name);
        let id = ScopeId(self.table.scopes.len() as u32);
        let parent = (id != SymbolTable::TOP).then_some(self.current);
        let (nested, mut collecting) = match parent.map(|parent| self.table.scope(parent)) {
            None => (false, Collecting::default()),
            Some(outer) => {
                let mangled_names = match kind {
                    ScopeKind::Class => None,
                    _ => outer.collecting.mangled_names,
                };
                let iterable_depth = outer.collecting.iterable_depth;
                let nested = outer.nested || outer.is_function_like();
                (nested, Collecting { mangled_names, iterable_depth, ..Collecting::default() })
            }
        };
        collecting.directives = Vec::new();
        let detached = kind == ScopeKind::Annotations && self.file.future_annotations;
        self.table.scopes.push(Scope {
            kind,
            comprehension: None,
            is_lambda: false,
            place,
            name,
            parent,
            class_name: self.class_name,
            nested,
            generator: false,
            coroutine: false,
            inlined: false,
            needs_class_cell: false,
            needs_classdict: false,
            can_see_class: false,
            conditional_annotations: false,
            annotated: false,
            sees_locals: false,
            symbols: Vec::new(),
            children: Vec::new(),
            detached_children: Vec::new(),
            collecting,
        });
        if let Some(parent) = parent {
            let outer = self.table.scope_mut(parent);
            if detached { &mut outer.detached_children } else { &mut outer.children }.push(id);
        }
        self.reenter(id);
        if matches!(
            kind,
            ScopeKind::Annotations
                | ScopeKind::TypeVarBound
                | ScopeKind::TypeVarDefault
                | ScopeKind::TypeAlias
        ) {
            self.define_implicit(".format", super::def::PARAM | super::def::USE);
        }
        id
    }

    fn reenter(&mut self, id: ScopeId) {
        self.open.push(id);
        self.current = id;
    }

    fn exit(&mut self) {
        self.open.pop();
        self.current = self.open.last().copied().unwrap_or(SymbolTable::TOP);
    }

    /// `return` with a value is wrong once the function turns out to be an asynchronous generator.
    fn check_returns(&mut self) {
        for scope in &self.table.scopes {
            if scope.coroutine && scope.generator {
                for place in &scope.collecting.value_returns {
                    self.findings.error(
                        *place,
                        "return-value-in-async-generator",
                        "'return' with value in async generator",
                    );
                }
            }
        }
    }
}
