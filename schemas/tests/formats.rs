//! Every format: what is written reads back equal, and damaged bytes are refused or harmless, never a panic.

use dx_schemas::bytes::{Reader, Write};
use dx_schemas::code::{
    self, ChildRef, ChildTarget, CodeObject, CodeUnit, CodeView, Constant, Handler, Register, RegisterKind,
    StatementRange,
};
use dx_schemas::container::{Artifact, ArtifactBuilder, Kind, SectionKind};
use dx_schemas::diagnostic::{Diagnostic, Severity};
use dx_schemas::image::Image;
use dx_schemas::index::IndexTable;
use dx_schemas::positions::{self, Range};
use dx_schemas::record::Record;
use dx_schemas::scopes::{Binding, ChildScope, Scope, ScopeKind, Scopes, Symbol};
use dx_schemas::syntax::{self, FragmentKind, FragmentRow, FragmentTable, SpanRow, SpanTable};
use dx_schemas::tree::{Const, NodeKind, Payload, Tree, TreeBuilder};
use proptest::collection::vec;
use proptest::prelude::*;

/// A subtree: kind by number, flags, extra, and children.
#[derive(Clone, Debug)]
struct Shape {
    kind: u8,
    flags: u8,
    extra: u16,
    text: String,
    children: Vec<Shape>,
}

fn shapes() -> impl Strategy<Value = Shape> {
    let leaf = (any::<u8>(), any::<u8>(), any::<u16>(), "[a-zé]{0,6}")
        .prop_map(|(kind, flags, extra, text)| Shape { kind, flags, extra, text, children: Vec::new() });
    leaf.prop_recursive(5, 60, 6, |inner| {
        (any::<u8>(), any::<u8>(), any::<u16>(), "[a-zé]{0,6}", vec(inner, 0..6))
            .prop_map(|(kind, flags, extra, text, children)| Shape { kind, flags, extra, text, children })
    })
}

/// Builds a shape into a valid tree: children are cut or filled up to what the kind takes.
fn build(builder: &mut TreeBuilder, shape: &Shape) {
    let kind = NodeKind::ALL[shape.kind as usize % NodeKind::ALL.len()];
    let node = builder.open(kind);
    builder.add_flags(node, shape.flags);
    builder.set_extra(node, shape.extra);
    match kind.payload() {
        Payload::Name => builder.set_name(node, &shape.text),
        Payload::Const => builder.set_const(node, Const::Str(shape.text.as_bytes())),
        Payload::OptionalName if shape.extra.is_multiple_of(2) => builder.set_name(node, &shape.text),
        Payload::OptionalConst if shape.extra.is_multiple_of(2) => {
            builder.set_const(node, Const::Bytes(b"x"));
        }
        Payload::Number => builder.set_payload(node, shape.extra.into()),
        Payload::None | Payload::OptionalName | Payload::OptionalConst => {}
    }
    let arity = kind.arity();
    let take = if arity.variadic { shape.children.len().max(arity.fixed) } else { arity.fixed };
    for index in 0..take {
        match shape.children.get(index) {
            Some(child) => build(builder, child),
            None => drop(builder.absent()),
        }
    }
    builder.close(node);
}

fn compare(shape: &Shape, node: dx_schemas::tree::Node<'_>) {
    assert_eq!(node.kind(), NodeKind::ALL[shape.kind as usize % NodeKind::ALL.len()]);
    assert_eq!((node.flags(), node.extra()), (shape.flags, shape.extra));
    if node.kind().payload() == Payload::Name {
        assert_eq!(node.ident(), shape.text);
    }
    for (child, shape) in node.children().zip(&shape.children) {
        compare(shape, child);
    }
}

fn constants() -> impl Strategy<Value = Vec<Constant>> {
    let plain = prop_oneof![
        Just(Constant::None),
        Just(Constant::Ellipsis),
        any::<i64>().prop_map(Constant::int),
        vec(1u8..=255, 1..20).prop_map(|magnitude| Constant::Int { negative: true, magnitude }),
        any::<u64>().prop_map(Constant::Float),
        (any::<u64>(), any::<u64>()).prop_map(|(real, imaginary)| Constant::Complex { real, imaginary }),
        ".{0,8}".prop_map(|text| Constant::str(&text)),
        vec(any::<u8>(), 0..8).prop_map(Constant::Bytes),
    ];
    (vec(plain, 0..8), any::<bool>()).prop_map(|(mut constants, set)| {
        let items = (0..constants.len() as u32).collect();
        constants.push(if set { Constant::FrozenSet(items) } else { Constant::Tuple(items) });
        constants
    })
}

fn objects(names: u32) -> impl Strategy<Value = CodeObject> {
    let register = (0..3u8, proptest::option::of(0..names)).prop_map(|(kind, name)| Register {
        kind: [RegisterKind::Value, RegisterKind::Cell, RegisterKind::Raw][kind as usize],
        name,
    });
    let child = (any::<bool>(), 0..1000u32, vec(any::<u16>(), 0..4)).prop_map(|(object, index, captures)| {
        let target = if object { ChildTarget::Object(index) } else { ChildTarget::Fragment(index) };
        ChildRef { target, captures }
    });
    let handler = (any::<u32>(), any::<u32>(), any::<u32>(), any::<u16>())
        .prop_map(|(start, end, target, register)| Handler { start, end, target, register });
    let sorted = |mut pcs: Vec<(u32, u32)>| {
        pcs.sort_by_key(|(pc, _)| *pc);
        pcs
    };
    (
        (0..names, 0..names, any::<u32>(), any::<u32>(), any::<u16>(), any::<u16>()),
        vec(register, 0..10),
        vec(any::<u32>(), 0..20),
        vec(child, 0..3),
        vec(handler, 0..3),
        vec((0..9999u32, any::<u32>()), 0..9).prop_map(sorted),
        vec((0..99u32, vec(any::<u8>(), 0..4)), 0..5),
    )
        .prop_map(|(numbers, registers, instructions, children, handlers, sites, mut live)| {
            live.sort();
            CodeObject {
                name: numbers.0,
                qualname: numbers.1,
                flags: numbers.2,
                node: numbers.3,
                positional_count: numbers.4,
                free_count: numbers.5,
                docstring: u32::MAX,
                statements: vec![StatementRange { start: 1, end: 2, node: 3 }; children.len()],
                registers,
                instructions,
                children,
                handlers,
                sites,
                live,
                ..CodeObject::default()
            }
        })
}

fn units() -> impl Strategy<Value = CodeUnit> {
    (vec("[a-zé_]{0,6}", 1..5), constants()).prop_flat_map(|(names, constants)| {
        vec(objects(names.len() as u32), 1..4).prop_map(move |objects| CodeUnit {
            objects,
            constants: constants.clone(),
            names: names.clone(),
        })
    })
}

fn ranges() -> impl Strategy<Value = Vec<Option<Range>>> {
    let range = (-5..9999i32, 0..500u32, 0..50i32, 0..500u32)
        .prop_map(|(line, col, spanned, end_col)| Range { line, col, end_line: line + spanned, end_col });
    vec(proptest::option::of(range), 0..40)
}

fn scopes() -> impl Strategy<Value = Scopes> {
    let symbol = ("[a-z]{1,4}", 0..3u8, any::<u16>()).prop_map(|(name, binding, flags)| Symbol {
        name,
        binding: [Binding::Local, Binding::Cell, Binding::Free][binding as usize],
        flags,
    });
    let scope =
        (any::<u32>(), ".{0,5}", any::<u16>(), vec(symbol, 0..5)).prop_map(|(node, name, flags, symbols)| {
            Scope {
                kind: ScopeKind::Function,
                node,
                qualname: format!("C.{name}"),
                name,
                parent: 0,
                flags,
                symbols,
            }
        });
    (vec(scope, 0..4), vec("[a-z]{1,4}", 0..3)).prop_map(|(scopes, free)| Scopes {
        scopes,
        children: vec![ChildScope { free }],
        class_name: "C".into(),
        future_annotations: false,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn trees_round_trip(shape in shapes()) {
        let mut builder = TreeBuilder::new();
        build(&mut builder, &shape);
        let bytes = builder.finish();
        let tree = Tree::open(&bytes).unwrap();
        compare(&shape, tree.root());
        prop_assert_eq!(tree.to_string().lines().count(), tree.node_count());
    }

    #[test]
    fn damaged_trees_are_refused_or_readable(shape in shapes(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut builder = TreeBuilder::new();
        build(&mut builder, &shape);
        let mut bytes = builder.finish();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(tree) = Tree::open(&bytes) {
            tree.iter().for_each(|node| {
                let _ = (node.name(), node.constant(), node.children().count());
            });
        }
    }

    #[test]
    fn code_round_trips(unit in units()) {
        let bytes = code::encode(&unit);
        let view = CodeView::open(&bytes).unwrap();
        prop_assert_eq!(view.to_unit(), unit);
    }

    #[test]
    fn damaged_code_is_refused_or_readable(unit in units(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = code::encode(&unit);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(view) = CodeView::open(&bytes) {
            let _ = (view.to_unit(), code::verify(&view), code::disassemble(&view));
        }
        prop_assert!(CodeView::open(&bytes[..at]).is_err());
    }

    #[test]
    fn positions_round_trip(ranges in ranges()) {
        prop_assert_eq!(positions::decode(&positions::encode(&ranges)).unwrap(), ranges);
    }

    #[test]
    fn scopes_round_trip(scopes in scopes()) {
        prop_assert_eq!(syntax::decode::<Scopes>(&syntax::encode(&scopes)).unwrap(), scopes);
    }

    #[test]
    fn tables_round_trip(name in ".{0,8}", ordinal in any::<u32>(), l1 in any::<[u8; 32]>()) {
        let row = FragmentRow {
            kind: FragmentKind::Class,
            qualname: format!("A.{name}"),
            class_name: name.clone(),
            name,
            ordinal,
            parent: 0,
        };
        let table = FragmentTable { fragments: vec![row], future_annotations: true, broken: false };
        prop_assert_eq!(syntax::decode::<FragmentTable>(&syntax::encode(&table)).unwrap(), table);
        let spans = SpanTable {
            spans: vec![SpanRow { base_line: ordinal, start_byte: 1, end_byte: 2, l1 }],
            line_count: 7,
        };
        prop_assert_eq!(syntax::decode::<SpanTable>(&syntax::encode(&spans)).unwrap(), spans);
    }

    #[test]
    fn diagnostics_round_trip(line in any::<u32>(), message in ".{0,20}") {
        let diagnostic = Diagnostic {
            line,
            col: 1,
            end_line: line,
            end_col: 2,
            severity: Severity::Warning,
            code: "invalid-escape".into(),
            message,
            exception: "SyntaxWarning".into(),
        };
        let list = vec![diagnostic];
        prop_assert_eq!(syntax::decode::<Vec<Diagnostic>>(&syntax::encode(&list)).unwrap(), list);
    }

    #[test]
    fn noise_never_decodes_into_a_panic(bytes in vec(any::<u8>(), 0..200)) {
        let _ = Tree::open(&bytes);
        let _ = CodeView::open(&bytes);
        let _ = positions::decode(&bytes);
        let _ = Artifact::open(&bytes).map(|artifact| artifact.verify());
        let _ = syntax::decode::<FragmentTable>(&bytes);
        let _ = syntax::decode::<SpanTable>(&bytes);
        let _ = syntax::decode::<Scopes>(&bytes);
        let _ = syntax::decode::<IndexTable>(&bytes);
        let _ = syntax::decode::<Image>(&bytes);
        let _ = syntax::decode::<Vec<Diagnostic>>(&bytes);
        let _ = Record::decode(&bytes);
    }

    #[test]
    fn containers_round_trip(bodies in vec(vec(any::<u8>(), 0..100), 0..6)) {
        let mut builder = ArtifactBuilder::new(Kind::Bundle);
        for (ordinal, body) in bodies.iter().enumerate().rev() {
            builder.add(SectionKind::Nested, ordinal as u32, body.clone());
        }
        let bytes = builder.finish();
        let artifact = Artifact::open_as(&bytes, Kind::Bundle).unwrap();
        for (ordinal, body) in bodies.iter().enumerate() {
            prop_assert_eq!(artifact.section(SectionKind::Nested, ordinal as u32).unwrap(), &body[..]);
        }
    }

    #[test]
    fn varints_round_trip(value in any::<u64>(), signed in any::<i64>()) {
        let mut out = Vec::new();
        out.put_varint(value);
        out.put_zigzag(signed);
        let mut reader = Reader::new(&out);
        prop_assert_eq!((reader.varint().unwrap(), reader.zigzag().unwrap()), (value, signed));
        prop_assert!(reader.finish().is_ok());
    }
}
