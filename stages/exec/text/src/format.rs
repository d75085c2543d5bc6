//! Formatting: the specs of `format()` and f-strings, the fields of `str.format`, and `%`-formatting.

mod complex;
mod error;
mod fields;
mod float;
mod integer;
mod number;
mod percent;
mod spec;
mod string;

pub use complex::format_complex;
pub use error::FormatError;
pub use fields::{Conversion, Field, FieldName, NameStep, NameSteps, Numbering, Piece, Template};
pub use float::format_float;
pub use integer::{IntForm, format_character, format_int, int_form};
pub use percent::{
    Amount, Directive, PercentPiece, PercentTemplate, percent_bytes, percent_float, percent_integer,
    percent_text,
};
pub use spec::{Align, Defaults, Grouping, Sign, Spec};
pub use string::format_str;
