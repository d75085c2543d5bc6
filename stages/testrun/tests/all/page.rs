//! `--report html`: one page that says what the run was, and is safe whatever the tests are called and print.

use std::fs;

use super::support::Project;

const ODD: &str = r#"
import pytest, sys
@pytest.mark.parametrize("x", ["<script>alert(1)</script>", "a&b", "\"'", "\x1b[31m", "é\u202e"])
def test_odd(x):
    print("\x1b[31mred\x1b[0m <b>not bold</b> \x00\x07")
    print("to stderr &", file=sys.stderr)
    assert x == "<img src=x onerror=alert(1)>"
@pytest.mark.skip(reason="<i>why</i>")
def test_skip(): pass
@pytest.mark.xfail(reason="known")
def test_xfail(): assert 0
@pytest.fixture
def bad_end():
    yield
    raise ValueError("at the end")
def test_teardown(bad_end): pass
"#;

fn page(project: &Project, name: &str) -> String {
    fs::read_to_string(project.path().join(name)).unwrap()
}

/// Every tag that is opened, in lower case.
fn tags(html: &str) -> Vec<String> {
    html.split('<')
        .skip(1)
        .map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '!').collect::<String>())
        .filter(|tag| !tag.is_empty())
        .collect()
}

#[test]
fn a_page_tells_the_run() {
    let project = Project::new(&[
        ("test_odd.py", ODD),
        ("test_more.py", "import time\ndef test_slow(): time.sleep(0.2)\ndef test_left_out(): pass\n"),
        ("test_gone.py", "import pytest\npytest.skip('not here', allow_module_level=True)\n"),
    ]);
    for mode in [&["-n", "1", "--whole"][..], &["-n", "2"]] {
        let ran = project.run(&[&["--no-warm", "--report", "html", "-k", "not left_out"], mode].concat());
        assert_eq!(ran.status, 1, "{}\n{}", ran.stdout, ran.stderr);
        let html = page(&project, "dx-report.html");
        for expected in [
            "<header class=f>",
            "2 passed, 5 failed, 1 error, 1 skipped, 1 xfailed, 1 deselected",
            "test_odd.py::test_odd[&lt;script&gt;alert(1)&lt;/script&gt;]",
            "<span class=\"f1\">red</span> &lt;b&gt;not bold&lt;/b&gt; ␀␇",
            "Captured stdout call",
            "to stderr &amp;",
            "in teardown",
            "ValueError: at the end",
            "test_odd.py:7",
            "<li>test_more.py::test_left_out",
            "&lt;i&gt;why&lt;/i&gt;",
            "known",
            "test_gone.py",
            "-k &#39;not left_out&#39;",
            "a fresh pytest",
            "<rect class=\"p\"",
            "gw0",
        ] {
            assert!(html.contains(expected), "{mode:?} {expected}\n{html}");
        }
        let slow = html.find("<h2>Slowest").unwrap();
        assert!(html[slow..].find("test_more.py::test_slow") < html[slow..].find("test_odd.py"), "{html}");
        let tags = tags(&html);
        assert_eq!(tags.iter().filter(|tag| *tag == "script").count(), 1);
        assert!(!tags.iter().any(|tag| ["img", "i", "a", "link", "iframe"].contains(&tag.as_str())));
        assert!(!html.contains("http:") && !html.contains("https:"), "nothing is loaded from elsewhere");
    }
    let rest: Vec<_> =
        fs::read_dir(project.path()).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert!(!rest.iter().any(|name| name.to_string_lossy().ends_with(".tmp")), "{rest:?}");
}

#[test]
fn a_page_is_written_whole_or_not_at_all() {
    let project = Project::new(&[("test_a.py", "def test_a(): pass\n")]);
    project.write("out/page.html", "the one before");
    // pytest ends by itself: there is no run.
    let ran = project.run(&["--no-warm", "--report", "html=out/page.html", "--no-such-option"]);
    assert_eq!(ran.status, 4);
    assert_eq!(page(&project, "out/page.html"), "the one before");
    let ran = project.run(&["--no-warm", "--report=html=out/page.html"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(page(&project, "out/page.html").ends_with("</html>\n"));
    for (report, status, says) in [
        ("html=none/page.html", 3, "cannot write"),
        ("html=out", 3, "cannot write"),
        ("pdf", 4, "--report takes html or html=FILE, not 'pdf'"),
    ] {
        let ran = project.run(&["--no-warm", "--report", report]);
        assert_eq!(ran.status, status, "{report}\n{}\n{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains(says), "{report}\n{}", ran.stderr);
    }
    assert_eq!(fs::read_dir(project.path().join("out")).unwrap().count(), 1);
}

#[test]
fn a_page_tells_what_counts_in_the_end() {
    let project = Project::new(&[
        ("pkg/__init__.py", ""),
        ("pkg/lazy.py", "value = 1\n"),
        ("test_a.py", "import pkg\ndef test_lazy():\n    assert pkg.lazy.value == 1\n"),
        ("test_b.py", "import pkg.lazy\ndef test_b(): pass\n"),
        (
            "test_c.py",
            "import os\ndef test_flaky():\n    first = not os.path.exists('mark')\n    open('mark', 'w').close()\n    assert not first, 'first try'\n",
        ),
        ("pytest.ini", "[pytest]\npythonpath = .\n"),
    ]);
    let ran = project.run(&["--no-warm", "-n", "3", "--retries", "1", "--report", "html"]);
    assert_eq!(ran.status, 0, "{}\n{}", ran.stdout, ran.stderr);
    let html = page(&project, "dx-report.html");
    for expected in
        ["<header class=p>", "3 passed", "test_a.py::test_lazy <b>order-dependent</b>", "first try"]
    {
        assert!(html.contains(expected), "{expected}\n{html}");
    }
    let events = fs::read_to_string(project.events_file()).unwrap();
    assert!(events.contains(r#""event":"settled","id":"test_a.py::test_lazy""#), "{events}");
    let project = Project::new(&[("test_a.py", "import none\n"), ("test_b.py", "def test_b(): pass\n")]);
    let ran = project.run(&["--no-warm", "--report", "html"]);
    assert_eq!(ran.status, 2);
    let html = page(&project, "dx-report.html");
    assert!(html.contains("test_a.py <b>not collected</b>") && html.contains("No module named"), "{html}");
}

#[test]
fn a_page_says_why_a_test_was_selected() {
    let project = Project::new(&[
        ("lib.py", "def one():\n    return 1\n\ndef two():\n    return 2\n"),
        ("test_a.py", "import lib\ndef test_one(): assert lib.one()\ndef test_two(): assert lib.two()\n"),
    ]);
    let run = || project.run(&["--no-warm", "-n", "1", "--affected", "--report", "html"]);
    assert_eq!(run().status, 0);
    assert!(page(&project, "dx-report.html").contains("<td>nothing is known of them yet"));
    let ran = run();
    assert_eq!(ran.status, 0, "{}\n{}", ran.stdout, ran.stderr);
    assert!(page(&project, "dx-report.html").contains("0 of 2 ran, 2 cached"), "{}", ran.stdout);
    project.write("lib.py", "def one():\n    return 1\n\ndef two():\n    return 3\n");
    let ran = run();
    let html = page(&project, "dx-report.html");
    let says = html.contains("<th>selected because") && html.contains("lib.py&#39; changed");
    assert!(says, "{}\n{html}", ran.stdout);
}
