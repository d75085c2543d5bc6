//! The text form of code: what goldens hold and `dx-pipe show` prints.

use std::fmt::Write as _;

use super::decode::{Instruction, decode};
use super::{ChildTarget, CodeView, Constant, ObjectView, RegisterKind};
use crate::opcode::{Common, Format, FunctionPart, Immediate, Intrinsic, NO_CACHE, Op, Operand, Tail};

/// Disassembles all objects of a fragment.
pub fn disassemble(code: &CodeView<'_>) -> String {
    let mut out = String::new();
    for index in 0..code.object_count() {
        if index > 0 {
            out.push('\n');
        }
        disassemble_object(&mut out, index, &code.object(index));
    }
    out
}

fn disassemble_object(out: &mut String, index: u32, object: &ObjectView<'_>) {
    let _ = writeln!(
        out,
        "code {index} {} args={}/{}/{} flags={:#x} free={}+{} caches={} node={}",
        if object.qualname().is_empty() { "<module>" } else { object.qualname() },
        object.positional_count(),
        object.positional_only_count(),
        object.keyword_only_count(),
        object.flags(),
        object.free_first(),
        object.free_count(),
        object.cache_count(),
        object.node(),
    );
    out.push_str("  registers:");
    for (at, register) in object.registers().enumerate() {
        let kind = match register.kind {
            RegisterKind::Value => "",
            RegisterKind::Cell => "&",
            RegisterKind::Raw => "!",
        };
        match register.name {
            Some(name) => {
                let _ = write!(out, " {kind}{at}={}", object.code().name(name));
            }
            None if kind.is_empty() => {}
            None => {
                let _ = write!(out, " {kind}{at}");
            }
        }
    }
    let _ = writeln!(out, " ({})", object.register_count());
    let sites = object.sites();
    let mut pc = 0;
    while pc < object.instruction_count() {
        let Some(instruction) = decode(object, pc) else {
            let _ = writeln!(out, "{pc:6} ?? {:#010x}", object.instruction(pc));
            pc += 1;
            continue;
        };
        let mut line = format!("{pc:6} {:<18}", instruction.op.name());
        write_operands(&mut line, object, &instruction);
        if let Some(site) = sites.iter().find(|site| site.0 == pc) {
            let _ = write!(line, "  @{}", site.1);
        }
        let _ = writeln!(out, "{}", line.trim_end());
        pc = instruction.next();
    }
    for handler in object.handlers() {
        let _ = writeln!(
            out,
            "  handler {}..{} -> {} r{}",
            handler.start, handler.end, handler.target, handler.register
        );
    }
    for (at, child) in object.children().iter().enumerate() {
        let target = match child.target {
            ChildTarget::Object(index) => format!("code {index}"),
            ChildTarget::Fragment(index) => format!("fragment {index}"),
        };
        let _ = writeln!(out, "  child {at} {target} captures {:?}", child.captures);
    }
    for statement in object.statements() {
        let _ = writeln!(out, "  statement {}..{} @{}", statement.start, statement.end, statement.node);
    }
}

fn write_operands(line: &mut String, object: &ObjectView<'_>, i: &Instruction) {
    let code = object.code();
    if i.op.format() == Format::J {
        let _ = write!(line, " -> {}", i.target);
        return;
    }
    let roles = i.op.operands();
    let values = if i.op.format() == Format::ABx { [i.a, i.bx, 0] } else { [i.a, i.b, i.c] };
    for (role, value) in roles.into_iter().zip(values) {
        let _ = match role {
            Operand::Unused => Ok(()),
            Operand::Count | Operand::Expect => write!(line, " {value}"),
            Operand::SmallInt => write!(line, " {}", value as u8 as i8),
            Operand::Int => write!(line, " {}", value as u16 as i16),
            Operand::Const => write!(line, " {}", show_constant(&code, value)),
            Operand::Name => write!(line, " {}", show_name(&code, value)),
            Operand::Child => write!(line, " child {value}"),
            Operand::Code => write!(line, " {}", show_code(i.op, value)),
            _ => write!(line, " r{value}"),
        };
    }
    let _ = match i.op.tail() {
        Tail::Site => write!(line, " {}{}", show_name(&code, i.aux), show_cache(i.aux_high)),
        Tail::ConstSite => write!(line, " {}{}", show_constant(&code, i.aux), show_cache(i.aux_high)),
        Tail::Cache => write!(line, "{}", show_cache(i.aux_high)),
        Tail::Counts => write!(line, " {} {}", i.aux, i.aux_high),
        Tail::None | Tail::Branch => Ok(()),
    };
}

fn show_cache(index: u16) -> String {
    if index == NO_CACHE { String::new() } else { format!(" [{index}]") }
}

fn show_name(code: &CodeView<'_>, index: u32) -> String {
    if index < code.name_count() { code.name(index).to_owned() } else { format!("name {index}?") }
}

fn show_constant(code: &CodeView<'_>, index: u32) -> String {
    if index >= code.constant_count() {
        return format!("constant {index}?");
    }
    let items = |items: &[u32]| items.iter().map(|i| show_constant(code, *i)).collect::<Vec<_>>().join(", ");
    match code.constant(index) {
        Constant::None => "None".into(),
        Constant::True => "True".into(),
        Constant::False => "False".into(),
        Constant::Ellipsis => "...".into(),
        constant @ Constant::Int { .. } => match constant.as_i64() {
            Some(value) => value.to_string(),
            None => "bigint".into(),
        },
        Constant::Float(bits) => format!("{:?}", f64::from_bits(bits)),
        Constant::Complex { real, imaginary } => {
            format!("({:?}, {:?}j)", f64::from_bits(real), f64::from_bits(imaginary))
        }
        Constant::Str(body) => format!("\"{}\"", body.escape_ascii()),
        Constant::Bytes(body) => format!("b\"{}\"", body.escape_ascii()),
        Constant::Tuple(of) => format!("({})", items(&of)),
        Constant::FrozenSet(of) => format!("frozenset({})", items(&of)),
    }
}

fn show_code(op: Op, value: u32) -> String {
    let name = match op {
        Op::LOAD_IMMEDIATE => Immediate::from_code(value).map(|code| format!("{code:?}")),
        Op::LOAD_COMMON => Common::from_code(value).map(|code| format!("{code:?}")),
        Op::SET_FUNCTION => FunctionPart::from_code(value).map(|code| format!("{code:?}")),
        Op::INTRINSIC => Intrinsic::from_code(value).map(|code| format!("{code:?}")),
        Op::FORMAT | Op::FORMAT_SPEC | Op::CONVERT | Op::BUILD_INTERPOLATION if value != 0 => {
            char::from_u32(value).map(|conversion| format!("!{conversion}"))
        }
        _ => None,
    };
    name.unwrap_or_else(|| value.to_string())
}
