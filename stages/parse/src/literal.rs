//! Values of literals, decoded from the source text.
//!
//! The foreign parser's own values are not used: it replaces single surrogates and knows another Unicode version.

pub(crate) mod name;
pub(crate) mod number;
pub(crate) mod text;
