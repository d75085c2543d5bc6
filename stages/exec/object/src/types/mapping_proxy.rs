//! `mappingproxy`: a read-only view of a mapping (`type.__dict__`).

pub mod methods;

use crate::gc::{Gc, word_object};
use crate::ids;
use crate::spec::{TypeSpec, flags};
use crate::thread::Thread;
use crate::value::Value;

word_object! {
    pub struct MappingProxy: MAPPING_PROXY { mapping }
}

pub static SPEC: TypeSpec = TypeSpec {
    layout: Some(crate::spec::Layout::fixed::<MappingProxy>()),
    flags: flags::MAPPING,
    slots: methods::SLOTS,
    methods: methods::METHODS,
    getset: methods::GETSET,
    doc: methods::DOC,
    ..TypeSpec::new("mappingproxy")
};

pub fn new(thread: &Thread, mapping: Value) -> Gc<MappingProxy> {
    MappingProxy::make(thread, ids::MAPPING_PROXY.0, mapping)
}
