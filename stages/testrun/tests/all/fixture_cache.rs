//! `dx.fixture(cache=True)`: made once, made again when anything that it depends on changed, never trusted unread.

use std::cell::RefCell;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::odd_text::odd_text;
use super::package::{Oracle, WAYS, dx, passes, pytest, said};
use super::support::{Project, cases};

const HELPER: &str = "import functools\nfrom other import scale\n\
    LIMIT = 3\n\
    class Base:\n    def first(self): return 1\n\
    class Table(Base):\n    size = LIMIT\n    def rows(self): return [self.first()] * self.size\n\
    def unused(): return 1\n\
    class Times:\n    def __init__(self, f, by): functools.update_wrapper(self, f); self.by = by\n    \
    def __call__(self, x): return self.by * self.__wrapped__(x)\n\
    one = Times(lambda x: x, by=1)\n\
    @functools.lru_cache(maxsize=None)\ndef build(x=1): return [one(scale(row)) + x for row in Table().rows()]\n";
const TESTS: &str = "import dx, helper, os, pytest\n\
    @dx.fixture(cache=True, scope='session', inputs=['data/*.txt', 'missing.json', ('version', 1)])\n\
    def table():\n    log('table')\n    return helper.build()\n\
    @dx.fixture(cache=True, scope='module', params=['a', 'b'])\n\
    def named(table, request):\n    log('named')\n    return {request.param: table}\n\
    def log(what):\n    with open(os.environ['MADE'], 'a') as file: file.write(what + ' ')\n\
    def test_table(table): assert table == [3, 3, 3]\n\
    def test_again(table): table.append(1)\n\
    def test_named(named): assert len(named) == 1\n";

fn project() -> Project {
    Project::new(&[
        ("helper.py", HELPER),
        ("other.py", "def scale(x):\n    return 2 * x\ndef unused():\n    return 1\n"),
        ("data/a.txt", "1"),
        ("test_a.py", TESTS),
        ("pytest.ini", "[pytest]\nfilterwarnings = error\n"),
    ])
}

fn log(project: &Project) -> PathBuf {
    project.runtime.path().join("made")
}

/// Runs the tests; which fixtures were made, sorted, and what was said.
fn made(project: &Project, way: usize, arguments: &[&str]) -> (String, String) {
    let _ = fs::remove_file(log(project));
    let (_, text) = said(WAYS[way](project, arguments).env("MADE", log(project)));
    let log = fs::read_to_string(log(project)).unwrap_or_default();
    let mut names: Vec<_> = log.split_whitespace().collect();
    names.sort_unstable();
    (names.join(" "), text)
}

const ALL: &str = "named named table";

fn entries(project: &Project) -> Vec<PathBuf> {
    let files = fs::read_dir(project.path().join(".dx/fixtures")).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "fixture")).collect()
}

/// A type and a content, as `oracle.py` reads them.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        odd_text().prop_map(|text| json!(["text", text])),
        any::<i64>().prop_map(|number| json!(["int", number])),
        Just(json!(["none", null])),
        vec(any::<u8>(), 0..200).prop_map(|data| json!(["bytes", data])),
        vec(any::<u8>(), 0..300).prop_map(|data| json!(["mapped", data])),
    ];
    leaf.prop_recursive(3, 20, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(|items| json!(["list", items])),
            vec(inner.clone(), 0..5).prop_map(|items| json!(["tuple", items])),
            vec((odd_text(), inner), 0..5).prop_map(|items| json!(["dict", items])),
        ]
    })
}

#[test]
fn fixture_cache_round_trip() {
    let oracle = RefCell::new(Oracle::start());
    proptest!(cases(100, 3000), |(value in value(), at in any::<u32>(), cut in any::<u32>())| {
        let refused = oracle.borrow_mut().ask("round_trip", &json!([value, at, cut]));
        prop_assert_eq!(refused, json!([true, true, true, true, true]));
    });
}

#[test]
fn a_value_is_made_once() {
    for way in 0..WAYS.len() {
        let project = project();
        let (first, text) = made(&project, way, &[]);
        assert_eq!(first, ALL, "{text}");
        assert!(text.contains("4 passed"), "{text}");
        for other in 0..WAYS.len() {
            let (again, text) = made(&project, other, &[]);
            assert_eq!(again, "", "{text}");
            assert!(text.contains("4 passed"), "{text}");
        }
        assert_eq!(made(&project, way, &["--fixture-cache=refresh"]).0, ALL);
        assert_eq!(made(&project, way, &["--no-fixture-cache"]).0, ALL);
        assert_eq!(made(&project, way, &[]).0, "");
        assert_eq!(entries(&project).len(), 3);
    }
}

#[test]
fn what_it_depends_on_makes_it_anew() {
    let project = project();
    made(&project, 0, &[]);
    let change = |file: &str, from: &str, to: &str| {
        let path = project.path().join(file);
        let text = fs::read_to_string(&path).unwrap_or_default();
        assert!(text.contains(from), "{from} in {file}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
        made(&project, 0, &[])
    };
    for (file, from, to) in [
        ("helper.py", "def unused(): return 1", "def unused(): return 2  # other"),
        ("other.py", "    return 1\n", "    return 3\n"),
        ("other.py", "def scale", "# a comment\n\ndef scale"),
        ("test_a.py", "assert len(named) == 1", "assert named"),
    ] {
        let (names, text) = change(file, from, to);
        assert_eq!(names, "", "{file}: {to}\n{text}");
    }
    for (file, from, to) in [
        ("other.py", "2 * x", "x * 2"),
        ("helper.py", "LIMIT = 3", "LIMIT = 4"),
        ("helper.py", "first(self): return 1", "first(self): return 1 + 0 * self.size"),
        ("helper.py", "x=1", "x=2"),
        ("helper.py", "by=1)", "by=1.0)"),
        ("test_a.py", "('version', 1)", "('version', 2)"),
        ("test_a.py", "return helper.build()", "return list(helper.build())"),
        ("data/a.txt", "1", "2"),
        ("data/b.txt", "", "1"),
        ("missing.json", "", "1"),
    ] {
        let (names, text) = change(file, from, to);
        assert_eq!(names, ALL, "{file}: {to}\n{text}");
    }
    let (names, text) = change("test_a.py", "return {request.param: table}", "return {request.param: 0}");
    assert_eq!(names, "named named", "{text}");
    // What is looked up by name may be anything that the modules hold.
    let (names, text) = change("helper.py", "Table().rows()", "getattr(Table(), 'rows')()");
    assert_eq!(names, ALL, "{text}");
    assert_eq!(change("other.py", "    return 3\n", "    return 4\n").0, ALL);
}

#[test]
fn what_cannot_be_cached_is_refused_by_name() {
    let declared = [
        ("def f():\n    yield 1\n", "fixture 'f' yields: with cache=True its teardown would be left out"),
        ("async def f(): pass\n", "fixture 'f' is asynchronous"),
        ("def f(self): pass\n", "fixture 'f' is a method"),
    ];
    let used = [
        (
            "def f(tmp_path): return 1\n",
            "fixture 'f' cannot be cached: 'tmp_path' is a new folder in each run",
        ),
        ("def f(): return lambda: 1\n", "fixture 'f' cannot be cached: its value cannot be pickled: "),
        (
            "def f(request): return request.node\n",
            "fixture 'f' is cached: of request it can use param only, not 'node'",
        ),
        (
            "def f(lock): return 1\n",
            "fixture 'f' cannot be cached: the value of 'lock', which is not cached, has no content: ",
        ),
        ("def f(): raise ValueError('its own')\n", "ValueError: its own"),
    ];
    for (text, message) in declared.iter().chain(&used) {
        let text = format!(
            "import dx, pytest, threading\n@pytest.fixture\ndef lock(): return threading.Lock()\n\
             @dx.fixture(cache=True)\n{text}def test_a(f): pass\n"
        );
        let project = Project::new(&[("test_a.py", &text)]);
        let (status, told) = said(&mut pytest(&project, &[]));
        assert!(status != 0 && told.contains(message), "{message}\n{told}");
    }
    let project = Project::new(&[(
        "test_a.py",
        "import dx, pytest\n@pytest.fixture\ndef plain(): return {'a': [1, (2.5, b'')]}\n\
         @dx.fixture(cache=True)\ndef f(plain): return plain\ndef test_a(f): assert f['a'][0] == 1\n",
    )]);
    passes(&mut pytest(&project, &[]));
}

#[test]
fn nothing_is_trusted_that_this_user_did_not_write() {
    let project = project();
    project.write("pytest.ini", "");
    made(&project, 0, &[]);
    let damage = |change: &dyn Fn(&PathBuf)| {
        entries(&project).iter().for_each(change);
        let (names, text) = made(&project, 0, &[]);
        assert!(text.contains("4 passed"), "{text}");
        assert_eq!(made(&project, 0, &[]).0, "");
        (names, text)
    };
    let (names, text) = damage(&|path| {
        let mut bytes = fs::read(path).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        fs::write(path, bytes).unwrap();
    });
    assert_eq!(names, ALL, "{text}");
    assert!(text.contains("FixtureCacheWarning: fixture 'table' is made anew: "), "{text}");
    assert!(text.contains("is damaged, or was not written by this user"), "{text}");
    let (names, text) = damage(&|path| fs::write(path, "").unwrap());
    assert!(names == ALL && text.contains("is damaged"), "{text}");
    let open = |path: &PathBuf| fs::set_permissions(path, fs::Permissions::from_mode(0o666)).unwrap();
    let (names, text) = damage(&open);
    assert!(names == ALL && text.contains("belongs to somebody else, or others can write to it"), "{text}");
    // Another secret is another user; one that is shared is one user on all machines.
    fs::remove_dir_all(project.runtime.path().join("state")).unwrap();
    assert_eq!(made(&project, 0, &[]).0, ALL);
    let shared = |key: &str| {
        let _ = fs::remove_file(log(&project));
        passes(pytest(&project, &[]).env("MADE", log(&project)).env("DX_FIXTURE_KEY", key));
        fs::read_to_string(log(&project)).unwrap_or_default()
    };
    assert_ne!(shared("one"), "");
    assert_eq!(shared("one"), "");
    assert_ne!(shared("two"), "");
    let folder = project.path().join(".dx/fixtures");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
    let (names, text) = made(&project, 0, &[]);
    assert!(names == ALL && text.contains("fixtures are not cached: the folder "), "{text}");
}

#[test]
fn processes_wait_for_the_one_that_makes_it() {
    let project = Project::new(&[
        (
            "conftest.py",
            "import dx, os, time\n\
             @dx.fixture(cache=True, scope='session')\n\
             def slow():\n    with open(os.environ['MADE'], 'a') as file: file.write('slow ')\n    time.sleep(1)\n    return 1\n",
        ),
        ("test_a.py", "import time\ndef test_a(slow): time.sleep(0.2)\ndef test_b(slow): pass\n"),
        ("test_b.py", "import time\ndef test_a(slow): time.sleep(0.2)\ndef test_b(slow): pass\n"),
    ]);
    let mut both: Vec<_> =
        (0..2).map(|_| dx(&project, &[]).env("MADE", log(&project)).spawn().unwrap()).collect();
    assert!(both.iter_mut().all(|child| child.wait().unwrap().success()));
    assert_eq!(fs::read_to_string(log(&project)).unwrap(), "slow ");
}

#[test]
fn the_oldest_go_when_there_is_no_room() {
    let project = Project::new(&[
        ("pytest.ini", "[pytest]\ndx_fixture_cache_size = 150K\n"),
        (
            "test_a.py",
            "import dx, pytest\n@dx.fixture(cache=True, params=range(5))\ndef big(request): return b'x' * 50_000\n\
             def test_a(big): pass\n",
        ),
    ]);
    passes(&mut pytest(&project, &[]));
    assert_eq!(entries(&project).len(), 3);
    project.write("pytest.ini", "[pytest]\ndx_fixture_cache_size = much\n");
    let (_, text) = said(&mut pytest(&project, &[]));
    assert!(text.contains("dx_fixture_cache_size takes a size like 2G or 500M, not 'much'"), "{text}");
}
