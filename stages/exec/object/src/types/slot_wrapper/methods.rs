//! Attributes and slots of slot wrappers.

use crate::slots::Slots;
use crate::spec::{GetSetDef, MethodDef};

pub(super) const SLOTS: Slots = Slots::EMPTY;
pub(super) static METHODS: &[MethodDef] = &[];
pub(super) static GETSET: &[GetSetDef] = &[];
pub(super) const BOUND_SLOTS: Slots = Slots::EMPTY;
pub(super) static BOUND_METHODS: &[MethodDef] = &[];
pub(super) static BOUND_GETSET: &[GetSetDef] = &[];
