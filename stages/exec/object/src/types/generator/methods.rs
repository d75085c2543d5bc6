//! Methods, attributes and slots of generators, coroutines and async generators.

use crate::slots::Slots;
use crate::spec::{GetSetDef, MethodDef};

pub(super) const SLOTS: Slots = Slots::EMPTY;
pub(super) const COROUTINE_SLOTS: Slots = Slots::EMPTY;
pub(super) const ASYNC_SLOTS: Slots = Slots::EMPTY;
pub(super) const WRAPPER_SLOTS: Slots = Slots::EMPTY;
pub(super) const ASYNC_SEND_SLOTS: Slots = Slots::EMPTY;
pub(super) const ASYNC_THROW_SLOTS: Slots = Slots::EMPTY;
pub(super) static METHODS: &[MethodDef] = &[];
pub(super) static ASYNC_METHODS: &[MethodDef] = &[];
pub(super) static WRAPPER_METHODS: &[MethodDef] = &[];
pub(super) static ASYNC_SEND_METHODS: &[MethodDef] = &[];
pub(super) static ASYNC_THROW_METHODS: &[MethodDef] = &[];
pub(super) static GETSET: &[GetSetDef] = &[];
pub(super) static COROUTINE_GETSET: &[GetSetDef] = &[];
pub(super) static ASYNC_GETSET: &[GetSetDef] = &[];
