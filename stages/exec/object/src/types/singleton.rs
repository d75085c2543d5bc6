//! The types of None, Ellipsis and NotImplemented.

pub mod methods;

use crate::spec::TypeSpec;

pub static NONE_SPEC: TypeSpec =
    TypeSpec { slots: methods::NONE_SLOTS, methods: methods::METHODS, ..TypeSpec::new("NoneType") };
pub static ELLIPSIS_SPEC: TypeSpec = TypeSpec {
    slots: methods::ELLIPSIS_SLOTS,
    methods: methods::ELLIPSIS_METHODS,
    ..TypeSpec::new("ellipsis")
};
pub static NOT_IMPLEMENTED_SPEC: TypeSpec = TypeSpec {
    slots: methods::NOT_IMPLEMENTED_SLOTS,
    methods: methods::NOT_IMPLEMENTED_METHODS,
    ..TypeSpec::new("NotImplementedType")
};
