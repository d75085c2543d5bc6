//! Lays code objects out as the bytes that are mapped and run.

use super::{ChildTarget, CodeObject, CodeUnit};
use crate::bytes::Write;
use crate::container::{ArtifactBuilder, Kind, SectionKind};

pub(super) const HEADER_BYTES: usize = 32;
pub(super) const OBJECT_BYTES: usize = 96;
pub(super) const NO_NAME: u32 = (1 << 30) - 1;
pub(super) const FRAGMENT_BIT: u32 = 1 << 31;

/// The `code` section's bytes.
pub fn encode(unit: &CodeUnit) -> Vec<u8> {
    let mut objects = Vec::new();
    let mut words: Vec<u32> = Vec::new();
    let mut tables: Vec<u32> = Vec::new();
    let mut varints: Vec<u8> = Vec::new();
    for object in &unit.objects {
        encode_object(object, &mut objects, &mut words, &mut tables, &mut varints);
    }
    let mut constants = Vec::new();
    let mut pool = Vec::new();
    for constant in &unit.constants {
        constant.write(&mut pool);
        constants.put_u32(u32::from(constant.tag()));
        constants.put_u32(pool.len() as u32);
    }
    let mut names = Vec::new();
    for name in &unit.names {
        pool.extend_from_slice(name.as_bytes());
        names.put_u32(pool.len() as u32);
    }
    let mut out = Vec::new();
    for count in [
        unit.objects.len(),
        unit.constants.len(),
        unit.names.len(),
        pool.len(),
        words.len(),
        tables.len(),
        varints.len(),
        0,
    ] {
        out.put_u32(count as u32);
    }
    out.extend_from_slice(&objects);
    words.iter().chain(&tables).for_each(|word| out.put_u32(*word));
    for part in [constants, names, varints, pool] {
        out.extend_from_slice(&part);
    }
    out
}

/// The whole artifact.
pub fn to_artifact(unit: &CodeUnit) -> Vec<u8> {
    into_artifact(encode(unit))
}

/// The artifact around a `code` section's bytes.
pub fn into_artifact(code: Vec<u8>) -> Vec<u8> {
    let mut builder = ArtifactBuilder::new(Kind::Code);
    builder.add(SectionKind::Code, 0, code);
    builder.finish()
}

fn encode_object(
    object: &CodeObject,
    out: &mut Vec<u8>,
    words: &mut Vec<u32>,
    tables: &mut Vec<u32>,
    varints: &mut Vec<u8>,
) {
    let start = out.len();
    for field in
        [object.name, object.qualname, object.flags, object.node, object.docstring, object.cache_count]
    {
        out.put_u32(field);
    }
    for field in [
        object.positional_count,
        object.positional_only_count,
        object.keyword_only_count,
        object.free_first,
        object.free_count,
        0,
    ] {
        out.put_u16(field);
    }
    // Runs: offset and length, in units of the area they lie in.
    let run = |out: &mut Vec<u8>, from: usize, to: usize| {
        out.put_u32(from as u32);
        out.put_u32((to - from) as u32);
    };
    let from = words.len();
    words.extend_from_slice(&object.instructions);
    run(out, from, words.len());
    let from = tables.len();
    tables.extend(object.registers.iter().map(|r| (r.kind as u32) << 30 | r.name.unwrap_or(NO_NAME)));
    run(out, from, tables.len());
    let from = tables.len();
    for child in &object.children {
        tables.push(match child.target {
            ChildTarget::Object(index) => index,
            ChildTarget::Fragment(index) => index | FRAGMENT_BIT,
        });
        tables.push(child.captures.len() as u32);
        tables.extend(child.captures.iter().map(|register| u32::from(*register)));
    }
    run(out, from, tables.len());
    let from = tables.len();
    for h in &object.handlers {
        tables.extend([h.start, h.end, h.target, u32::from(h.register)]);
    }
    run(out, from, tables.len());
    let from = tables.len();
    for s in &object.statements {
        tables.extend([s.start, s.end, s.node]);
    }
    run(out, from, tables.len());
    let from = varints.len();
    let (mut pc, mut node) = (0, 0);
    for site in &object.sites {
        varints.put_varint(u64::from(site.0 - pc));
        varints.put_zigzag(i64::from(site.1) - i64::from(node));
        (pc, node) = *site;
    }
    run(out, from, varints.len());
    let from = varints.len();
    let mut pc = 0;
    for (at, set) in &object.live {
        varints.put_varint(u64::from(at - pc));
        varints.put_varint(set.len() as u64);
        varints.extend_from_slice(set);
        pc = *at;
    }
    run(out, from, varints.len());
    debug_assert!(out.len() - start <= OBJECT_BYTES);
    out.resize(start + OBJECT_BYTES, 0);
}
