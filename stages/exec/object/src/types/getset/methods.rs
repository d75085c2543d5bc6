//! Attributes and slots of getset and member descriptors.

use crate::slots::Slots;
use crate::spec::{GetSetDef, MethodDef};

pub(super) const SLOTS: Slots = Slots::EMPTY;
pub(super) static METHODS: &[MethodDef] = &[];
pub(super) static GETSET: &[GetSetDef] = &[];
pub(super) const MEMBER_SLOTS: Slots = Slots::EMPTY;
pub(super) static MEMBER_METHODS: &[MethodDef] = &[];
pub(super) static MEMBER_GETSET: &[GetSetDef] = &[];
