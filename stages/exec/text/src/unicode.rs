//! What characters are, and their case mappings: the tables behind `str.isalpha`, `str.upper` and the rest.
//!
//! The data is CPython 3.14's (Unicode 16), derived from its own answers by `tables/generate.py`.

mod case;
mod predicates;
mod record;
mod tables;

pub use case::{capitalize, casefold, lower, swapcase, title, upper};
pub use predicates::*;
pub use record::{
    is_alpha, is_case_ignorable, is_cased, is_decimal, is_digit, is_identifier_continue, is_identifier_start,
    is_line_break, is_lower, is_numeric, is_printable, is_space, is_title, is_upper, to_decimal, to_digit,
};
