//! Automation and the checks of the house: what needs more than one line of a Makefile.
//!
//! The checks are ordinary tests (`tests/house.rs`) over this library's view of the checkout.

pub mod tree;
pub mod workspace;
