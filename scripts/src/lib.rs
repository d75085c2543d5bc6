//! Automation and the checks of the house.
