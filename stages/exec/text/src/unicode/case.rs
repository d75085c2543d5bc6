//! Case conversion of strings, with the mappings that change the length (`ß` to `SS`) and the final sigma.

use super::record::{self, Mapped};
use crate::wtf8::{self, code_points};

fn push_mapped(out: &mut Vec<u8>, mapped: Mapped) {
    match mapped {
        Mapped::One(point) => wtf8::push(out, point),
        Mapped::Many(points) => points.iter().for_each(|&point| wtf8::push(out, point)),
    }
}

/// `str.upper`.
pub fn upper(text: &[u8]) -> Vec<u8> {
    if text.is_ascii() {
        return text.to_ascii_uppercase();
    }
    let mut out = Vec::with_capacity(text.len());
    code_points(text).for_each(|(_, point)| push_mapped(&mut out, record::to_upper(point)));
    out
}

/// `str.lower`.
pub fn lower(text: &[u8]) -> Vec<u8> {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut out = Vec::with_capacity(text.len());
    for (at, point) in code_points(text) {
        push_lower(&mut out, text, at, point);
    }
    out
}

/// `str.casefold`.
pub fn casefold(text: &[u8]) -> Vec<u8> {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut out = Vec::with_capacity(text.len());
    code_points(text).for_each(|(_, point)| push_mapped(&mut out, record::to_fold(point)));
    out
}

/// `str.swapcase`.
pub fn swapcase(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for (at, point) in code_points(text) {
        if record::is_upper(point) {
            push_lower(&mut out, text, at, point);
        } else if record::is_lower(point) {
            push_mapped(&mut out, record::to_upper(point));
        } else {
            wtf8::push(&mut out, point);
        }
    }
    out
}

/// `str.capitalize`.
pub fn capitalize(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for (at, point) in code_points(text) {
        if at == 0 {
            push_mapped(&mut out, record::to_title(point));
        } else {
            push_lower(&mut out, text, at, point);
        }
    }
    out
}

/// `str.title`.
pub fn title(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut previous_cased = false;
    for (at, point) in code_points(text) {
        if previous_cased {
            push_lower(&mut out, text, at, point);
        } else {
            push_mapped(&mut out, record::to_title(point));
        }
        previous_cased = record::is_cased(point);
    }
    out
}

const CAPITAL_SIGMA: u32 = 0x3a3;
const SMALL_SIGMA: u32 = 0x3c3;
const FINAL_SIGMA: u32 = 0x3c2;

fn push_lower(out: &mut Vec<u8>, text: &[u8], at: usize, point: u32) {
    if point == CAPITAL_SIGMA {
        let sigma = if is_final_sigma(text, at) { FINAL_SIGMA } else { SMALL_SIGMA };
        wtf8::push(out, sigma);
    } else {
        push_mapped(out, record::to_lower(point));
    }
}

/// A sigma is final when a cased character precedes and none follows, case-ignorable ones not counted.
fn is_final_sigma(text: &[u8], at: usize) -> bool {
    let mut before = &text[..at];
    let preceded = loop {
        match wtf8::last(before) {
            Some((point, width)) if record::is_case_ignorable(point) => {
                before = &before[..before.len() - width];
            }
            Some((point, _)) => break record::is_cased(point),
            None => break false,
        }
    };
    let after = text.get(at + 2..).unwrap_or_default();
    let next = code_points(after).map(|(_, point)| point).find(|&point| !record::is_case_ignorable(point));
    preceded && !next.is_some_and(record::is_cased)
}
