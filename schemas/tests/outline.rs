//! Property: an outline round-trips, and damaged bytes are an error, never a panic.

use dx_schemas::ContentId;
use dx_schemas::outline::{Detail, Outline, OutlineBuilder, OutlineError, OutlineFragment, OutlineImport};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

fn detail() -> impl Strategy<Value = Detail> {
    let fragment = (".*", any::<u32>(), any::<[u8; 16]>()).prop_map(|(id, line, digest)| OutlineFragment {
        id,
        line,
        digest,
    });
    let import =
        (".*", proptest::option::of(".*")).prop_map(|(module, target)| OutlineImport { module, target });
    (any::<bool>(), vec(fragment, 0..6), vec(import, 0..4)).prop_map(|(broken, fragments, imports)| Detail {
        broken,
        fragments,
        imports,
    })
}

fn written(files: &std::collections::BTreeMap<String, Detail>) -> Vec<u8> {
    let mut builder = OutlineBuilder::default();
    for (path, detail) in files {
        builder.file(path, ContentId::of(path.as_bytes()), &detail.encode());
    }
    builder.finish()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn graph_round_trip(files in btree_map(".*", detail(), 0..8)) {
        let bytes = written(&files);
        let outline = Outline::open(&bytes).unwrap();
        prop_assert_eq!(outline.files().len(), files.len());
        for (path, detail) in &files {
            let found = outline.find(path).unwrap();
            prop_assert_eq!(found.content, ContentId::of(path.as_bytes()));
            prop_assert_eq!(&found.detail().unwrap(), detail);
        }
    }

    #[test]
    fn damage_is_an_error(files in btree_map(".*", detail(), 1..4), at in any::<prop::sample::Index>(), bit in 0..8u8) {
        let mut bytes = written(&files);
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        // The word without a meaning is the only one that may change.
        prop_assert!(Outline::open(&bytes).is_err() || (12..16).contains(&at));
        prop_assert!(Outline::open(&bytes[..at]).is_err());
    }
}

#[test]
fn other_versions_are_named() {
    let mut bytes = written(&std::collections::BTreeMap::new());
    bytes[4] = 9;
    assert_eq!(Outline::open(&bytes).unwrap_err(), OutlineError::Version(9));
    assert_eq!(Outline::open(b"nothing of ours").unwrap_err(), OutlineError::Magic);
}
