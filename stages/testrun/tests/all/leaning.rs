//! Tests that lean on those before them in their file.

use super::support::{Project, Ran};

const LEANING: &str = "\
import time, pytest
STATE = []
def test_first(): STATE.append(1)
@pytest.mark.parametrize('n', range(60))
def test_n(n): time.sleep(0.01); assert STATE
def test_last(): assert STATE
";

/// Where a file is shared between workers, its tests run without those before them.
#[test]
fn a_file_whose_tests_lean_on_each_other_runs_in_one_piece() {
    for way in [&["--no-warm", "-n", "2"][..], &["--no-warm", "-n", "2", "--whole"]] {
        let project = Project::new(&[("test_lean.py", LEANING), ("test_x.py", "def test_x(): pass\n")]);
        // Without times, nobody knows that it is worth to share a file.
        let runs = [(); 4].map(|()| project.agrees_with_pytest(way, &[]));
        let told = |ran: &Ran| ran.stdout.contains("test_lean.py pass only after those before them");
        assert_eq!(runs.iter().filter(|ran| told(ran)).count(), 1, "once it was shared: {}", runs[0].stdout);
        assert!(!told(&runs[3]), "and not any more: {}", runs[3].stdout);
        project.expect_no_leftovers();
    }
}

/// Where it would take longer to find out than anybody waits for, the next run does; where nobody waits, this one.
#[test]
fn a_long_file_whose_tests_lean_on_each_other_is_tried_in_one_piece() {
    let long = LEANING.replace("range(60)", "range(22)").replace("0.01", "0.5");
    let project = || Project::new(&[("test_lean.py", &long), ("test_x.py", "def test_x(): pass\n")]);
    let told = |ran: &Ran| ran.stdout.contains("test_lean.py pass only after those before them");
    let (usual, unwatched) = (project(), project());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let statuses = [(); 3].map(|()| usual.run(&["--no-warm", "-n", "2"]).status);
            assert_eq!(statuses.iter().filter(|status| **status == 1).count(), 1, "{statuses:?}");
        });
        scope.spawn(|| {
            let runs = [(); 3].map(|()| unwatched.run(&["--ci", "-n", "2"]));
            assert!(runs.iter().all(|ran| ran.status == 0), "{}", runs[1].stdout);
            assert_eq!(runs.iter().filter(|ran| told(ran)).count(), 1, "{}", runs[1].stdout);
        });
    });
}

/// A test that fails alone and after its file does fail.
#[test]
fn failures_of_a_shared_file_hold() {
    let project = Project::new(&[(
        "test_lean.py",
        &LEANING.replace("test_last(): assert STATE", "test_last(): assert 0"),
    )]);
    let ran = project.agrees_with_pytest(&["--no-warm", "-n", "2"], &[]);
    assert!(ran.stdout.contains("1 failed, 61 passed"), "{}", ran.stdout);
}

/// One of them runs again: so do the others, whose state it needs.
#[test]
fn a_file_that_runs_in_one_piece_is_selected_in_one_piece() {
    let last = "test_last(): assert open('mode').read() != 'bad' and STATE";
    let project = Project::new(&[
        ("mode", "good"),
        ("test_lean.py", &LEANING.replace("test_last(): assert STATE", last)),
        ("test_x.py", "def test_x(): pass\n"),
    ]);
    let run = || project.run(&["--no-warm", "-n", "2", "--affected"]);
    let told = |ran: &Ran| ran.stdout.contains("test_lean.py pass only after those before them");
    // A busy machine may give the whole file to one worker.
    let all = ["--no-warm", "-n", "2"];
    assert!((0..5).any(|_| told(&project.run(&all))), "it is never shared");
    run();
    project.write("mode", "better");
    let ran = run();
    assert_eq!(ran.status, 0, "{}", ran.stdout);
    assert!(ran.stdout.contains("62 of 63 ran, 1 cached"), "{}", ran.stdout);
    let line = ran.stdout.lines().find(|line| line.starts_with("test_lean.py ")).unwrap();
    assert!(!line.contains('F'), "nothing failed on the way: {line}");
}

/// Nobody knows yet that they lean on each other: one worker has always had them all.
#[test]
fn a_failure_under_selection_is_looked_at_after_those_before_it() {
    let last = "test_last(): assert open('mode').read() != 'bad' and STATE";
    let tests = LEANING.replace("test_last(): assert STATE", last).replace("range(60)", "range(6)");
    let project =
        Project::new(&[("mode", "good"), ("test_lean.py", &tests), ("test_x.py", "def test_x(): pass\n")]);
    let run = || project.run(&["--no-warm", "-n", "1", "--affected"]);
    assert_eq!(run().status, 0);
    project.write("mode", "better");
    let ran = run();
    assert_eq!(ran.status, 0, "{}", ran.stdout);
    assert!(ran.stdout.contains("1 of 9 ran, 8 cached"), "{}", ran.stdout);
    assert!(ran.stdout.contains("1 test of test_lean.py passes only after"), "{}", ran.stdout);
    // From then on they are one piece; a failure is a failure all the same.
    project.write("mode", "bad");
    let ran = run();
    assert_eq!(ran.status, 1, "{}", ran.stdout);
    assert!(ran.stdout.contains("8 of 9 ran, 1 cached"), "{}", ran.stdout);
}

/// One worker has pytest's order: what a file before it left behind makes a test fail there, too.
#[test]
fn what_an_earlier_file_leaves_behind_counts_as_under_pytest() {
    let project = Project::new(&[
        ("state.py", "STRICT = True\n"),
        ("test_a.py", "import state\ndef test_a():\n    state.STRICT = False\n    assert 0\n"),
        ("test_b.py", "import state\ndef test_b(): assert state.STRICT\n"),
        ("test_c.py", "import state\ndef test_c(): assert not state.STRICT\n"),
    ]);
    let ran = project.agrees_with_pytest(&["--no-warm", "-n", "1"], &[]);
    assert!(ran.stdout.contains("2 failed, 1 passed"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("passes only after"), "{}", ran.stdout);
}
