//! The tests of dx-codegen, in one executable: each file under `all/` is a family.

#[path = "all/damage.rs"]
mod damage;
#[path = "all/golden.rs"]
mod golden;
#[path = "all/limits.rs"]
mod limits;
#[path = "all/support.rs"]
mod support;
