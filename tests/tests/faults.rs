//! Faults: whatever dies at whatever moment, the next build is right and equal to a clean one.

use std::fs;
use std::process::{Child, Command};
use std::time::Duration;

use dx_tests::sandbox::{Numbers, Sandbox, rounds};

fn fill(sandbox: &Sandbox, round: u64) {
    for file in 0..12 {
        let mut text = format!("module {file}\n");
        for function in 0..6 {
            text.push_str(&format!("def f{function}\n  body {file} {function} {round}\n"));
        }
        sandbox.write(&format!("m{file}.py"), &text);
    }
}

fn clean_export(round: u64) -> Vec<u8> {
    let sandbox = Sandbox::toy();
    fill(&sandbox, round);
    sandbox.ok(&["build", "."]);
    sandbox.export()
}

fn kill(child: &Child) {
    // SAFETY: the child has not been waited for, so the number is still its own.
    unsafe {
        libc::kill(child.id() as i32, libc::SIGKILL);
    }
}

/// Direct children of a process.
fn children(of: u32) -> Vec<i32> {
    let path = format!("/proc/{of}/task/{of}/children");
    let text = fs::read_to_string(path).unwrap_or_default();
    text.split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}

#[test]
fn a_killed_driver_costs_only_time() {
    let sandbox = Sandbox::toy();
    let mut numbers = Numbers(1);
    let rounds = rounds(25, 200);
    for round in 0..rounds {
        fill(&sandbox, round);
        let mut child = sandbox.pipe(&["build", "-j2", "."]).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(numbers.below(25_000)));
        kill(&child);
        child.wait().unwrap();
        if round % 5 == 4 || round + 1 == rounds {
            sandbox.ok(&["build", "."]);
            assert!(sandbox.export() == clean_export(round), "round {round}");
        }
    }
    let stderr = sandbox.ok(&["build", "."]);
    assert!(stderr.contains("up to date"), "{stderr}");
}

#[test]
fn a_killed_stage_is_started_again() {
    let sandbox = Sandbox::toy();
    let mut numbers = Numbers(2);
    for round in 0..rounds(10, 200) {
        fill(&sandbox, round);
        for file in 0..4 {
            sandbox.write(&format!("slow{file}.py"), &format!("def f\n  TRIGGER sleep\n  {file} {round}\n"));
        }
        let child = sandbox.pipe(&["build", "-j2", "."]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(5 + numbers.below(60)));
        for stage in children(child.id()) {
            // SAFETY: the number was a child's a moment ago; children of a living parent keep it until waited for.
            unsafe {
                libc::kill(stage, libc::SIGKILL);
            }
        }
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "round {round}: {}\n{stderr}", output.status);
    }
}

#[test]
fn damaged_files_of_the_cache_are_misses() {
    let mut numbers = Numbers(3);
    let clean = clean_export(0);
    for round in 0..rounds(12, 100) {
        let sandbox = Sandbox::toy();
        fill(&sandbox, 0);
        sandbox.ok(&["build", "."]);
        let mut files = Vec::new();
        for folder in ["packs", "segments"] {
            files.extend(
                fs::read_dir(sandbox.cache().join(folder)).unwrap().map(|entry| entry.unwrap().path()),
            );
        }
        for file in &files {
            let mut bytes = fs::read(file).unwrap();
            match numbers.below(3) {
                0 => bytes.truncate(numbers.below(bytes.len() as u64 + 1) as usize),
                _ if bytes.is_empty() => {}
                _ => {
                    for _ in 0..8 {
                        let at = numbers.below(bytes.len() as u64) as usize;
                        bytes[at] ^= 1 << numbers.below(8);
                    }
                }
            }
            fs::write(file, bytes).unwrap();
        }
        // Without the state every result is looked up.
        fs::remove_dir_all(sandbox.tree().join(".dx")).unwrap();
        sandbox.ok(&["build", "."]);
        assert!(sandbox.export() == clean, "round {round}");
    }
}

#[test]
fn a_damaged_state_is_no_state() {
    let sandbox = Sandbox::toy();
    fill(&sandbox, 0);
    sandbox.ok(&["build", "."]);
    let clean = sandbox.export();
    let state = fs::read_dir(sandbox.tree().join(".dx/state")).unwrap().next().unwrap().unwrap().path();
    let good = fs::read(&state).unwrap();
    let mut numbers = Numbers(4);
    for _ in 0..rounds(15, 300) {
        let mut bytes = good.clone();
        let at = numbers.below(bytes.len() as u64) as usize;
        bytes[at] ^= 0x55;
        fs::write(&state, bytes).unwrap();
        sandbox.ok(&["build", "."]);
        assert!(sandbox.export() == clean, "byte {at}");
    }
}

#[test]
fn two_drivers_at_once_do_not_disturb_each_other() {
    let sandbox = Sandbox::toy();
    for round in 0..rounds(5, 50) {
        fill(&sandbox, round);
        let drivers: Vec<Child> =
            (0..3).map(|_| sandbox.pipe(&["build", "-j2", "."]).spawn().unwrap()).collect();
        for driver in drivers {
            let output = driver.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        assert!(sandbox.export() == clean_export(round), "round {round}");
    }
}

#[test]
fn a_full_disk_stops_storing_and_not_the_build() {
    let sandbox = Sandbox::toy();
    fill(&sandbox, 0);
    let mut command = Command::new("sh");
    let line = "ulimit -f 4; exec \"$0\" build .";
    let pipe = sandbox.pipe(&[]);
    command.arg("-c").arg(line).arg(pipe.get_program()).current_dir(sandbox.tree());
    for (name, value) in pipe.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let output = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{stderr}", output.status);
    assert!(stderr.contains("results are not stored"), "{stderr}");
    sandbox.ok(&["build", "."]);
    assert!(sandbox.export() == clean_export(0));
}
