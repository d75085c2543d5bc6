//! The layout that all numbers share: sign, prefix, grouped digits, fraction, padding.

use super::spec::{Align, Grouping, Sign, Spec};
use crate::wtf8;

/// The pieces of a number, all ASCII.
pub(super) struct Number<'a> {
    pub(super) negative: bool,
    /// `0x` and the like.
    pub(super) prefix: &'a str,
    /// Digits before the point: what grouping separators go into.
    pub(super) whole: &'a str,
    /// Digits after the point, without it.
    pub(super) fraction: &'a str,
    pub(super) has_point: bool,
    /// What follows: exponent, `%`.
    pub(super) rest: &'a str,
}

pub(super) fn sign_of(negative: bool, sign: Sign) -> &'static str {
    match (negative, sign) {
        (true, _) => "-",
        (false, Sign::Plus) => "+",
        (false, Sign::Space) => " ",
        (false, Sign::Default | Sign::Minus) => "",
    }
}

impl Number<'_> {
    /// Appends the number as `spec` says.
    pub(super) fn push(&self, out: &mut Vec<u8>, spec: &Spec) {
        if spec.grouping == Grouping::None && spec.fraction_grouping == Grouping::None {
            return self.push_plain(out, spec);
        }
        let sign = sign_of(self.negative, spec.sign);
        let fraction = group_fraction(self.fraction, spec.fraction_grouping);
        let around =
            sign.len() + self.prefix.len() + usize::from(self.has_point) + fraction.len() + self.rest.len();
        // Zeros that fill up after the sign take part in the grouping.
        let zeros = spec.fill == u32::from(b'0') && spec.align == Align::AfterSign;
        let width = spec.width.unwrap_or(0);
        let least = if zeros { width.saturating_sub(around) } else { 0 };
        // Infinity and "not a number" have no digits to group.
        let grouping = if self.whole.is_empty() { Grouping::None } else { spec.grouping };
        let whole = group_whole(self.whole, grouping, least);
        let padding = width.saturating_sub(around + whole.len());
        let (before, inside, after) = split_padding(padding, spec.align);
        out.reserve(width.max(around + whole.len()));
        push_fill(out, spec.fill, before);
        out.extend_from_slice(sign.as_bytes());
        out.extend_from_slice(self.prefix.as_bytes());
        push_fill(out, spec.fill, inside);
        out.extend_from_slice(whole.as_bytes());
        if self.has_point {
            out.push(b'.');
        }
        out.extend_from_slice(fraction.as_bytes());
        out.extend_from_slice(self.rest.as_bytes());
        push_fill(out, spec.fill, after);
    }
}

impl Number<'_> {
    /// As [`Number::push`] where nothing is grouped, which then needs no memory of its own.
    fn push_plain(&self, out: &mut Vec<u8>, spec: &Spec) {
        let sign = sign_of(self.negative, spec.sign);
        let point = if self.has_point { "." } else { "" };
        let parts = [sign, self.prefix, self.whole, point, self.fraction, self.rest];
        let length: usize = parts.iter().map(|part| part.len()).sum();
        let (before, inside, after) =
            split_padding(spec.width.unwrap_or(0).saturating_sub(length), spec.align);
        push_fill(out, spec.fill, before);
        out.extend_from_slice(sign.as_bytes());
        out.extend_from_slice(self.prefix.as_bytes());
        push_fill(out, spec.fill, inside);
        parts[2..].iter().for_each(|part| out.extend_from_slice(part.as_bytes()));
        push_fill(out, spec.fill, after);
    }
}

fn split_padding(padding: usize, align: Align) -> (usize, usize, usize) {
    match align {
        Align::Left => (0, 0, padding),
        Align::Right => (padding, 0, 0),
        Align::Center => (padding / 2, 0, padding - padding / 2),
        Align::AfterSign => (0, padding, 0),
    }
}

fn push_fill(out: &mut Vec<u8>, fill: u32, count: usize) {
    if fill < 0x80 {
        out.resize(out.len() + count, fill as u8);
    } else {
        (0..count).for_each(|_| wtf8::push(out, fill));
    }
}

/// Appends `text` of `length` characters, padded as `spec` says.
pub(super) fn push_padded(out: &mut Vec<u8>, text: &[u8], length: usize, spec: &Spec) {
    let padding = spec.width.unwrap_or(0).saturating_sub(length);
    let (before, inside, after) = split_padding(padding, spec.align);
    push_fill(out, spec.fill, before + inside);
    out.extend_from_slice(text);
    push_fill(out, spec.fill, after);
}

/// `digits` with separators, filled with zeros (grouped as well) to at least `least` characters.
///
/// A separator never comes first: the result may be one longer than asked for.
fn group_whole(digits: &str, grouping: Grouping, least: usize) -> String {
    let Some((separator, group)) = grouping.parts() else {
        return "0".repeat(least.saturating_sub(digits.len())) + digits;
    };
    // Built from the right, a group a turn.
    let mut reversed: Vec<u8> = Vec::with_capacity(digits.len() * 4 / 3 + 1);
    let mut source = digits.bytes().rev();
    let (mut remaining, mut wanted) = (digits.len(), least);
    loop {
        let length = group.min(remaining.max(wanted).max(1));
        reversed.extend((0..length).map(|_| source.next().unwrap_or(b'0')));
        remaining = remaining.saturating_sub(length);
        wanted = wanted.saturating_sub(length);
        if remaining == 0 && wanted == 0 {
            break;
        }
        reversed.push(separator);
        wanted = wanted.saturating_sub(1);
    }
    reversed.iter().rev().map(|&byte| char::from(byte)).collect()
}

/// The digits after the point, grouped from the left.
fn group_fraction(digits: &str, grouping: Grouping) -> String {
    let Some((separator, group)) = grouping.parts() else { return digits.to_owned() };
    let mut grouped = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && at % group == 0 {
            grouped.push(char::from(separator));
        }
        grouped.push(digit);
    }
    grouped
}
