//! From the foreign parser's tree to ours: one pass in source order, each fragment into its own builder.
//!
//! The state is the fragment being built, the fragments around it, and the small facts that positional rules need
//! (is there a loop around, has this scope a `yield`). Nothing here looks at names' meaning: that is dx-index.

mod definition;
mod expression;
mod pattern;
mod place;
mod statement;
mod string;

use dx_schemas::syntax::{FragmentKind, FragmentRow};
use dx_schemas::tree::node::NodeKind;
use dx_schemas::tree::{Const, NodeId, TreeBuilder};
use ruff_python_ast::{Mod, PythonVersion, Stmt};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_text_size::{Ranged, TextRange, TextSize};
use unicode_normalization::{UnicodeNormalization, is_nfkc_quick};

use crate::artifact::Parsed;
use crate::finding::{Finding, Findings};
use crate::source::Source;
use crate::{Language, checks, errors};

/// A fragment while it is built.
pub(crate) struct Draft {
    pub(crate) row: FragmentRow,
    /// Its place among the rows, fixed when it is opened.
    pub(crate) ordinal: usize,
    pub(crate) builder: TreeBuilder,
    /// One per node; an empty range at the text's end stands for "no place".
    pub(crate) ranges: Vec<Option<TextRange>>,
    /// From the first decorator to the end.
    pub(crate) range: TextRange,
    /// The ranges of the bodies of child fragments, which count as their text.
    pub(crate) children: Vec<TextRange>,
}

/// What encloses the statement being lowered, as far as positional rules ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    Module,
    Class,
    Function { has_yield: bool },
}

/// The pass.
pub(crate) struct Lowering<'a> {
    source: &'a Source<'a>,
    findings: Findings,
    draft: Draft,
    /// Fragments around the one being built.
    outer: Vec<Draft>,
    /// Finished fragments.
    done: Vec<Draft>,
    fragment_count: usize,
    scopes: Vec<Scope>,
    blocks: checks::blocks::Blocks,
    /// Specifications around the field being lowered, within one string.
    spec_depth: usize,
}

/// Parses and lowers a module.
pub(crate) fn module(source: &Source<'_>, language: Language, mut findings: Findings) -> Parsed {
    let version = match language {
        Language::Python314 => PythonVersion::PY314,
    };
    if !checks::limits::before_parsing(&source.text, &mut findings) {
        // What nests too deeply is not parsed at all; an empty tree stands for it.
        return lower(source, &[], findings, None, false);
    }
    let options = ParseOptions::from(Mode::Module).with_target_version(version);
    let shown = checks::flufl::translate(&source.text, &mut findings);
    let parsed = parse_unchecked(&shown, options);
    let mut deferred = None;
    if checks::tokens::check(source, parsed.tokens(), &mut findings) {
        deferred = errors::translate(source, &parsed, &mut findings);
    }
    let broken = deferred.is_some() || findings.has_errors();
    match parsed.syntax() {
        Mod::Module(module) => {
            if !broken {
                checks::future::check(&module.body, &mut findings);
            }
            let future_annotations = checks::future::annotations(&module.body);
            lower(source, &module.body, findings, deferred, future_annotations)
        }
        Mod::Expression(_) => lower(source, &[], findings, None, false),
    }
}

fn lower(
    source: &Source<'_>,
    body: &[Stmt],
    findings: Findings,
    deferred: Option<Finding>,
    future_annotations: bool,
) -> Parsed {
    let whole = TextRange::up_to(TextSize::of(&*source.text));
    let row = FragmentRow {
        kind: FragmentKind::Module,
        name: String::new(),
        qualname: String::new(),
        ordinal: 0,
        parent: 0,
        class_name: String::new(),
    };
    let mut lowering = Lowering {
        source,
        findings,
        draft: Draft::new(row, 0, whole),
        outer: Vec::new(),
        done: Vec::new(),
        fragment_count: 1,
        scopes: vec![Scope::Module],
        blocks: checks::blocks::Blocks::default(),
        spec_depth: 0,
    };
    let root = lowering.open(NodeKind::Module, None);
    lowering.body(body, true);
    lowering.close(root);
    let Lowering { mut findings, draft, mut done, .. } = lowering;
    if let Some(Finding { range, exception, message }) = deferred.filter(|_| !findings.has_errors()) {
        findings.add(exception, range, message);
    }
    done.push(draft);
    done.sort_by_key(|draft| draft.ordinal);
    Parsed::assemble(source, done, &findings, future_annotations)
}

impl Draft {
    fn new(row: FragmentRow, ordinal: usize, range: TextRange) -> Draft {
        Draft { row, ordinal, builder: TreeBuilder::new(), ranges: Vec::new(), range, children: Vec::new() }
    }
}

impl<'a> Lowering<'a> {
    /// Opens a node; `None` when it has no place of its own.
    fn open(&mut self, kind: NodeKind, place: Option<TextRange>) -> NodeId {
        self.draft.ranges.push(place);
        self.draft.builder.open(kind)
    }

    fn open_at(&mut self, kind: NodeKind, place: &impl Ranged) -> NodeId {
        self.open(kind, Some(place.range()))
    }

    fn close(&mut self, id: NodeId) {
        self.draft.builder.close(id);
    }

    fn leaf(&mut self, kind: NodeKind, place: Option<TextRange>) -> NodeId {
        let id = self.open(kind, place);
        self.close(id);
        id
    }

    fn absent(&mut self) {
        self.leaf(NodeKind::Absent, None);
    }

    fn flags(&mut self, id: NodeId, flags: u8) {
        self.draft.builder.add_flags(id, flags);
    }

    fn extra(&mut self, id: NodeId, extra: u16) {
        self.draft.builder.set_extra(id, extra);
    }

    /// Names are compared in NFKC (PEP 3131).
    fn name(&mut self, id: NodeId, name: &str) {
        if name.is_ascii() || is_nfkc_quick(name.chars()) == unicode_normalization::IsNormalized::Yes {
            self.draft.builder.set_name(id, name);
        } else {
            let normal: String = name.nfkc().collect();
            self.draft.builder.set_name(id, &normal);
        }
    }

    fn constant(&mut self, id: NodeId, value: Const<'_>) {
        self.draft.builder.set_const(id, value);
    }

    /// A list node around `items`.
    fn list<T>(&mut self, items: impl IntoIterator<Item = T>, mut item: impl FnMut(&mut Self, T)) {
        let list = self.open(NodeKind::List, None);
        for each in items {
            item(self, each);
        }
        self.close(list);
    }

    fn text(&self, range: TextRange) -> &'a str {
        self.source.text.get(range.start().to_usize()..range.end().to_usize()).unwrap_or_default()
    }
}
