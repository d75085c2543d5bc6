//! A file on its way through the stages.

use std::path::PathBuf;

use dx_cache::manifest::FileStat;
use dx_schemas::diagnostic::Diagnostic;
use dx_schemas::manifest::Manifest;
use dx_schemas::{ActionId, ContentId};

use crate::module_name::ModuleName;
use crate::result::FileResult;
use crate::store::Held;

/// What the last build knew of a file.
#[derive(Clone, Debug)]
pub(crate) struct Previous {
    pub(crate) result: FileResult,
    /// Its artifacts are known to be in the cache, and stages and options are the same.
    pub(crate) trusted: bool,
}

/// A file that is to be built.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    /// Where it is read.
    pub(crate) file: PathBuf,
    /// Relative to the workspace, or absolute outside of it: what keys of the state and messages say.
    pub(crate) path: String,
    pub(crate) module: ModuleName,
    /// `module.root` as `path` is written.
    pub(crate) root: String,
    pub(crate) previous: Option<Previous>,
}

pub(super) struct FileWork {
    pub(super) planned: Planned,
    pub(super) source: Option<(ContentId, Vec<u8>)>,
    /// From before the source was read.
    pub(super) stat: Option<FileStat>,
    pub(super) syntax: Option<Made>,
    pub(super) index: Option<Made>,
    /// Per fragment, as outcomes come in.
    pub(super) codes: Vec<Option<(ActionId, ContentId)>>,
    /// `Qual.name#ordinal` of each fragment.
    pub(super) names: Vec<String>,
    /// Code units that have no outcome yet.
    pub(super) open: usize,
    /// Node findings of code artifacts: (fragment, artifact).
    pub(super) code_findings: Vec<(u32, Held)>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) failures: Vec<String>,
}

/// An artifact that a step of this build found or made.
#[derive(Clone)]
pub(super) struct Made {
    pub(super) key: ActionId,
    pub(super) id: ContentId,
    pub(super) bytes: Held,
}

impl FileWork {
    pub(super) fn new(planned: Planned) -> FileWork {
        FileWork {
            planned,
            source: None,
            stat: None,
            syntax: None,
            index: None,
            codes: Vec::new(),
            names: Vec::new(),
            open: 0,
            code_findings: Vec::new(),
            diagnostics: Vec::new(),
            failures: Vec::new(),
        }
    }

    pub(super) fn previous(&self) -> Option<&FileResult> {
        self.planned.previous.as_ref().map(|previous| &previous.result)
    }

    /// The key that a unit had in the last build.
    pub(super) fn old_key(&self, stage: usize, fragment: u32) -> Option<ActionId> {
        let previous = self.previous()?;
        match stage {
            super::PARSE => previous.syntax.map(|(key, _)| key),
            super::INDEX => previous.index.map(|(key, _)| key),
            _ => {
                let name = self.names.get(fragment as usize)?;
                previous.fragments.iter().find(|old| old.name == *name)?.code.map(|(key, _)| key)
            }
        }
    }

    pub(super) fn is_trusted(&self) -> bool {
        self.planned.previous.as_ref().is_some_and(|previous| previous.trusted)
    }
}

/// A unit that a stage must run.
pub(super) struct UnitTask {
    pub(super) fragment: u32,
    pub(super) key: ActionId,
    pub(super) old_key: Option<ActionId>,
    pub(super) manifest: Manifest,
    pub(super) reason: String,
    /// What the cache holds for the key, where the build is to prove it.
    pub(super) expected: Option<ContentId>,
    /// The stage ended once while nothing but this unit was under way.
    pub(super) died_alone: bool,
}

/// Units of one file and one stage that travel together.
pub(super) struct Task {
    pub(super) file: usize,
    pub(super) stage: usize,
    pub(super) units: Vec<UnitTask>,
}
