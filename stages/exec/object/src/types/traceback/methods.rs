//! Methods, attributes and slots of `traceback`.

use crate::slots::Slots;
use crate::spec::{GetSetDef, MethodDef};

pub(super) const DOC: Option<&str> = None;
pub(super) const SLOTS: Slots = Slots::EMPTY;
pub(super) static METHODS: &[MethodDef] = &[];
pub(super) static GETSET: &[GetSetDef] = &[];
