//! A checked view of mapped code: instructions and tables stay where they are.

use super::build::{FRAGMENT_BIT, HEADER_BYTES, NO_NAME, OBJECT_BYTES};
use super::{
    ChildRef, ChildTarget, CodeObject, CodeUnit, Constant, Handler, Register, RegisterKind, StatementRange,
};
use crate::bytes::{Reader, Short, u32_at};
use crate::container::ArtifactError;

pub type ExceptionEntry = Handler;
pub type Child = ChildRef;
/// (pc, node).
pub type Site = (u32, u32);

/// All code of a fragment. Offsets, names and constants are checked on opening; operands by [`super::verify()`].
#[derive(Clone, Copy)]
pub struct CodeView<'a> {
    objects: &'a [u8],
    words: &'a [u8],
    tables: &'a [u8],
    constants: &'a [u8],
    names: &'a [u8],
    varints: &'a [u8],
    pool: &'a [u8],
}

impl<'a> CodeView<'a> {
    /// Opens the body of a `code` section.
    pub fn open(bytes: &'a [u8]) -> Result<CodeView<'a>, ArtifactError> {
        let mut reader = Reader::new(bytes);
        let mut counts = [0; HEADER_BYTES / 4];
        for count in &mut counts {
            *count = reader.u32()? as usize;
        }
        let [objects, constants, names, pool, words, tables, varints, zero] = counts;
        if objects == 0 || zero != 0 {
            return Err(ArtifactError::Malformed("code has no object, or its header is damaged"));
        }
        let view = CodeView {
            objects: reader.table(objects, OBJECT_BYTES)?,
            words: reader.table(words, 4)?,
            tables: reader.table(tables, 4)?,
            constants: reader.table(constants, 8)?,
            names: reader.table(names, 4)?,
            varints: reader.take(varints)?,
            pool: reader.take(pool)?,
        };
        reader.finish()?;
        view.check_pool()?;
        for index in 0..objects as u32 {
            view.object(index).check()?;
        }
        Ok(view)
    }

    fn check_pool(&self) -> Result<(), ArtifactError> {
        let mut at = 0;
        for index in 0..self.constant_count() {
            let end = u32_at(self.constants, index as usize * 2 + 1) as usize;
            let body =
                self.pool.get(at..end).ok_or(ArtifactError::Malformed("a constant ends outside the pool"))?;
            Constant::read(self.constants[index as usize * 8], body, index)
                .ok_or(ArtifactError::Malformed("a constant's bytes do not fit its type"))?;
            at = end;
        }
        for index in 0..self.name_count() {
            let end = u32_at(self.names, index as usize) as usize;
            let name =
                self.pool.get(at..end).ok_or(ArtifactError::Malformed("a name ends outside the pool"))?;
            std::str::from_utf8(name).map_err(|_| ArtifactError::Malformed("a name is not UTF-8"))?;
            at = end;
        }
        Ok(())
    }

    pub fn object_count(&self) -> u32 {
        (self.objects.len() / OBJECT_BYTES) as u32
    }

    pub fn constant_count(&self) -> u32 {
        (self.constants.len() / 8) as u32
    }

    pub fn name_count(&self) -> u32 {
        (self.names.len() / 4) as u32
    }

    pub fn object(&self, index: u32) -> ObjectView<'a> {
        let at = index as usize * OBJECT_BYTES;
        ObjectView { code: *self, header: &self.objects[at..at + OBJECT_BYTES] }
    }

    pub fn name(&self, index: u32) -> &'a str {
        let start = match index.checked_sub(1) {
            Some(before) => u32_at(self.names, before as usize),
            None if self.constant_count() == 0 => 0,
            None => u32_at(self.constants, (self.constant_count() as usize - 1) * 2 + 1),
        };
        let end = u32_at(self.names, index as usize);
        std::str::from_utf8(&self.pool[start as usize..end as usize]).unwrap_or_default()
    }

    pub fn constant(&self, index: u32) -> Constant {
        let start = index.checked_sub(1).map_or(0, |before| u32_at(self.constants, before as usize * 2 + 1));
        let end = u32_at(self.constants, index as usize * 2 + 1);
        let body = &self.pool[start as usize..end as usize];
        Constant::read(self.constants[index as usize * 8], body, index).unwrap_or(Constant::None)
    }

    /// The owned form, for tools and tests.
    pub fn to_unit(&self) -> CodeUnit {
        CodeUnit {
            objects: (0..self.object_count()).map(|index| self.object(index).to_object()).collect(),
            constants: (0..self.constant_count()).map(|index| self.constant(index)).collect(),
            names: (0..self.name_count()).map(|index| self.name(index).to_owned()).collect(),
        }
    }
}

/// One code object.
#[derive(Clone, Copy)]
pub struct ObjectView<'a> {
    code: CodeView<'a>,
    header: &'a [u8],
}

/// Index of each (offset, length) pair in the header, in words of 4 bytes.
const RUNS_AT: usize = 9;

impl<'a> ObjectView<'a> {
    fn field(&self, index: usize) -> u32 {
        u32_at(self.header, index)
    }

    fn half(&self, index: usize) -> u16 {
        let at = 24 + index * 2;
        u16::from_le_bytes([self.header[at], self.header[at + 1]])
    }

    fn run(&self, index: usize, area: &'a [u8], unit: usize) -> Option<&'a [u8]> {
        let start = (self.field(RUNS_AT + index * 2) as usize).checked_mul(unit)?;
        let len = (self.field(RUNS_AT + index * 2 + 1) as usize).checked_mul(unit)?;
        area.get(start..start.checked_add(len)?)
    }

    fn table(&self, index: usize) -> &'a [u8] {
        self.run(index, self.code.tables, 4).unwrap_or_default()
    }

    fn check(&self) -> Result<(), ArtifactError> {
        let inside = self.run(0, self.code.words, 4).is_some()
            && (1..5).all(|index| self.run(index, self.code.tables, 4).is_some())
            && (5..7).all(|index| self.run(index, self.code.varints, 1).is_some());
        if !inside {
            return Err(ArtifactError::Malformed("a code object's table lies outside its area"));
        }
        let names = self.code.name_count();
        if self.name_index() >= names || self.qualname_index() >= names {
            return Err(ArtifactError::Malformed("a code object has no name"));
        }
        if self.docstring().is_some_and(|index| index >= self.code.constant_count()) {
            return Err(ArtifactError::Malformed("a docstring is no constant"));
        }
        self.read_children().ok_or(ArtifactError::Malformed("a children table is damaged"))?;
        self.read_sites().ok_or(ArtifactError::Malformed("a site table is damaged"))?;
        if self.live_rows().any(|row| row.is_err()) {
            return Err(ArtifactError::Malformed("a live table is damaged"));
        }
        let bad_register = self.registers().any(|r| r.name.is_some_and(|name| name >= names));
        if bad_register || !self.table(3).len().is_multiple_of(16) || !self.table(4).len().is_multiple_of(12)
        {
            return Err(ArtifactError::Malformed("a code object's table is damaged"));
        }
        Ok(())
    }

    pub fn code(&self) -> CodeView<'a> {
        self.code
    }

    pub fn name_index(&self) -> u32 {
        self.field(0)
    }

    pub fn qualname_index(&self) -> u32 {
        self.field(1)
    }

    pub fn name(&self) -> &'a str {
        self.code.name(self.name_index())
    }

    pub fn qualname(&self) -> &'a str {
        self.code.name(self.qualname_index())
    }

    pub fn flags(&self) -> u32 {
        self.field(2)
    }

    pub fn node(&self) -> u32 {
        self.field(3)
    }

    pub fn docstring(&self) -> Option<u32> {
        Some(self.field(4)).filter(|index| *index != u32::MAX)
    }

    pub fn cache_count(&self) -> u32 {
        self.field(5)
    }

    pub fn positional_count(&self) -> u16 {
        self.half(0)
    }

    pub fn positional_only_count(&self) -> u16 {
        self.half(1)
    }

    pub fn keyword_only_count(&self) -> u16 {
        self.half(2)
    }

    pub fn free_first(&self) -> u16 {
        self.half(3)
    }

    pub fn free_count(&self) -> u16 {
        self.half(4)
    }

    /// The instruction words as bytes, four each, little-endian.
    pub fn instruction_bytes(&self) -> &'a [u8] {
        self.run(0, self.code.words, 4).unwrap_or_default()
    }

    pub fn instruction_count(&self) -> u32 {
        (self.instruction_bytes().len() / 4) as u32
    }

    pub fn instruction(&self, pc: u32) -> u32 {
        u32_at(self.instruction_bytes(), pc as usize)
    }

    pub fn register_count(&self) -> u32 {
        (self.table(1).len() / 4) as u32
    }

    pub fn register(&self, index: u32) -> Register {
        let word = u32_at(self.table(1), index as usize);
        let kind = match word >> 30 {
            1 => RegisterKind::Cell,
            2 | 3 => RegisterKind::Raw,
            _ => RegisterKind::Value,
        };
        Register { kind, name: Some(word & NO_NAME).filter(|name| *name != NO_NAME) }
    }

    pub fn registers(&self) -> impl Iterator<Item = Register> + use<'a> {
        let object = *self;
        (0..self.register_count()).map(move |index| object.register(index))
    }

    pub fn children(&self) -> Vec<Child> {
        self.read_children().unwrap_or_default()
    }

    fn read_children(&self) -> Option<Vec<Child>> {
        let table = self.table(2);
        let mut words = (0..table.len() / 4).map(|index| u32_at(table, index));
        let mut children = Vec::new();
        while let Some(target) = words.next() {
            let target = match target & FRAGMENT_BIT {
                0 => ChildTarget::Object(target),
                _ => ChildTarget::Fragment(target & !FRAGMENT_BIT),
            };
            let count = words.next()? as usize;
            if count > words.len() {
                return None;
            }
            let captures = words.by_ref().take(count).map(u16::try_from).collect::<Result<_, _>>().ok()?;
            children.push(ChildRef { target, captures });
        }
        Some(children)
    }

    pub fn handlers(&self) -> impl Iterator<Item = Handler> + use<'a> {
        let table = self.table(3);
        (0..table.len() / 16).map(move |index| Handler {
            start: u32_at(table, index * 4),
            end: u32_at(table, index * 4 + 1),
            target: u32_at(table, index * 4 + 2),
            register: u32_at(table, index * 4 + 3) as u16,
        })
    }

    pub fn statements(&self) -> impl Iterator<Item = StatementRange> + use<'a> {
        let table = self.table(4);
        (0..table.len() / 12).map(move |index| StatementRange {
            start: u32_at(table, index * 3),
            end: u32_at(table, index * 3 + 1),
            node: u32_at(table, index * 3 + 2),
        })
    }

    /// All sites, sorted by pc; decoded when somebody looks.
    pub fn sites(&self) -> Vec<Site> {
        self.read_sites().unwrap_or_default()
    }

    fn read_sites(&self) -> Option<Vec<Site>> {
        let mut reader = Reader::new(self.run(5, self.code.varints, 1)?);
        let mut sites = Vec::new();
        let (mut pc, mut node) = (0u32, 0i64);
        while reader.remaining() > 0 {
            pc = pc.checked_add(reader.varint32().ok()?)?;
            node = node.checked_add(reader.zigzag().ok()?)?;
            sites.push((pc, u32::try_from(node).ok()?));
        }
        Some(sites)
    }

    /// The tree node that the instruction at `pc` belongs to: that of the last site at or before it.
    pub fn node_at(&self, pc: u32) -> Option<u32> {
        self.sites().iter().take_while(|site| site.0 <= pc).last().map(|site| site.1)
    }

    pub fn live(&self) -> Vec<(u32, Vec<u8>)> {
        self.live_rows().map_while(Result::ok).map(|(pc, set)| (pc, set.to_vec())).collect()
    }

    /// The live table's rows as they stand there: pc, bits of registers. An error is the last item.
    pub fn live_rows(&self) -> impl Iterator<Item = Result<(u32, &'a [u8]), Short>> + use<'a> {
        let mut reader = Reader::new(self.run(6, self.code.varints, 1).unwrap_or_default());
        let mut pc = 0u32;
        std::iter::from_fn(move || {
            if reader.remaining() == 0 {
                return None;
            }
            let row = (|| {
                let at = reader.short();
                pc = pc.checked_add(reader.varint32()?).ok_or(at)?;
                let len = reader.varint32()? as usize;
                Ok((pc, reader.take(len)?))
            })();
            if row.is_err() {
                reader = Reader::new(&[]);
            }
            Some(row)
        })
    }

    pub fn to_object(&self) -> CodeObject {
        CodeObject {
            name: self.name_index(),
            qualname: self.qualname_index(),
            flags: self.flags(),
            positional_count: self.positional_count(),
            positional_only_count: self.positional_only_count(),
            keyword_only_count: self.keyword_only_count(),
            free_first: self.free_first(),
            free_count: self.free_count(),
            node: self.node(),
            docstring: self.field(4),
            registers: self.registers().collect(),
            instructions: (0..self.instruction_count()).map(|pc| self.instruction(pc)).collect(),
            cache_count: self.cache_count(),
            children: self.children(),
            handlers: self.handlers().collect(),
            statements: self.statements().collect(),
            sites: self.sites(),
            live: self.live(),
        }
    }
}
