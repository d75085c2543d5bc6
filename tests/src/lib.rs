//! End-to-end tests: the script engine, and toy stages that can be told to fail.

pub mod sandbox;
pub mod script;
pub mod suite;
pub mod toy;
