//! What is told about units: outcomes, reasons, failures.

use dx_schemas::ActionId;
use dx_schemas::events::{Event, Outcome};
use dx_schemas::stages::Unit;

use super::Engine;
use crate::module_name::fragment_unit;

impl Engine<'_> {
    /// The name of a unit in events: `pkg.mod`, or `pkg.mod:Class.method`.
    pub(super) fn unit_name(&self, file: usize, stage: usize, fragment: u32) -> String {
        let work = &self.files[file];
        let module = &work.planned.module.name;
        match self.stages.spec(stage).unit {
            Unit::File => module.clone(),
            Unit::Fragment => {
                let name = work.names.get(fragment as usize).map_or("", String::as_str);
                fragment_unit(module, name)
            }
        }
    }

    pub(super) fn report(
        &mut self,
        file: usize,
        stage: usize,
        fragment: u32,
        outcome: Outcome,
        reason: String,
        key: Option<ActionId>,
        old_key: Option<ActionId>,
    ) {
        let spec = self.stages.spec(stage);
        let unit = self.unit_name(file, stage, fragment);
        self.product.counts.add(spec.name, outcome);
        self.observer.event(Event::Unit {
            stage: spec.name.to_owned(),
            unit,
            outcome,
            reason,
            key: key.map(|key| key.to_string()),
            old_key: old_key.filter(|old| Some(*old) != key).map(|key| key.to_string()),
        });
    }

    /// A failure that is not in the user's source.
    pub(super) fn fail(
        &mut self,
        file: usize,
        stage: usize,
        fragment: u32,
        reason: &str,
        key: Option<ActionId>,
    ) {
        let unit = self.unit_name(file, stage, fragment);
        let name = self.stages.spec(stage).name;
        self.files[file].failures.push(format!("{name}, unit `{unit}`: {reason}"));
        self.report(file, stage, fragment, Outcome::Failed, reason.to_owned(), key, None);
    }
}
