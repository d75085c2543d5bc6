//! The components of an action: walked once, with two readers, the hash and the explanation.
//!
//! Because [`Manifest::action_id`] and [`Manifest::differences`] see the same list, "why did this run" can never
//! disagree with the key. Components are length-prefixed, so no two lists hash alike; the order is that of the list.

use serde::{Deserialize, Serialize};

use crate::container::SectionKind;
use crate::digest::{ActionId, ContentId, ToolId};
use crate::stages::StageSpec;

/// Changes when the meaning of components does; part of every key.
const FORMAT: &str = "dx action 1";

/// One thing that an action reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Component {
    Stage(String),
    Tool(ToolId),
    Option(String, String),
    /// A section (or source) that is handed over. The ordinal is left out where the unit is handed exactly one of a
    /// kind: which fragment it is must not matter.
    Input {
        section: u16,
        ordinal: Option<u32>,
        id: ContentId,
    },
}

impl Component {
    /// What the component is called in explanations; equal names are compared with each other.
    pub fn name(&self) -> String {
        match self {
            Component::Stage(_) => "stage".into(),
            Component::Tool(_) => "stage executable".into(),
            Component::Option(name, _) => format!("option {name}"),
            Component::Input { section, ordinal, .. } => {
                let kind = SectionKind::from_code(*section).map_or("unknown section", SectionKind::name);
                match ordinal {
                    Some(ordinal) => format!("{kind} {ordinal}"),
                    None => kind.to_owned(),
                }
            }
        }
    }

    pub fn value(&self) -> String {
        match self {
            Component::Stage(name) => name.clone(),
            Component::Tool(id) => id.to_string(),
            Component::Option(_, value) => value.clone(),
            Component::Input { id, .. } => id.to_string(),
        }
    }

    fn hash(&self, hasher: &mut blake3::Hasher) {
        match self {
            Component::Stage(name) => parts(hasher, &[b"stage", name.as_bytes()]),
            Component::Tool(id) => parts(hasher, &[b"tool", &id.0]),
            Component::Option(name, value) => {
                parts(hasher, &[b"option", name.as_bytes(), value.as_bytes()]);
            }
            Component::Input { section, ordinal, id } => {
                let section = section.to_le_bytes();
                let ordinal = ordinal.map(u32::to_le_bytes);
                let ordinal: &[u8] = ordinal.as_ref().map_or(&[], |bytes| bytes);
                parts(hasher, &[b"input", &section, ordinal, &id.to_bytes()]);
            }
        }
    }
}

fn parts(hasher: &mut blake3::Hasher, parts: &[&[u8]]) {
    hasher.update(&(parts.len() as u64).to_le_bytes());
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
}

/// Everything that one action reads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub components: Vec<Component>,
}

impl Manifest {
    /// The manifest of one unit of a stage. `inputs` are (kind, ordinal, id) in the order in which they are handed over.
    pub fn of_unit(
        spec: &StageSpec,
        tool: ToolId,
        options: &[(String, String)],
        inputs: &[(SectionKind, u32, ContentId)],
    ) -> Manifest {
        let mut components = Vec::with_capacity(2 + options.len() + inputs.len());
        components.push(Component::Stage(spec.name.to_owned()));
        components.push(Component::Tool(tool));
        components.extend(options.iter().map(|(name, value)| Component::Option(name.clone(), value.clone())));
        for (kind, ordinal, id) in inputs {
            let alone = inputs.iter().filter(|(other, ..)| other == kind).count() == 1;
            let ordinal = (!alone).then_some(*ordinal);
            components.push(Component::Input { section: *kind as u16, ordinal, id: *id });
        }
        Manifest { components }
    }

    /// The key.
    pub fn action_id(&self) -> ActionId {
        let mut hasher = blake3::Hasher::new();
        parts(&mut hasher, &[FORMAT.as_bytes()]);
        self.components.iter().for_each(|component| component.hash(&mut hasher));
        ActionId(*hasher.finalize().as_bytes())
    }

    /// What is not the same in `self` (now) as in `old`, by name: (name, old value, new value).
    pub fn differences(&self, old: &Manifest) -> Vec<Difference> {
        let table = |manifest: &Manifest| -> std::collections::BTreeMap<String, String> {
            manifest.components.iter().map(|component| (component.name(), component.value())).collect()
        };
        let (old, new) = (table(old), table(self));
        let mut out = Vec::new();
        for (name, value) in &new {
            match old.get(name) {
                Some(before) if before == value => {}
                before => out.push(Difference {
                    name: name.clone(),
                    old: before.cloned(),
                    new: Some(value.clone()),
                }),
            }
        }
        for (name, value) in old.iter().filter(|(name, _)| !new.contains_key(*name)) {
            out.push(Difference { name: name.clone(), old: Some(value.clone()), new: None });
        }
        out
    }
}

/// A component that differs between two actions of one unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub name: String,
    /// `None` where it was not there.
    pub old: Option<String>,
    pub new: Option<String>,
}

impl Difference {
    /// `tree changed`, `scopes 3 appeared`, `option optimise went from 0 to 1`.
    pub fn summary(&self) -> String {
        match (&self.old, &self.new) {
            (Some(old), Some(new)) if self.name.starts_with("option ") => {
                format!("{} went from `{old}` to `{new}`", self.name)
            }
            (Some(_), Some(_)) => format!("{} changed", self.name),
            (None, _) => format!("{} appeared", self.name),
            (_, None) => format!("{} is gone", self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::{CODEGEN, INDEX};

    fn id(text: &str) -> ContentId {
        ContentId::of(text.as_bytes())
    }

    #[test]
    fn the_key_of_a_fragment_does_not_depend_on_which_fragment_it_is() {
        let key = |ordinal| {
            let inputs =
                [(SectionKind::Tree, ordinal, id("tree")), (SectionKind::Scopes, ordinal, id("scopes"))];
            Manifest::of_unit(&CODEGEN, ToolId([1; 32]), &[], &inputs).action_id()
        };
        assert_eq!(key(3), key(4));
    }

    #[test]
    fn every_component_is_part_of_the_key_and_named_in_the_explanation() {
        let options = |value: &str| vec![("optimise".to_owned(), value.to_owned())];
        let inputs = |text: &str| vec![(SectionKind::Tree, 0, id("a")), (SectionKind::Tree, 1, id(text))];
        let base = Manifest::of_unit(&INDEX, ToolId([1; 32]), &options("0"), &inputs("b"));
        let cases = [
            (
                Manifest::of_unit(&INDEX, ToolId([2; 32]), &options("0"), &inputs("b")),
                "stage executable changed",
            ),
            (
                Manifest::of_unit(&INDEX, ToolId([1; 32]), &options("1"), &inputs("b")),
                "option optimise went from `0` to `1`",
            ),
            (Manifest::of_unit(&INDEX, ToolId([1; 32]), &options("0"), &inputs("c")), "tree 1 changed"),
        ];
        for (changed, summary) in cases {
            assert_ne!(changed.action_id(), base.action_id());
            let differences: Vec<String> =
                changed.differences(&base).iter().map(Difference::summary).collect();
            assert_eq!(differences, [summary]);
        }
        assert!(base.differences(&base).is_empty());
    }
}
