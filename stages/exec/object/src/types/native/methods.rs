//! Attributes and slots of native functions and method descriptors.

use crate::slots::Slots;
use crate::spec::{GetSetDef, MethodDef};

pub(super) const SLOTS: Slots = Slots::EMPTY;
pub(super) static METHODS: &[MethodDef] = &[];
pub(super) static GETSET: &[GetSetDef] = &[];
pub(super) const DESCRIPTOR_SLOTS: Slots = Slots::EMPTY;
pub(super) static DESCRIPTOR_METHODS: &[MethodDef] = &[];
pub(super) static DESCRIPTOR_GETSET: &[GetSetDef] = &[];
