//! What a test leaves behind is laid on it, and on no other; nothing of that changes an outcome.

use std::collections::BTreeMap;

use super::support::{Project, Ran};

const LEAKY: &str = r#"
import os, subprocess, sys, threading, time, weakref, pytest

def test_folder(tmp_path): os.chdir(tmp_path)
def test_nothing(): pass
def test_environment():
    os.environ["DX_NEW"] = "1"
    os.environ["PATH"] += ":/none"
    os.environ.pop("HOME", None)
def test_thread(): threading.Thread(target=time.sleep, args=(5,), daemon=True, name="sleeper").start()
def test_short_thread(): threading.Thread(target=time.sleep, args=(0.01,)).start()
def test_process():
    global process
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
def test_process_that_ends(): subprocess.Popen([sys.executable, "-S", "-c", "pass"]).wait()
def test_child_that_ends():
    pid = os.fork()
    if not pid: os._exit(0)
    os.waitpid(pid, 0)
def test_path(): sys.path.insert(0, "/nowhere")
def test_modules():
    import colorsys, this_is_ours, types
    del sys.modules["this_is_ours"]
    sys.modules["made_up"] = types.ModuleType("made_up")
    sys.modules["odd"] = weakref.proxy(sys.modules["made_up"])
    sys.modules["odder"] = None
def test_made_up(): sys.modules.pop("made_up", None)
def test_removes(): sys.modules.pop("conftest")
def test_anew():
    import json
    sys.modules.pop("json"); import json
@pytest.mark.xfail
def test_fails_too():
    os.environ["DX_FAILS"] = "1"
    assert 0
class TestClean:
    def test_monkeypatch(self, monkeypatch, tmp_path):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("DX_PATCHED", "1")
        monkeypatch.syspath_prepend("/none")
        monkeypatch.delitem(sys.modules, "json")
    def test_joined(self):
        thread = threading.Thread(target=int); thread.start(); thread.join()
    def test_both(self): os.environ["DX_LAST"] = "1"
"#;

const FIXTURES: &str = r#"
import os, subprocess, sys, threading, time, unittest, pytest

@pytest.fixture(scope="session", autouse=True)
def for_all(tmp_path_factory):
    os.environ["DX_SESSION"] = "1"
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield
    del os.environ["DX_SESSION"]
    process.kill(); process.wait()
@pytest.fixture(scope="module")
def folder(for_all, tmp_path_factory):
    old = os.getcwd()
    os.chdir(tmp_path_factory.mktemp("work"))
    sys.path.append("/module")
    yield
    sys.path.remove("/module")
    os.chdir(old)
@pytest.fixture(scope="module", params=["a", "b", ""])
def mode(request):
    if request.param: os.environ["DX_MODE"] = request.param
    yield
    os.environ.pop("DX_MODE", None)
@pytest.fixture
def own():
    os.environ["DX_OWN"] = "1"
    yield
    del os.environ["DX_OWN"]
@pytest.fixture
def forgets(): os.environ["DX_FORGOTTEN"] = "1"

def test_a(own): pass
def test_b(folder): pass
def test_c(folder, mode): pass
def test_d(folder, mode): pass
def test_forgets(folder, forgets): pass
class TestUnit(unittest.TestCase):
    @classmethod
    def setUpClass(cls): os.environ["DX_UNIT"] = "1"
    @classmethod
    def tearDownClass(cls): del os.environ["DX_UNIT"]
    def test_1(self): pass
    def test_2(self): pass
def setup_module(): os.environ["DX_XUNIT"] = "1"
def teardown_module(): del os.environ["DX_XUNIT"]
"#;

fn leaks(project: &Project) -> BTreeMap<String, Vec<String>> {
    let text = std::fs::read_to_string(project.events_file()).unwrap();
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in text.lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        if event["event"] == "leak" {
            let text = |key: &str| event[key].as_str().unwrap().to_owned();
            found.entry(text("id")).or_default().push(format!("{}: {}", text("what"), text("text")));
        }
    }
    found
}

fn run(project: &Project, arguments: &[&str]) -> Ran {
    let ran = project.run(&[&["--no-warm", "--report", "html"], arguments].concat());
    assert_eq!(ran.status, 0, "{}\n{}", ran.stdout, ran.stderr);
    ran
}

#[test]
fn a_leak_is_laid_on_its_test() {
    let project = Project::new(&[
        ("test_leaky.py", LEAKY),
        ("this_is_ours.py", ""),
        ("conftest.py", "import os\nos.environ['HOME'] = '/root'\n"),
        ("test_z.py", "def test_z(): pass\n"),
    ]);
    for mode in [&["-n", "1"][..], &["-n", "2"], &["-n", "2", "--isolate"]] {
        let ran = run(&project, mode);
        let found = leaks(&project);
        let expected = [
            ("folder", "folder: changed the working folder to '"),
            ("environment", "environment: changed the environment: set DX_NEW; removed HOME; changed PATH"),
            ("thread", "thread: left daemon thread 'sleeper' running"),
            ("process", "process: left process "),
            ("path", "path: changed sys.path: added '/nowhere'"),
            ("removes", "modules: removed from sys.modules: 'conftest'"),
            ("anew", "modules: imported anew: 'json'"),
            ("fails_too", "environment: changed the environment: set DX_FAILS"),
        ];
        for (name, says) in expected {
            let id = format!("test_leaky.py::test_{name}");
            let told = &found.get(&id).unwrap_or_else(|| panic!("{mode:?} {id}\n{found:#?}"))[..];
            assert!(told.len() == 1 && told[0].starts_with(says), "{mode:?} {id} {told:?}");
            let line = format!("dx: {id} {}", told[0].split_once(": ").unwrap().1);
            assert!(ran.stdout.contains(&line), "{line}\n{}", ran.stdout);
        }
        assert_eq!(found["test_leaky.py::TestClean::test_both"].len(), 1);
        assert_eq!(found.len(), expected.len() + 1, "{mode:?} {found:#?}");
        let html = std::fs::read_to_string(project.path().join("dx-report.html")).unwrap();
        assert!(html.contains("<td>left daemon thread &#39;sleeper&#39; running"), "{html}");
    }
    let ran = run(&project, &["--no-leaks"]);
    assert!(leaks(&project).is_empty() && !ran.stdout.contains("dx: test_leaky"), "{}", ran.stdout);
    project.expect_no_leftovers();
}

#[test]
fn fixtures_of_wider_scope_are_no_leaks() {
    let project = Project::new(&[("test_fixtures.py", FIXTURES), ("test_z.py", "def test_z(): pass\n")]);
    for mode in [&["-n", "1"][..], &["-n", "2", "--whole"], &["-n", "1", "--shuffle=3"], &["--isolate"]] {
        run(&project, mode);
        let found = leaks(&project);
        let forgotten = "environment: changed the environment: set DX_FORGOTTEN".to_owned();
        let expected = BTreeMap::from([("test_fixtures.py::test_forgets".to_owned(), vec![forgotten])]);
        assert_eq!(found, expected, "{mode:?}");
    }
    project.expect_no_leftovers();
}
