//! Properties of the watch filter.

use proptest::prelude::*;

use super::*;

const KINDS: [Kind; 6] = [Kind::Writing, Kind::Written, Kind::Made, Kind::Came, Kind::Gone, Kind::Folder];
/// Names that make a difference, and some that make none.
const NAMES_OF_PATHS: [&str; 26] = [
    "a.py",
    "data.json",
    "conftest.py",
    "pytest.ini",
    "src",
    "build",
    "dist",
    ".git",
    ".venv",
    "site-packages",
    "node_modules",
    ".x.py.swp",
    "4913",
    ".#x.py",
    "x.py~",
    "#x.py#",
    "x.tmp",
    "run.log",
    ".coverage",
    ".coverage.host.1",
    ".hypothesis",
    ".dx",
    "__pycache__",
    ".pytest_cache",
    "a.cpython-314.pyc",
    "ä b",
];

fn path() -> impl Strategy<Value = PathBuf> {
    let part = prop::sample::select(NAMES_OF_PATHS.to_vec());
    (any::<bool>(), prop::collection::vec(part, 1..5)).prop_map(|(inside, parts)| {
        let root = Path::new(if inside { "/p" } else { "/elsewhere" });
        parts.iter().fold(root.to_owned(), |path, part| path.join(part))
    })
}

fn paths() -> impl Strategy<Value = HashSet<PathBuf>> {
    prop::collection::hash_set(path(), 0..8)
}

fn change() -> impl Strategy<Value = Change> {
    (path(), prop::sample::select(KINDS.to_vec())).prop_map(|(path, kind)| Change { path, kind })
}

fn known() -> impl Strategy<Value = Known> {
    (paths(), paths(), any::<bool>()).prop_map(|(files, folders, unknown)| Known {
        files,
        folders,
        unknown,
        ..Known::default()
    })
}

fn filter(outputs: HashSet<PathBuf>, known: Option<&Known>) -> Filter {
    Filter::new(vec![PathBuf::from("/p")], outputs, known)
}

/// What dx and Python write by themselves, said in another way.
fn is_own(path: &Path) -> bool {
    let text = path.to_string_lossy();
    text.split('/').any(|part| [".dx", "__pycache__", ".pytest_cache"].contains(&part))
        || text.ends_with(".pyc")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn watch_filter_never_drops_evidence(known in known(), kind in prop::sample::select(KINDS.to_vec())) {
        let filter = filter(HashSet::new(), Some(&known));
        for path in known.files.iter().filter(|path| !is_own(path)) {
            let counts = filter.counts(&Change { path: path.clone(), kind });
            prop_assert!(counts, "{path:?}");
        }
        // A name that comes or goes in a folder whose names were read.
        for folder in known.folders.iter().filter(|path| !is_own(&path.join("new"))) {
            for kind in [Kind::Made, Kind::Came, Kind::Gone, Kind::Folder] {
                let counts = filter.counts(&Change { path: folder.join("new"), kind });
                prop_assert!(counts, "{folder:?}");
            }
        }
    }

    #[test]
    fn watch_filter_sees_folders_of_evidence_come_and_go(known in known()) {
        let filter = filter(HashSet::new(), Some(&known));
        for path in known.files.iter().filter(|path| !is_own(path)) {
            for folder in path.ancestors().skip(1).filter(|folder| !is_own(folder)) {
                let counts = filter.counts(&Change { path: folder.to_owned(), kind: Kind::Folder });
                prop_assert!(counts, "{folder:?}");
            }
        }
    }

    #[test]
    fn watch_filter_drops_what_dx_and_python_write(
        known in known(),
        outputs in paths(),
        changes in prop::collection::vec(change(), 1..8),
    ) {
        let written: Vec<Change> = outputs
            .iter()
            .flat_map(|path| KINDS.map(|kind| Change { path: path.clone(), kind }))
            .collect();
        for known in [None, Some(&known)] {
            let filter = filter(outputs.clone(), known);
            for change in changes.iter().filter(|change| is_own(&change.path)).chain(&written) {
                prop_assert!(!filter.counts(change), "{change:?}");
            }
        }
    }

    #[test]
    fn watch_filter_does_not_depend_on_order(
        known in known(),
        changes in prop::collection::vec(change(), 1..12).prop_shuffle(),
    ) {
        let filter = filter(HashSet::new(), Some(&known));
        let counted = |changes: &[Change]| -> HashSet<PathBuf> {
            changes.iter().filter(|change| filter.counts(change)).map(|change| change.path.clone()).collect()
        };
        let mut sorted = changes.clone();
        sorted.sort();
        prop_assert_eq!(counted(&changes), counted(&sorted));
    }

    #[test]
    fn watch_filter_counts_more_where_less_is_known(known in known(), change in change()) {
        let complete = Known { unknown: false, ..known.clone() };
        let unknown = Known { unknown: true, ..known };
        if filter(HashSet::new(), Some(&complete)).counts(&change) {
            prop_assert!(filter(HashSet::new(), Some(&unknown)).counts(&change));
        }
    }

    #[test]
    fn watch_filter_counts_sources_that_nobody_knows(parts in prop::collection::vec("[a-z]{1,8}", 0..4)) {
        prop_assume!(!parts.iter().any(|part| part == "venv" || part == "htmlcov"));
        let folder = parts.iter().fold(PathBuf::from("/p"), |path, part| path.join(part));
        let filter = filter(HashSet::new(), Some(&Known::default()));
        for name in ["test_new.py", "conftest.py", "pyproject.toml"] {
            let counts = filter.counts(&Change { path: folder.join(name), kind: Kind::Came });
            prop_assert!(counts, "{folder:?} {name}");
        }
    }
}
