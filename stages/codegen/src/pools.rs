//! Constants and names of a fragment, each stored once, numbered by first use.

use dx_schemas::code::Constant;
use dx_schemas::fast_map::FastMap;

#[derive(Default)]
pub(crate) struct Pools {
    pub(crate) constants: Vec<Constant>,
    constant_index: FastMap<Constant, u32>,
    pub(crate) names: Vec<String>,
    name_index: FastMap<String, u32>,
}

impl Pools {
    pub(crate) fn constant(&mut self, constant: Constant) -> u32 {
        let next = self.constants.len() as u32;
        *self.constant_index.entry(constant).or_insert_with_key(|constant| {
            self.constants.push(constant.clone());
            next
        })
    }

    pub(crate) fn name(&mut self, name: &str) -> u32 {
        if let Some(index) = self.name_index.get(name) {
            return *index;
        }
        let index = self.names.len() as u32;
        self.names.push(name.to_owned());
        self.name_index.insert(name.to_owned(), index);
        index
    }
}
