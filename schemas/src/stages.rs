//! The one table of stages: what each reads, what it writes, and how large its unit of work is.
//!
//! The shell and the driver both plan requests from this table, so a stage alone in a shell pipe is handed exactly
//! the sections that the driver would hand it. Adding a stage to the pipeline starts with a line here.

use crate::container::{Artifact, Kind, Section, SectionKind};

/// How much one request covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// One source file.
    File,
    /// One fragment of a file; the requests of a file travel together but are keyed one by one.
    Fragment,
}

/// Which sections of a kind one unit is handed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All of them.
    All,
    /// The one whose ordinal is the unit's fragment.
    Own,
}

/// One line of what a stage reads.
#[derive(Clone, Copy, Debug)]
pub struct Need {
    /// The artifact that holds the section; `None` for source bytes.
    pub artifact: Option<Kind>,
    pub section: SectionKind,
    pub which: Which,
}

/// What every program must know of a stage without linking it.
#[derive(Debug)]
pub struct StageSpec {
    /// The executable's name.
    pub name: &'static str,
    pub unit: Unit,
    pub reads: &'static [Need],
    pub writes: Kind,
    /// Whether it runs on files with errors; what would compile them must not.
    pub broken_input: bool,
}

pub static PARSE: StageSpec = StageSpec {
    name: "dx-parse",
    unit: Unit::File,
    reads: &[Need { artifact: None, section: SectionKind::Source, which: Which::All }],
    writes: Kind::Syntax,
    broken_input: true,
};

pub static INDEX: StageSpec = StageSpec {
    name: "dx-index",
    unit: Unit::File,
    reads: &[
        Need { artifact: Some(Kind::Syntax), section: SectionKind::FragmentTable, which: Which::All },
        Need { artifact: Some(Kind::Syntax), section: SectionKind::Tree, which: Which::All },
    ],
    writes: Kind::Index,
    broken_input: true,
};

pub static CODEGEN: StageSpec = StageSpec {
    name: "dx-codegen",
    unit: Unit::Fragment,
    reads: &[
        Need { artifact: Some(Kind::Syntax), section: SectionKind::Tree, which: Which::Own },
        Need { artifact: Some(Kind::Index), section: SectionKind::Scopes, which: Which::Own },
    ],
    writes: Kind::Code,
    broken_input: false,
};

/// Every stage that is a function of its inputs, in the order of the pipeline.
pub static ALL: &[&StageSpec] = &[&PARSE, &INDEX, &CODEGEN];

impl StageSpec {
    pub fn reads_source(&self) -> bool {
        self.reads.iter().any(|need| need.artifact.is_none())
    }

    /// The artifacts, apart from source, out of which a unit's sections come.
    pub fn artifacts(&self) -> Vec<Kind> {
        let mut kinds: Vec<Kind> = self.reads.iter().filter_map(|need| need.artifact).collect();
        kinds.dedup();
        kinds
    }

    /// The sections of `artifact` that one unit is handed, in the order of the table.
    pub fn sections_of<'a>(&self, artifact: &'a Artifact<'_>, fragment: u32) -> Vec<&'a Section> {
        let mut out = Vec::new();
        for need in self.reads.iter().filter(|need| need.artifact == Some(artifact.kind)) {
            match need.which {
                Which::All => out.extend(artifact.sections().iter().filter(|s| s.kind == need.section)),
                Which::Own => out.extend(artifact.find(need.section, fragment)),
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::ArtifactBuilder;

    #[test]
    fn a_unit_is_handed_its_own_sections_only() {
        let mut builder = ArtifactBuilder::new(Kind::Syntax);
        builder.add(SectionKind::FragmentTable, 0, vec![1]);
        builder.add(SectionKind::Tree, 0, vec![2]);
        builder.add(SectionKind::Tree, 1, vec![3]);
        builder.add(SectionKind::Positions, 0, vec![4]);
        let bytes = builder.finish();
        let artifact = Artifact::open(&bytes).unwrap();
        let names = |spec: &StageSpec, fragment| -> Vec<(SectionKind, u32)> {
            spec.sections_of(&artifact, fragment).iter().map(|s| (s.kind, s.ordinal)).collect()
        };
        assert_eq!(names(&CODEGEN, 1), [(SectionKind::Tree, 1)]);
        assert_eq!(
            names(&INDEX, 0),
            [(SectionKind::FragmentTable, 0), (SectionKind::Tree, 0), (SectionKind::Tree, 1)]
        );
        assert!(names(&PARSE, 0).is_empty());
    }
}
