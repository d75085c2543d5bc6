//! `str.format`, `str.format_map`, `str.__format__`.

use dx_text::format::{Defaults, Field, FieldName, FormatError, NameStep, Numbering, Piece, Spec, Template};
use dx_text::{format as kernels, wtf8};

use super::{same, this};
use crate::args::Args;
use crate::error::{PyResult, Raised};
use crate::thread::Thread;
use crate::types::str::from_wtf8;
use crate::types::support::{ascii, format_value, get_item, type_name};
use crate::value::Value;

/// How deep replacement fields nest: fields, and fields within their specs.
const DEPTH_MAX: u32 = 2;

/// Where fields find their values.
struct Arguments<'a> {
    args: Args<'a>,
    mapping: Option<Value>,
    numbering: Numbering,
}

/// Raises what a kernel of formatting refused.
#[cold]
pub(crate) fn raise_format(thread: &Thread, error: FormatError) -> Raised {
    match error {
        FormatError::Value(message) => thread.value_error(message),
        FormatError::Type(message) => thread.type_error(message),
        FormatError::Overflow(message) => thread.overflow_error(message),
    }
}

/// A width or precision for which there can be no memory is refused before anything is padded.
pub(crate) fn parse_spec(thread: &Thread, text: &[u8], defaults: Defaults<'_>) -> PyResult<Spec> {
    let spec = Spec::parse(text, defaults).map_err(|error| raise_format(thread, error))?;
    let longest = spec.width.unwrap_or(0).max(spec.precision.filter(|_| defaults.kind != b's').unwrap_or(0));
    if longest > 1 << 32 {
        return Err(thread.memory_error(""));
    }
    Ok(spec)
}

impl Arguments<'_> {
    fn first(&self, thread: &Thread, name: FieldName<'_>) -> PyResult<Value> {
        match (name, self.mapping) {
            (FieldName::Index(_), Some(_)) => {
                Err(thread.value_error("Format string contains positional fields"))
            }
            (FieldName::Index(index), None) => self.args.get(index).ok_or_else(|| {
                thread.index_error(format_args!(
                    "Replacement index {index} out of range for positional args tuple"
                ))
            }),
            (FieldName::Key(key), Some(mapping)) => get_item(thread, mapping, from_wtf8(thread, key).value()),
            (FieldName::Key(key), None) => {
                let found = self.args.keywords().find(|(name, _)| name.str_bytes() == Some(key));
                match found {
                    Some((_, value)) => Ok(value),
                    None => Err(thread.key_error(from_wtf8(thread, key).value())),
                }
            }
        }
    }

    fn value(&mut self, thread: &Thread, name: &[u8]) -> PyResult<Value> {
        let parsed = FieldName::parse(name, &mut self.numbering);
        let (first, steps) = parsed.map_err(|error| raise_format(thread, error))?;
        let mut value = self.first(thread, first)?;
        for step in steps {
            value = match step.map_err(|error| raise_format(thread, error))? {
                NameStep::Attribute(name) => thread.get_attr(value, thread.intern_bytes(name))?,
                NameStep::Index(index) => get_item(thread, value, Value::small(index as i64))?,
                NameStep::Key(key) => get_item(thread, value, from_wtf8(thread, key).value())?,
            };
        }
        Ok(value)
    }

    fn field(
        &mut self,
        thread: &Thread,
        template: &[u8],
        field: &Field,
        depth: u32,
        out: &mut Vec<u8>,
    ) -> PyResult<()> {
        let mut value = self.value(thread, &template[field.name.clone()])?;
        if let Some(conversion) = field.conversion {
            value = convert(thread, value, conversion)?;
        }
        let mut expanded = Vec::new();
        let mut spec = &template[field.spec.clone()];
        if field.spec_has_fields {
            self.build(thread, spec, depth - 1, &mut expanded)?;
            spec = &expanded;
        }
        push_formatted(thread, value, spec, out)
    }

    fn build(&mut self, thread: &Thread, template: &[u8], depth: u32, out: &mut Vec<u8>) -> PyResult<()> {
        if depth == 0 {
            return Err(thread.value_error("Max string recursion exceeded"));
        }
        for piece in Template::new(template) {
            match piece.map_err(|error| raise_format(thread, error))? {
                Piece::Text(range) => out.extend_from_slice(&template[range]),
                Piece::Field(field) => self.field(thread, template, &field, depth, out)?,
            }
        }
        Ok(())
    }
}

/// `!r`, `!s`, `!a`.
fn convert(thread: &Thread, value: Value, conversion: u32) -> PyResult<Value> {
    match u8::try_from(conversion).unwrap_or(0) {
        b'r' => thread.repr(value),
        b's' => thread.to_str(value),
        b'a' => ascii(thread, value),
        _ => {
            let shown = match char::from_u32(conversion) {
                Some(plain) if (33..127).contains(&conversion) => plain.to_string(),
                _ => format!("\\x{conversion:x}"),
            };
            Err(thread.value_error(format_args!("Unknown conversion specifier {shown}")))
        }
    }
}

/// Appends `format(value, spec)`.
pub(crate) fn push_formatted(thread: &Thread, value: Value, spec: &[u8], out: &mut Vec<u8>) -> PyResult<()> {
    let spec = if spec.is_empty() { thread.empty_str() } else { from_wtf8(thread, spec).value() };
    let text = format_value(thread, value, spec)?;
    out.extend_from_slice(text.str_bytes().unwrap_or_default());
    Ok(())
}

fn run(thread: &Thread, template: &[u8], args: Args<'_>, mapping: Option<Value>) -> PyResult<Value> {
    let mut out = Vec::with_capacity(template.len() + 16);
    let mut arguments = Arguments { args, mapping, numbering: Numbering::default() };
    arguments.build(thread, template, DEPTH_MAX, &mut out)?;
    Ok(from_wtf8(thread, &out).value())
}

pub(super) fn format(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let template = this(thread, args)?;
    run(thread, template.bytes(), args.rest(), None)
}

pub(super) fn format_map(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let template = this(thread, args)?;
    run(thread, template.bytes(), Args::NONE, args.get(1))
}

/// The format spec that a `__format__` method was given.
pub(crate) fn spec_argument(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let spec = args.positional()[1];
    if spec.as_str().is_none() {
        let name = type_name(thread, spec);
        return Err(thread.type_error(format_args!("__format__() argument must be str, not {name}")));
    }
    Ok(spec)
}

pub(super) fn dunder_format(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let string = this(thread, args)?;
    let spec = spec_argument(thread, args)?;
    let spec = spec.str_bytes().unwrap_or_default();
    if spec.is_empty() {
        return Ok(same(string));
    }
    let spec = parse_spec(thread, spec, Defaults::STR)?;
    let mut out = Vec::with_capacity(string.bytes().len().max(spec.width.unwrap_or(0)));
    kernels::format_str(&mut out, string.bytes(), &spec).map_err(|error| raise_format(thread, error))?;
    debug_assert!(wtf8::count(&out) >= spec.width.unwrap_or(0));
    Ok(from_wtf8(thread, &out).value())
}
