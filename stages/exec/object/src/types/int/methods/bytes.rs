//! `int.to_bytes` and `int.from_bytes`.

use super::this;
use crate::args::{Args, Signature};
use crate::error::PyResult;
use crate::ids;
use crate::thread::Thread;
use crate::types::int::{Int, from_limbs};
use crate::types::support::{call, size, to_bytes_object, truth, type_name};
use crate::value::Value;

/// Whether the order is little endian.
fn is_little(thread: &Thread, order: Value, function: &str) -> PyResult<bool> {
    let Some(order) = order.bound() else { return Ok(false) };
    match order.str_bytes() {
        Some(b"little") => Ok(true),
        Some(b"big") => Ok(false),
        Some(_) => Err(thread.value_error("byteorder must be either 'little' or 'big'")),
        None => {
            let name = type_name(thread, order);
            Err(thread.type_error(format_args!("{function}() argument 'byteorder' must be str, not {name}")))
        }
    }
}

pub(super) fn to_bytes(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "to_bytes",
        parameters: &["length", "byteorder", "signed"],
        positional_only: 0,
        positional: 2,
        required: 0,
    };
    let value = this(thread, args)?;
    let [length, order, signed] = SIGNATURE.bind(thread, args.rest())?;
    let length = length.bound().map_or(Ok(1), |length| size(thread, length))?;
    let little = is_little(thread, order, "to_bytes")?;
    let signed = signed.bound().map_or(Ok(false), |signed| truth(thread, signed))?;
    let Ok(length) = usize::try_from(length) else {
        return Err(thread.value_error("length argument must be non-negative"));
    };
    if value.is_negative() && !signed {
        return Err(thread.overflow_error("can't convert negative int to unsigned"));
    }
    let mut bytes = Vec::new();
    if bytes.try_reserve_exact(length).is_err() {
        return Err(thread.memory_error(""));
    }
    let limbs: &[u64] = match value {
        Int::Small(small) => &[small.unsigned_abs()],
        Int::Big(ref big) => big.limbs(),
    };
    bytes.extend(limbs.iter().flat_map(|limb| limb.to_le_bytes()).chain(std::iter::repeat(0)).take(length));
    let mut fits = value.bit_length() <= 8 * length as u64;
    if value.is_negative() {
        // Two's complement: invert and add one.
        let mut carry = true;
        for byte in &mut bytes {
            (*byte, carry) = (!*byte).overflowing_add(u8::from(carry));
        }
        fits &= bytes.last().is_some_and(|top| top & 0x80 != 0);
    } else if signed && !value.is_zero() {
        fits &= bytes.last().is_some_and(|top| top & 0x80 == 0);
    }
    if !fits {
        return Err(thread.overflow_error("int too big to convert"));
    }
    if !little {
        bytes.reverse();
    }
    thread.bytes(&bytes)
}

pub(super) fn from_bytes(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "from_bytes",
        parameters: &["bytes", "byteorder", "signed"],
        positional_only: 0,
        positional: 2,
        required: 1,
    };
    let class = args.positional()[0];
    let [source, order, signed] = SIGNATURE.bind(thread, args.rest())?;
    let little = is_little(thread, order, "from_bytes")?;
    let signed = signed.bound().map_or(Ok(false), |signed| truth(thread, signed))?;
    let source = to_bytes_object(thread, source)?;
    let mut bytes = source.bytes_like().unwrap_or_default().to_vec();
    if !little {
        bytes.reverse();
    }
    let negative = signed && bytes.last().is_some_and(|top| top & 0x80 != 0);
    if negative {
        let mut carry = true;
        for byte in &mut bytes {
            (*byte, carry) = (!*byte).overflowing_add(u8::from(carry));
        }
    }
    let limbs: Vec<u64> = bytes
        .chunks(8)
        .map(|chunk| {
            let mut limb = [0; 8];
            limb[..chunk.len()].copy_from_slice(chunk);
            u64::from_le_bytes(limb)
        })
        .collect();
    let value = from_limbs(thread, &limbs, negative)?;
    if class == thread.builtin_type(ids::INT).value() {
        return Ok(value);
    }
    if class == thread.builtin_type(ids::BOOL).value() {
        return Ok(Value::bool(value != Value::ZERO));
    }
    call(thread, class, &[value])
}
